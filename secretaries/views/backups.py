"""Who stands in for a project's secretary: chosen by the lead, looked at, then named."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from audit.refusals import Invalid
from secretaries.forms.work import BackupForm
from secretaries.models import ServiceAssignment
from secretaries.selectors.backups import Unfit, leaves_ahead, stand_ins
from secretaries.selectors.candidates import by_role
from secretaries.selectors.projects import with_project
from secretaries.services import backups
from secretaries.views.board import lead_only

WHY = {
    Unfit.TERM: gettext_lazy("out of term"),
    Unfit.LEAVE: gettext_lazy("on leave on the same days"),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def backup(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name who stands in under an assignment (pk); any post but `act` keep shows what follows."""
    lead_only(request)
    assignment = get_object_or_404(with_project(), pk=pk)
    if assignment.valid_to is not None:
        return redirect("secretaries:project", pk=assignment.application_id)
    if request.method != "POST":
        return _page(request, assignment, BackupForm(people=by_role()))
    form = BackupForm(request.POST, people=by_role())
    if not form.is_valid() or request.POST.get("act") != "keep":
        return _page(request, assignment, form)
    try:
        backups.set_backup(
            assignment=assignment, backup=form.cleaned_data["backup"], by=request.user
        )
    except Invalid as refused:
        form.add_error("backup", str(refused.message))
        return _page(request, assignment, form)
    messages.success(request, _("Kept; everybody concerned has been told."))
    return redirect("secretaries:project", pk=assignment.application_id)


def _page(
    request: SignedInRequest, assignment: ServiceAssignment, form: BackupForm
) -> HttpResponse:
    today, found = request.clock.today, stand_ins(assignment, request.clock.today)
    looked = form.is_bound and form.is_valid()
    chosen = form.cleaned_data["backup"] if looked else assignment.backup
    context: dict[str, Any] = {
        "assignment": assignment,
        "application": assignment.application,
        "form": form,
        "rows": [(one, WHY.get(one.unfit) if one.unfit else "") for one in found],
        "chosen": form["backup"].value() if form.is_bound else (chosen.pk if chosen else ""),
        "looked": looked,
        "changes": looked and chosen != assignment.backup,
        "next": next((one for one in found if chosen is not None and one.id == chosen.pk), None),
        "leaves": list(leaves_ahead(assignment, today)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "secretaries/backup.html", context, status=status)
