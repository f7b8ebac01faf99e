"""What sign-in tells this app: Django's and allauth's signals become events of the trail."""

from typing import Any

from allauth.account import signals as allauth_signals
from django.contrib.auth import signals

from accounts.models import User
from accounts.services import signin

DJANGOS = "update_last_login"


def connect() -> None:
    """Listen; and let our own clock, not the machine's, say when somebody last signed in.

    Taking the name of Django's receiver keeps it out, whichever of the two apps is ready first.
    """
    signals.user_logged_in.disconnect(dispatch_uid=DJANGOS)
    signals.user_logged_in.connect(_signed_in, dispatch_uid=DJANGOS)
    signals.user_logged_out.connect(_signed_out, dispatch_uid="accounts.signed_out")
    for signal, how in (
        (allauth_signals.password_changed, _changed),
        (allauth_signals.password_set, _set),
        (allauth_signals.password_reset, _reset),
    ):
        signal.connect(how, dispatch_uid=f"accounts.password{how.__name__}")


def _signed_in(sender: object, user: User, **_kwargs: Any) -> None:
    signin.record_sign_in(user=user)


def _signed_out(sender: object, user: User | None, **_kwargs: Any) -> None:
    if isinstance(user, User):
        signin.record_sign_out(user=user)


def _changed(sender: object, user: User, **_kwargs: Any) -> None:
    signin.record_password(user=user, how="change")


def _set(sender: object, user: User, **_kwargs: Any) -> None:
    signin.record_password(user=user, how="set")


def _reset(sender: object, user: User, **_kwargs: Any) -> None:
    signin.record_password(user=user, how="reset")
