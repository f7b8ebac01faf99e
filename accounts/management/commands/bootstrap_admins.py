"""The first administrators of an empty installation, with links to set their passwords."""

from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.services import bootstrap
from audit.origin import acting_from
from audit.refusals import Refused

SEATS = {
    "system": Role.SYSTEM_ADMIN,
    "security": Role.SECURITY_ADMIN,
    "security2": Role.SECURITY_ADMIN,
    "audit": Role.AUDIT_ADMIN,
}


class Command(BaseCommand):
    help = (
        "Open the accounts of the first four administrators, once, and print a link for each "
        "to set the password. Everybody else is opened and appointed on the pages."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for seat in SEATS:
            parser.add_argument(
                f"--{seat}",
                required=True,
                metavar="NAME:USERNAME:EMAIL",
                help=f"the {seat} administrator",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        first = [self._person(role, options[seat]) for seat, role in SEATS.items()]
        try:
            with acting_from("bootstrap_admins"):
                appointed = bootstrap.appoint_first(people=first)
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        for user in appointed:
            self.stdout.write(f"{user.username}\t{_link(user)}")

    def _person(self, role: Role, text: str) -> bootstrap.First:
        parts = [part.strip() for part in text.split(":")]
        if len(parts) != 3 or not all(parts):
            raise CommandError(f"{text!r} is not NAME:USERNAME:EMAIL.")
        name, username, email = parts
        return bootstrap.First(role=role, username=username, email=email, name=name)


def _link(user: User) -> str:
    """The same link that a forgotten password brings by mail; it works once."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": token},
    )
    return f"{settings.SITE_URL.rstrip('/')}{path}"
