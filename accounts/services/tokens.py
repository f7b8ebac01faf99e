"""Access tokens: made and revoked by the person they stand for, shown once, kept as a digest."""

import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import facts, rules
from accounts.models import AccessToken, User
from accounts.services.lengths import check_fits
from audit import clock
from audit.digests import sm3
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record

DAYS = (30, 90, 365)
MOST = 10  # live ones of a person
BEGINS = "steelyard_"  # so that a token left in a file is found for what it is


def create_token(*, name: str, days: int, by: User) -> tuple[AccessToken, str]:
    """A token of one's own, and its text, which nobody can read again."""
    text = BEGINS + secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)
        now = clock.now()
        _check(by, days)
        if AccessToken.objects.live(now).filter(user=by).count() >= MOST:
            raise WrongState(
                _("You hold %(most)s access tokens already. Revoke one that is not used any more.")
                % {"most": MOST}
            )
        token = AccessToken(
            user=by,
            name=" ".join(name.split()),
            digest=digest_of(text),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        if not token.name:
            raise Invalid(_("Say what the token is for."), field="name")
        check_fits(token, "name")
        token.save(force_insert=True)
        record(action="account.token_create", obj=token, by=by, after=facts.of_token(token))
    return token, text


def _check(by: User, days: int) -> None:
    if not rules.may_hold_tokens(by):
        raise NotPermitted(
            _("Access tokens are for firms and for the treasury; all else is open to everybody.")
        )
    if days not in DAYS:
        raise Invalid(_("Choose how long the token is to hold."), field="days")


def digest_of(text: str) -> str:
    return sm3(text.encode())


def revoke_token(*, token: AccessToken, by: User) -> AccessToken:
    """From now on it opens nothing. Only the person it stands for."""
    with transaction.atomic():
        locked = AccessToken.objects.select_for_update(no_key=True).get(pk=token.pk)
        if locked.user_id != by.pk:
            raise NotPermitted(_("Everybody revokes the own tokens."))
        if locked.revoked_at is not None:
            raise WrongState(_("This token is revoked already."))
        before = facts.of_token(locked)
        locked.revoked_at = clock.now()
        locked.save(update_fields=["revoked_at"])
        record(
            action="account.token_revoke",
            obj=locked,
            by=by,
            before=before,
            after=facts.of_token(locked),
        )
    return locked


def person_of(text: str, today: date) -> User | None:
    """Whom a token stands for, None if it opens nothing; the day of its use is kept."""
    live = AccessToken.objects.live(clock.now()).select_related("user")
    token = live.filter(digest=digest_of(text)).first()
    if token is None:
        return None
    if token.last_used_on != today:
        AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(last_used_on=today)
    return token.user
