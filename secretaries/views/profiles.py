"""Secretaries' profiles and leave."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from audit.refusals import NotVisible, Refused
from secretaries import rules
from secretaries.forms.work import LeaveForm, ProfileForm
from secretaries.models import Leave, ServiceAssignment, ServiceSecretary
from secretaries.selectors import projects as reading
from secretaries.selectors.backups import unserved
from secretaries.services import profiles
from secretaries.views.board import lead_only


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """Enter a profile for somebody who holds the role and has none."""
    lead_only(request)
    people = users_with_role(Role.SECRETARY).filter(secretary__isnull=True)
    form = ProfileForm(
        request.POST or None, people=people, initial={"active_from": request.clock.today}
    )
    if request.method == "POST" and form.is_valid():
        made = _save(request, form, form.cleaned_data.pop("user"))
        if made is not None:
            return redirect("secretaries:profile", pk=made.pk)
    context = {"form": form, "nobody": not form.is_bound and not people.exists()}
    return render(
        request, "secretaries/profile_new.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest, pk: int) -> HttpResponse:
    """One secretary: profile (the lead changes it), projects, leave."""
    secretary = _seen(request, pk)
    form = None
    if rules.is_lead(request.user):
        form = _form(request, secretary)
        if request.method == "POST" and form.is_valid():
            form.cleaned_data.pop("user", None)
            if _save(request, form, secretary.user) is not None:
                return redirect("secretaries:profile", pk=pk)
    return _page(request, secretary, form=form)


def _form(request: SignedInRequest, secretary: ServiceSecretary) -> ProfileForm:
    initial = {
        "unit": secretary.unit_id,
        "phone": secretary.phone,
        "regions": [region.pk for region in secretary.regions.all()],
        "industries": secretary.industries,
        "max_load": secretary.max_load,
        "active_from": secretary.active_from,
        "active_to": secretary.active_to,
    }
    bound = request.POST if request.method == "POST" else None
    form = ProfileForm(bound, people=User.objects.none(), initial=initial)
    del form.fields["user"]
    return form


def _save(request: SignedInRequest, form: ProfileForm, user: User) -> ServiceSecretary | None:
    data = dict(form.cleaned_data)
    data["industries"] = [row.code for row in data["industries"]]
    try:
        made = profiles.set_profile(user=user, by=request.user, **data)
    except Refused as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, str(refused.message))
        return None
    messages.success(request, _("Profile of %(name)s kept.") % {"name": user.name})
    return made


@login_required
@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter leave."""
    secretary = _seen(request, pk)
    form = LeaveForm(request.POST, prefix="leave")
    if form.is_valid():
        try:
            entered = profiles.record_leave(
                secretary=secretary, by=request.user, **form.cleaned_data
            )
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused.message))
        else:
            _say_entered(request, secretary, entered)
            return redirect("secretaries:profile", pk=pk)
    own = _form_for_page(request, secretary)
    return _page(request, secretary, form=own, leave=form)


def _say_entered(request: SignedInRequest, secretary: ServiceSecretary, row: Leave) -> None:
    if unserved(secretary, [row]):
        messages.warning(request, _("Leave entered. Nobody serves some projects on these days."))
    else:
        messages.success(request, _("Leave entered; whoever is named stands in."))


@login_required
@require_POST
def cancel_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take leave back."""
    row = get_object_or_404(Leave.objects.select_related("secretary"), pk=pk)
    _seen(request, row.secretary_id)
    profiles.cancel_leave(leave=row, by=request.user)
    messages.success(request, _("Leave cancelled; on duty again."))
    return redirect("secretaries:profile", pk=row.secretary_id)


def _form_for_page(request: SignedInRequest, secretary: ServiceSecretary) -> ProfileForm | None:
    if not rules.is_lead(request.user):
        return None
    form = _form(request, secretary)
    form.is_bound = False
    return form


def _seen(request: SignedInRequest, pk: int) -> ServiceSecretary:
    """A profile is the lead's and the person's own."""
    secretary = (
        ServiceSecretary.objects.select_related("user", "unit")
        .prefetch_related("regions")
        .filter(pk=pk)
        .first()
    )
    if secretary is None or not (
        rules.is_lead(request.user) or secretary.user_id == request.user.pk
    ):
        raise NotVisible
    return secretary


def _leaves(
    secretary: ServiceSecretary, today: date
) -> list[tuple[Leave, list[ServiceAssignment]]]:
    """The latest leave, each with the projects that nobody serves meanwhile."""
    rows = list(reading.leaves_of(secretary)[:20])
    ahead = [row for row in rows if row.cancelled_at is None and row.last_day >= today]
    alone = unserved(secretary, ahead)
    return [(row, alone.get(row.pk, [])) for row in rows]


def _page(
    request: SignedInRequest,
    secretary: ServiceSecretary,
    *,
    form: ProfileForm | None,
    leave: LeaveForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "secretary": secretary,
        "form": form,
        "leave_form": leave or LeaveForm(prefix="leave"),
        "leaves": _leaves(secretary, request.clock.today),
        "assignments": list(
            reading.own_assignments(secretary.user, request.clock.today).filter(secretary=secretary)
        ),
        "today": request.clock.today,
        "is_lead": rules.is_lead(request.user),
    }
    wrong = (form is not None and form.is_bound) or leave is not None
    return render(request, "secretaries/profile.html", context, status=422 if wrong else 200)
