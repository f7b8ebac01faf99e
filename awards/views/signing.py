"""Signing the agreement: with the stamped scan, or with the electronic seal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role, is_owner
from audit.refusals import Invalid, NotPermitted
from awards.forms.money import ScanForm
from awards.forms.refusing import add_refusal
from awards.models import Agreement, Side
from awards.selectors import money
from awards.services import agreements
from papers import sealing


def side_of(request: SignedInRequest, row: Agreement) -> str:
    """For which side this person may sign now, "" for none."""
    if row.firm_signed_at is None and is_owner(request.user, row.award.application.firm_id):
        return Side.FIRM
    if row.office_signed_at is None and has_role(request.user, Role.PROGRAMME_OFFICER):
        return Side.OFFICE
    return ""


def _signs(request: SignedInRequest, row: Agreement) -> bool:
    """Whether a signature of either side could be this person's."""
    firm = row.award.application.firm_id
    return is_owner(request.user, firm) or has_role(request.user, Role.PROGRAMME_OFFICER)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign for one's own side: upload the stamped scan, or set the seal where there are seals."""
    row = money.agreement_to_sign(request.user, pk)
    if row is None:
        raise Http404
    side = side_of(request, row)
    if request.method == "POST":
        return _posted(request, row, side)
    if not side:
        return redirect("awards:agreement", pk=pk)
    return _page(request, row, ScanForm())


def _posted(request: SignedInRequest, row: Agreement, side: str) -> HttpResponse:
    if not _signs(request, row):
        raise NotPermitted
    act = agreements.sign_for_office if side == Side.OFFICE else agreements.sign_for_firm
    sealed = "seal" in request.POST
    form = ScanForm(request.POST, request.FILES)
    if sealed or not side:  # what is refused here has no place in the form
        act(agreement=row, by=request.user)
    elif not form.is_valid():
        return _page(request, row, form, 422)
    else:
        try:
            act(agreement=row, by=request.user, scan=form.cleaned_data["upload"])
        except Invalid as refused:
            add_refusal(form, refused)
            return _page(request, row, form, 422)
    messages.success(request, _("Signed."))
    return redirect("awards:agreement", pk=row.pk)


def _page(
    request: SignedInRequest, row: Agreement, form: ScanForm, status: int = 200
) -> HttpResponse:
    context = {"agreement": row, "form": form, "seal": sealing.provider()}
    return render(request, "awards/agreement_sign.html", context, status=status)
