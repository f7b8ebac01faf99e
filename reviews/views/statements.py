"""得分告知书: given out on request, and its PDF."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from applications.models import Application
from applications.rules import RESULTS_OUT, acts_for_firm
from papers.http import paper_response
from reviews.models import PointsStatement
from reviews.selectors import rankings as ranked
from reviews.services import statements
from reviews.statements import content_of, statement_paper
from reviews.views.office import READERS


@login_required
@require_POST
def issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the statement out as it reads today, or the one that reads the same already."""
    application = get_object_or_404(Application.objects.select_related("call"), pk=pk)
    officer = has_role(request.user, Role.PROGRAMME_OFFICER)
    if application.call.status not in RESULTS_OUT or not (
        officer or acts_for_firm(request.user, application)
    ):
        raise Http404
    entry = ranked.entry_of(application.call, pk)
    sheet = ranked.sheet_for(entry.application) if entry is not None else None
    if entry is None or sheet is None:
        raise Http404
    given = statements.issue_statement(
        entry=entry, content=content_of(entry, sheet), by=request.user
    )
    return redirect("reviews:statement", pk=given.pk)


@login_required
@require_safe
def document(request: SignedInRequest, pk: int) -> HttpResponse:
    """The statement's PDF, for the firm's own people and for whoever reads the ranking."""
    given = get_object_or_404(
        PointsStatement.objects.select_related("entry__application__call"), pk=pk
    )
    application = given.entry.application
    firm = application.call.status in RESULTS_OUT and acts_for_firm(request.user, application)
    if not (firm or has_any_role(request.user, *READERS)):
        raise Http404
    return paper_response(statement_paper(given))
