"""One's own account: language, password, what one holds."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import rules, selectors
from accounts.forms.profile import LanguageForm
from accounts.http import SignedInRequest
from accounts.services import people
from accounts.views.people import role_words


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    user = request.user
    form = LanguageForm(request.POST or None, initial={"language": user.language})
    if form.is_valid():
        language = form.cleaned_data["language"]
        people.set_language(user=user, language=language, by=user)
        with translation.override(language):
            messages.success(request, _("Pages and messages are in this language from now on"))
        response = redirect("accounts:profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        )
        return response
    grants = selectors.grants_of(user).live()
    office = ((_("Unit"), user.unit), (_("City or county"), user.region))
    context = {
        "form": form,
        "roles": [(role_words(grant), grant.confirmed_at) for grant in grants],
        "firms": [
            (firm, level.label)
            for firm in selectors.firms_of(user)[:20]
            if (level := rules.member_level(user, firm))
        ],
        "holds_tokens": rules.may_hold_tokens(user),
        "has_password": user.has_usable_password(),
        "particulars": [
            (_("Sign-in name"), user.username),
            (_("E-mail"), user.email),
            *((label, held) for label, held in office if held),
        ],
        "nav_current": "accounts:profile",
    }
    return render(request, "accounts/profile.html", context)
