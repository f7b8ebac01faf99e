"""What a column can hold, and the shape of contacts, asked before anything is written."""

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model

from accounts import contacts
from audit.refusals import Invalid


def telephone(text: str, field: str) -> str:
    """The number as it is kept, "" when none was given. Raises Invalid at `field`."""
    number = contacts.normalise_telephone(text)
    wrong = contacts.telephone_fault(number) if number else None
    if wrong is not None:
        raise Invalid(wrong, field=field)
    return number


def check_fits(row: Model, *names: str) -> None:
    """Refuse the first of these text fields that is longer than its column or ill-formed."""
    for name in names:
        field = row._meta.get_field(name)
        value = getattr(row, name)
        if isinstance(field, CharField) and value:
            try:
                field.run_validators(value)
            except ValidationError as error:
                raise Invalid(error.messages[0], field=name) from error
