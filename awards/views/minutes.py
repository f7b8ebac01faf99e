"""The minutes of a call's meetings: what is recorded, a form for the next, the signed papers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role
from audit.refusals import Refused
from awards import rules
from awards.forms.lists import MinutesForm
from awards.forms.refusing import add_refusal
from awards.models import Minutes
from awards.selectors import lists
from awards.services.minutes import record_minutes
from awards.views.funding import call_of, guard

KEEPERS = (Role.PROGRAMME_OFFICER, Role.APPROVER)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: SignedInRequest, number: str) -> HttpResponse:
    """A call's minutes; who keeps them records the next."""
    call = call_of(request, number)
    form = MinutesForm(
        request.POST or None, request.FILES or None, initial={"held_on": request.clock.today}
    )
    if request.method == "POST":
        rules.require(request.user, *KEEPERS)
        if form.is_valid():
            try:
                record_minutes(call=call, by=request.user, **form.cleaned_data)
            except Refused as refused:
                add_refusal(form, refused)
            else:
                messages.success(request, _("Recorded. The approver can decide by these minutes."))
                return redirect("awards:minutes", number=number)
    rows = lists.minutes_of(call)
    prefetch_related_objects(rows, "lists")
    context: dict[str, Any] = {
        "call": call,
        "rows": rows,
        "form": form,
        "keeps": has_any_role(request.user, *KEEPERS),
        "nav_current": "awards:funding_list",
    }
    return render(request, "awards/minutes.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def minutes_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The signed paper, for whoever may read the list."""
    guard(request)
    row = get_object_or_404(Minutes, pk=pk)
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
    )
