"""The directory of people: accounts for the system administrator, roles for the security ones."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules, selectors
from accounts.forms.people import GrantForm, NewPersonForm, PeopleFilter, PersonForm, ReasonForm
from accounts.forms.signin import ResetPasswordForm
from accounts.http import SignedInRequest
from accounts.models import RoleGrant, User
from accounts.services import people
from audit.refusals import NotPermitted, Refused

PAGE = 50


def check_directory(user: User) -> None:
    """The directory is for those who open accounts and those who grant roles."""
    if not rules.may_confirm_grants(user):
        raise NotPermitted(
            _("People and roles are kept by the system and the security administrators.")
        )


@dataclass(frozen=True, slots=True)
class PersonRow:
    pk: int
    name: str
    username: str
    email: str
    place: str
    roles: list[str]
    proposed: list[str]
    firm_count: int
    is_active: bool
    last_login: object


def _row(person: User) -> PersonRow:
    grants: list[RoleGrant] = getattr(person, "standing_grants", [])
    return PersonRow(
        pk=person.pk,
        name=person.name,
        username=person.username,
        email=person.email,
        place=str(person.unit or person.region or ""),
        roles=[role_words(g) for g in grants if g.confirmed_at is not None],
        proposed=[role_words(g) for g in grants if g.confirmed_at is None],
        firm_count=getattr(person, "firm_count", 0),
        is_active=person.is_active,
        last_login=person.last_login,
    )


def role_words(grant: RoleGrant) -> str:
    """The role as people say it: 县市主管部门（梅河口市）."""
    if grant.region is None:
        return str(grant.get_role_display())
    return _("%(role)s (%(region)s)") % {
        "role": grant.get_role_display(),
        "region": grant.region,
    }


@require_safe
@login_required
def directory(request: SignedInRequest) -> HttpResponse:
    check_directory(request.user)
    filters = PeopleFilter(request.GET or None)
    found = selectors.people(**filters.chosen())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "rows": [_row(person) for person in page],
        "waiting": [_proposal(g, request.user) for g in selectors.proposed_grants()[:PAGE]],
        "opens_accounts": rules.may_manage_accounts(request.user),
    }
    return render(request, "accounts/people.html", context)


def _proposal(grant: RoleGrant, user: User) -> dict[str, object]:
    return {
        "pk": grant.pk,
        "person": grant.user.name,
        "url": reverse("accounts:person", args=[grant.user_id]),
        "words": role_words(grant),
        "proposed_by": grant.proposed_by,
        "proposed_at": grant.proposed_at,
        "reason": grant.reason,
        "mine": grant.proposed_by_id == user.pk,
        "may_confirm": _may_confirm(grant, user),
    }


def _may_confirm(grant: RoleGrant, user: User) -> bool:
    return (
        grant.state == "proposed"
        and user.pk not in (grant.proposed_by_id, grant.user_id)
        and rules.may_confirm_grants(user)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create(request: SignedInRequest) -> HttpResponse:
    if not rules.may_manage_accounts(request.user):
        raise NotPermitted(_("Only a system administrator opens, disables or enables accounts."))
    form = NewPersonForm(request.POST or None)
    if form.is_valid():
        try:
            person = people.create_user(**form.cleaned_data, password=None, by=request.user)
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            _send_link(request, person)
            return redirect("accounts:person", person.pk)
    return render(request, "accounts/person_form.html", {"form": form, "person": None})


def _send_link(request: SignedInRequest, person: User) -> None:
    """The person sets the own password by a link; nobody else ever knows one."""
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid():
        form.save(request)
        messages.success(
            request, _("A link to set the password was sent to %(email)s") % {"email": person.email}
        )


def find_person(request: SignedInRequest, pk: int) -> User:
    check_directory(request.user)
    return get_object_or_404(User.objects.select_related("unit", "region"), pk=pk)


@require_safe
@login_required
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    return person_page(request, find_person(request, pk), GrantForm())


def person_page(request: SignedInRequest, who: User, form: GrantForm) -> HttpResponse:
    user = request.user
    proposes = rules.may_propose_grants(user)
    grants = [
        {
            "pk": g.pk,
            "words": role_words(g),
            "state": g.state,
            "reason": g.reason,
            "bootstrap": g.bootstrap,
            "proposed_by": g.proposed_by,
            "proposed_at": g.proposed_at,
            "confirmed_by": g.confirmed_by,
            "confirmed_at": g.confirmed_at,
            "revoked_by": g.revoked_by,
            "revoked_at": g.revoked_at,
            "revoked_reason": g.revoked_reason,
            "may_confirm": _may_confirm(g, user),
            "mine": g.state == "proposed" and g.proposed_by_id == user.pk,
            "may_revoke": proposes and g.state != "revoked" and who.pk != user.pk,
        }
        for g in selectors.grants_of(who)[:200]
    ]
    firms = list(selectors.firms_of(who)[:20])
    context = {
        "person": who,
        "grants": grants,
        "firms": firms,
        "form": form,
        "particulars": [
            (_("Sign-in name"), who.username),
            (_("E-mail"), who.email),
            (_("Unit"), who.unit),
            (_("City or county"), who.region),
        ],
        "opens_accounts": rules.may_manage_accounts(user) and who.pk != user.pk,
        "proposes": proposes and who.pk != user.pk and who.is_active and not firms,
        "nav_current": "accounts:people",
    }
    return render(request, "accounts/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    who = find_person(request, pk)
    if not rules.may_manage_accounts(request.user):
        raise NotPermitted(_("Only a system administrator opens, disables or enables accounts."))
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm.of(who)
    if form.is_valid():
        try:
            people.edit_user(user=who, changes=form.cleaned_data, by=request.user)
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(request, _("The particulars are saved"))
            return redirect("accounts:person", who.pk)
    return render(request, "accounts/person_form.html", {"form": form, "person": who})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Disable an account, or enable it again."""
    who = find_person(request, pk)
    if not rules.may_manage_accounts(request.user):
        raise NotPermitted(_("Only a system administrator opens, disables or enables accounts."))
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        act = people.disable_user if who.is_active else people.enable_user
        done = act(user=who, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(
            request,
            _("The account of %(person)s is in use again") % {"person": done}
            if done.is_active
            else _("The account of %(person)s is disabled") % {"person": done},
        )
        return redirect("accounts:person", who.pk)
    context = {"form": form, "person": who, "back": reverse("accounts:person", args=[who.pk])}
    return render(request, "accounts/person_switch.html", context)


@require_POST
@login_required
def send_link(request: SignedInRequest, pk: int) -> HttpResponse:
    who = find_person(request, pk)
    if not rules.may_manage_accounts(request.user):
        raise NotPermitted(_("Only a system administrator opens, disables or enables accounts."))
    if who.is_active and who.email:
        _send_link(request, who)
    return redirect("accounts:person", who.pk)
