"""A refusal shown in the form whose entries it concerns, so that nothing typed is lost."""

from django import forms

from audit.refusals import NotPermitted, NotVisible, Refused


def add_refusal(form: forms.Form, refused: Refused) -> None:
    """Add the refusal to its field, or to the form. What one may not do or see is raised on."""
    if isinstance(refused, NotPermitted | NotVisible):
        raise refused
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, str(refused.message))
