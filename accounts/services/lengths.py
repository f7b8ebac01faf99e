"""What a column can hold, asked before the database has to refuse it."""

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model

from audit.refusals import Invalid


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
