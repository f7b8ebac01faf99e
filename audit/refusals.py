"""How a service says no: one exception per kind of refusal, with a message for the person.

A message says which rule stands in the way and what to do next, in the reader's language
(lazy, so that it is translated when it is shown). Nothing was written when one is raised:
the service's transaction rolls back.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Message = str | Promise


class Refused(Exception):
    """An act was refused. `field` names the form field the message belongs to, if any."""

    status_code = 409
    default_message: Message = _("This cannot be done now. Open the page again and check.")

    def __init__(self, message: Message = "", field: str | None = None) -> None:
        self.message: Message = message or self.default_message
        self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class NotPermitted(Refused):
    """The person may know of the object, but may not do this to it (403)."""

    status_code = 403
    default_message = _("Your role does not allow this.")


class NotVisible(Refused):
    """The person may not know that the object exists (404)."""

    status_code = 404
    default_message = _("There is no such page.")


class WrongState(Refused):
    """The object is not in a state from which this act leads anywhere."""

    default_message = _("The state has changed meanwhile. Open the page again and check.")


class Invalid(Refused):
    """What was entered breaks a rule."""

    status_code = 422
    default_message = _("What was entered breaks a rule. Correct it and try again.")


class TooLate(Refused):
    """The closing instant or due date has passed."""

    default_message = _("The time limit has passed.")


class Conflict(Refused):
    """Somebody else changed the same thing first; nothing was overwritten."""

    default_message = _("Somebody else has changed this meanwhile. Nothing was overwritten.")
