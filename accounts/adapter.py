"""How django-allauth works here: counted tries, one answer to every failure, our own services."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import people, signin

WRONG = _("The sign-in name or e-mail address and the password do not belong together.")
# Said by the pages themselves, so a message beside them would only repeat it.
SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up and sign-in through the services of this app."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": signin.LOCKED,
        "email_taken": _(
            "This e-mail address belongs to an account already. Sign in, or use another."
        ),
        "username_taken": _("This sign-in name is taken. Choose another."),
        "enter_current_password": _("This is not your present password."),
        "rate_limited": _("Too many requests from your address. Wait a minute and try again."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Instead of allauth's count in the cache, ours in the database."""
        login = credentials.get("email") or credentials.get("username") or ""
        try:
            self._tries = signin.enter_try(login=login)
        except signin.Paused as refused:
            raise ValidationError(str(refused.message), code="too_many_login_attempts") from None

    def _rollback_login_failed_rl_usage(self) -> None:
        signin.take_back(keys=self._tries)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        login = credentials.get("email") or credentials.get("username") or ""
        signin.record_failure(login=login)

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: Any, **_kwargs: Any
    ) -> User:
        """Open the account through the service. allauth passes an unsaved person; it is dropped."""
        data = form.cleaned_data
        return people.register_person(
            username=data["username"],
            email=data["email"],
            name=data["name"],
            password=data["password1"],
            language="en" if (get_language() or "").startswith("en") else "zh-hans",
        )

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """A person who registered registers the firm next."""
        return reverse("accounts:firm_new")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)
