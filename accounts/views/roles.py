"""Roles on the pages: proposed, confirmed by another administrator, revoked with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules
from accounts.forms.people import GrantForm, ReasonForm
from accounts.http import SignedInRequest
from accounts.models import RoleGrant
from accounts.services import roles
from accounts.views.people import check_directory, find_person, person_page, role_words
from audit.refusals import NotPermitted, Refused


@require_POST
@login_required
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    who = find_person(request, pk)
    _check_proposes(request)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            grant = roles.propose_grant(user=who, **form.cleaned_data, by=request.user)
        except NotPermitted:
            raise
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
        else:
            messages.success(
                request,
                _("%(role)s is proposed; another administrator must confirm it")
                % {"role": role_words(grant)},
            )
            return redirect("accounts:person", who.pk)
    return person_page(request, who, form)


def _check_proposes(request: SignedInRequest) -> None:
    if not rules.may_propose_grants(request.user):
        raise NotPermitted(_("Only a security administrator proposes or revokes roles."))


def _grant(request: SignedInRequest, pk: int) -> RoleGrant:
    check_directory(request.user)
    return get_object_or_404(RoleGrant.objects.select_related("user", "region"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    grant = _grant(request, pk)
    back = reverse("accounts:person", args=[grant.user_id])
    if request.method == "POST":
        roles.confirm_grant(grant=grant, by=request.user)
        messages.success(
            request,
            _("%(person)s now is %(role)s") % {"person": grant.user, "role": role_words(grant)},
        )
        return redirect(back)
    context = {"grant": grant, "words": role_words(grant), "back": back}
    return render(request, "accounts/grant_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    grant = _grant(request, pk)
    _check_proposes(request)
    back = reverse("accounts:person", args=[grant.user_id])
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        roles.revoke_grant(grant=grant, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(
            request,
            _("%(person)s no longer is %(role)s")
            % {"person": grant.user, "role": role_words(grant)},
        )
        return redirect(back)
    context = {"form": form, "grant": grant, "words": role_words(grant), "back": back}
    return render(request, "accounts/grant_revoke.html", context)
