"""The firm one acts for: its particulars, and who may do what for it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules, selectors
from accounts.forms.firms import LevelForm, MemberForm, ParticularsForm, RegistrationForm
from accounts.http import SignedInRequest
from accounts.models import Level, Membership, Organisation, OrganisationKind, User
from accounts.services import firms
from audit.refusals import NotPermitted, NotVisible, Refused

LEVELS = (
    (
        Level.OWNER,
        gettext_lazy("writes, submits, signs and claims for the firm; manages its members"),
    ),
    (Level.EDITOR, gettext_lazy("writes the application material; does not submit")),
    (Level.VIEWER, gettext_lazy("reads")),
)


@require_safe
@login_required
def mine(request: SignedInRequest) -> HttpResponse:
    """The only firm, the list when there are several, else the way to register one."""
    found = list(selectors.firms_of(request.user)[:50])
    if len(found) == 1:
        return redirect("accounts:firm_detail", found[0].pk)
    if not found and rules.roles_of(request.user):
        raise NotPermitted(
            _("You hold a role in the review. Whoever holds a role acts for no firm.")
        )
    rows = [(firm, rules.member_level(request.user, firm)) for firm in found]
    return render(
        request,
        "accounts/firms.html",
        {"firms": [{"firm": firm, "level": level.label if level else ""} for firm, level in rows]},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def register(request: SignedInRequest) -> HttpResponse:
    if rules.roles_of(request.user):
        raise NotPermitted(
            _("You hold a role in the review. Whoever holds a role acts for no firm.")
        )
    form = RegistrationForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            firm = firms.register_firm(
                name=data["name"],
                uscc=data["uscc"],
                region=data["region"],
                legal_representative=data["legal_representative"],
                contact_phone=data["contact_phone"],
                address=data["address"],
                by=request.user,
            )
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(
                request, _("%(firm)s is registered; you are its owner") % {"firm": firm}
            )
            return redirect("accounts:firm_detail", firm.pk)
    return render(request, "accounts/firm_form.html", {"form": form, "firm": None})


def visible(request: SignedInRequest, pk: int) -> Organisation:
    """The firm, for its members only."""
    if not rules.is_member(request.user, pk):
        raise NotVisible
    return get_object_or_404(
        Organisation.objects.select_related("region"), pk=pk, kind=OrganisationKind.FIRM
    )


def check_owner(user: User, firm_id: int) -> None:
    """Raise NotPermitted unless the person is an owner of the firm."""
    if not rules.is_owner(user, firm_id):
        raise NotPermitted(_("Only an owner of the firm changes its particulars and members."))


@require_safe
@login_required
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    firm = visible(request, pk)
    return _detail(request, firm, MemberForm())


def _detail(request: SignedInRequest, firm: Organisation, form: MemberForm) -> HttpResponse:
    is_owner = rules.is_owner(request.user, firm)
    members = [
        {
            "pk": m.pk,
            "name": m.user.name,
            "email": m.user.email,
            "level": m.level,
            "level_label": m.get_level_display(),
            "since": m.since,
            "is_me": m.user_id == request.user.pk,
            "is_active": m.user.is_active,
            "form": LevelForm(initial={"level": m.level}, auto_id=f"level_{m.pk}_%s"),
        }
        for m in selectors.memberships_of(firm)[:200]
    ]
    context = {
        "firm": firm,
        "is_owner": is_owner,
        "members": members,
        "form": form,
        "levels": [(level.label, text) for level, text in LEVELS],
        "particulars": [
            (_("Unified social credit code"), firm.uscc),
            (_("City or county"), firm.region),
            (_("Legal representative"), firm.legal_representative),
            (_("Contact telephone"), firm.contact_phone),
            (_("Address"), firm.address),
        ],
        "nav_current": "accounts:firm",
    }
    return render(request, "accounts/firm_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    firm = visible(request, pk)
    check_owner(request.user, firm.pk)
    form = ParticularsForm(request.POST) if request.method == "POST" else ParticularsForm.of(firm)
    if form.is_valid():
        try:
            firms.edit_firm(firm=firm, changes=form.cleaned_data, by=request.user)
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(request, _("The particulars are saved"))
            return redirect("accounts:firm_detail", firm.pk)
    return render(request, "accounts/firm_form.html", {"form": form, "firm": firm})


@require_POST
@login_required
def add_member(request: SignedInRequest, pk: int) -> HttpResponse:
    firm = visible(request, pk)
    check_owner(request.user, firm.pk)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            membership = firms.add_member(
                firm=firm,
                user_or_email=form.cleaned_data["email"],
                level=Level(form.cleaned_data["level"]),
                by=request.user,
            )
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(
                request, _("%(person)s now works for the firm") % {"person": membership.user}
            )
            return redirect("accounts:firm_detail", firm.pk)
    return _detail(request, firm, form)


def _membership(request: SignedInRequest, pk: int) -> Membership:
    membership = get_object_or_404(Membership.objects.select_related("organisation", "user"), pk=pk)
    visible(request, membership.organisation_id)
    return membership


@require_POST
@login_required
def change_level(request: SignedInRequest, pk: int) -> HttpResponse:
    membership = _membership(request, pk)
    check_owner(request.user, membership.organisation_id)
    form = LevelForm(request.POST)
    if form.is_valid():
        changed = firms.change_level(
            membership=membership, level=Level(form.cleaned_data["level"]), by=request.user
        )
        messages.success(
            request,
            _("%(person)s: %(level)s")
            % {"person": changed.user, "level": changed.get_level_display()},
        )
    return redirect("accounts:firm_detail", membership.organisation_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end_membership(request: SignedInRequest, pk: int) -> HttpResponse:
    membership = _membership(request, pk)
    leaves = membership.user_id == request.user.pk
    if not leaves:
        check_owner(request.user, membership.organisation_id)
    if request.method == "POST":
        firms.end_membership(membership=membership, by=request.user)
        messages.success(
            request, _("%(person)s no longer works for the firm") % {"person": membership.user}
        )
        return redirect("accounts:firm")
    context = {"membership": membership, "firm": membership.organisation, "leaves": leaves}
    return render(request, "accounts/member_end.html", context)
