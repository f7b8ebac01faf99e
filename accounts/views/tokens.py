"""One's own access tokens: made, shown once, revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules, selectors
from accounts.forms.profile import TokenForm
from accounts.http import SignedInRequest
from accounts.services import tokens as acts
from audit.refusals import NotPermitted, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: SignedInRequest) -> HttpResponse:
    """The tokens that hold, the form of the next, and after it the text of the new one."""
    if not rules.may_hold_tokens(request.user):
        raise NotPermitted(
            _("Access tokens are for firms and for the treasury; all else is open to everybody.")
        )
    form, text = TokenForm(request.POST or None), ""
    if form.is_valid():
        try:
            _token, text = acts.create_token(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            form = TokenForm()
    context = {
        "form": form,
        "text": text,
        "tokens": selectors.tokens_of(request.user, request.clock.now),
        "nav_current": "accounts:profile",
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    token = selectors.token_of(request.user, pk)
    if token is None:
        raise Http404
    acts.revoke_token(token=token, by=request.user)
    messages.success(request, _("Revoked. A program that still uses it is refused from now on."))
    return redirect("accounts:tokens")
