"""Accounts: opened by the person or by a system administrator, disabled, never deleted."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import contacts, facts, rules
from accounts.models import Organisation, Region, User
from accounts.roles import Role
from accounts.services.lengths import check_fits
from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, WrongState
from audit.services import record

LANGUAGES = frozenset({"zh-hans", "en"})


def create_user(
    *,
    username: str,
    email: str,
    name: str,
    password: str | None,
    language: str = "zh-hans",
    unit: Organisation | None = None,
    region: Region | None = None,
    by: User,
) -> User:
    """Open an account for somebody else; `password=None` leaves it to the person to set one."""
    with transaction.atomic():
        _require_system_admin(by)
        user = User(
            username=username, email=email, name=name, language=language, unit=unit, region=region
        )
        save_new(user, password)
        record(
            action="account.create",
            obj=user,
            by=by,
            role=Role.SYSTEM_ADMIN,
            after=facts.of_user(user),
        )
        return user


def register_person(
    *, username: str, email: str, name: str, password: str, language: str = "zh-hans"
) -> User:
    """A person opens the own account, to act for a firm later; the person is the actor."""
    with transaction.atomic():
        user = User(username=username, email=email, name=name, language=language)
        save_new(user, password)
        record(action="account.register", obj=user, by=user, after=facts.of_user(user))
        return user


def _require_system_admin(by: User) -> None:
    if not rules.may_manage_accounts(by):
        raise NotPermitted(_("Only a system administrator opens, disables or enables accounts."))


def save_new(user: User, password: str | None) -> None:
    """Clean, check and insert the person inside the caller's transaction."""
    user.username = User.normalize_username(user.username).strip()
    user.email = contacts.normalise_email(user.email)
    user.name = " ".join(user.name.split())
    _check_identity(user)
    if password is None:
        user.set_unusable_password()
    else:
        check_password(password, user)
        user.set_password(password)
    try:
        user.save(force_insert=True)
    except IntegrityError as error:
        raise taken(error) from error


def _check_identity(user: User) -> None:
    if not user.name:
        raise Invalid(_("Enter the person's name."), field="name")
    if user.language not in LANGUAGES:
        raise Invalid(_("Choose Chinese or English."), field="language")
    check_fits(user, "name", "username")
    if "@" in user.username or not user.username:
        raise Invalid(
            _("A sign-in name consists of letters, digits and . _ - +, without @."),
            field="username",
        )
    if not user.email:
        raise Invalid(_("Enter an e-mail address; the sign-in links go there."), field="email")
    wrong = contacts.email_fault(user.email)
    if wrong is not None:
        raise Invalid(wrong, field="email")
    check_fits(user, "email")


def check_password(password: str, user: User) -> None:
    """Refuse a weak password with every reason at once."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error


def taken(error: IntegrityError) -> Invalid:
    """Which of the unique values was taken, in words."""
    if "email" in str(error):
        return Invalid(
            _("This e-mail address belongs to an account already. Sign in, or use another."),
            field="email",
        )
    return Invalid(_("This sign-in name is taken. Choose another."), field="username")


def disable_user(*, user: User, reason: str, by: User) -> User:
    """Close an account at once; its grants, memberships and history stay as they are."""
    with transaction.atomic():
        locked = _locked_for(user, by)
        if not reason.strip():
            raise Invalid(_("Say why the account is disabled; the trail keeps it."), field="reason")
        if locked.pk == by.pk:
            raise NotPermitted(_("Nobody disables the own account. Ask another administrator."))
        if not locked.is_active:
            raise WrongState(_("This account is disabled already."))
        return _switch(locked, active=False, reason=reason, by=by)


def enable_user(*, user: User, reason: str = "", by: User) -> User:
    with transaction.atomic():
        locked = _locked_for(user, by)
        if locked.is_active:
            raise WrongState(_("This account is in use already."))
        return _switch(locked, active=True, reason=reason, by=by)


def _locked_for(user: User, by: User) -> User:
    locked = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    _require_system_admin(by)
    return locked


def _switch(user: User, *, active: bool, reason: str, by: User) -> User:
    before = facts.of_user(user)
    user.is_active = active
    user.disabled_at = None if active else clock.now()
    user.save(update_fields=["is_active", "disabled_at"])
    rules.forget(user)
    record(
        action="account.enable" if active else "account.disable",
        obj=user,
        by=by,
        role=Role.SYSTEM_ADMIN,
        source="disabled" if active else "active",
        target="active" if active else "disabled",
        reason=reason.strip(),
        before=before,
        after=facts.of_user(user),
    )
    return user


EDITABLE = frozenset({"name", "email", "unit", "region"})


def edit_user(*, user: User, changes: Mapping[str, Any], by: User) -> User:
    """A system administrator corrects who somebody is; the sign-in name stays."""
    with transaction.atomic():
        locked = _locked_for(user, by)
        before = facts.of_user(locked)
        for field in EDITABLE & changes.keys():
            setattr(locked, field, changes[field])
        locked.email = contacts.normalise_email(locked.email)
        locked.name = " ".join(locked.name.split())
        _check_identity(locked)
        after = facts.of_user(locked)
        if after == before:
            return locked
        try:
            locked.save(update_fields=sorted(EDITABLE))
        except IntegrityError as error:
            raise taken(error) from error
        # allauth keeps addresses of its own; an old one would still open the account.
        EmailAddress.objects.filter(user=locked).exclude(email=locked.email).delete()
        record(
            action="account.edit",
            obj=locked,
            by=by,
            role=Role.SYSTEM_ADMIN,
            before=before,
            after=after,
        )
        return locked


def set_language(*, user: User, language: str, by: User) -> User:
    """The language of pages and messages, chosen by the person; not a fact of the record."""
    if language not in LANGUAGES:
        raise Invalid(_("Choose Chinese or English."), field="language")
    if user.pk != by.pk:
        raise NotPermitted(_("Everybody chooses the own language."))
    with transaction.atomic():
        updated = User.objects.filter(pk=user.pk, is_active=True).update(language=language)
        if not updated:
            raise Conflict(_("This account was disabled meanwhile."))
    user.language = language
    return user
