"""A refusal shown in the form whose entries it concerns, so that nothing typed is lost."""

from django import forms

from audit.refusals import NotPermitted, NotVisible, Refused, WrongState


def add_refusal(form: forms.Form, refused: Refused, *, drawn_again: bool = True) -> None:
    """Add the refusal to its field, or to the form. What one may not do or see is raised on.

    So is a turn that has passed, where the page then draws no form that could say it:
    `drawn_again=False`.
    """
    if isinstance(refused, NotPermitted | NotVisible):
        raise refused
    if isinstance(refused, WrongState) and not drawn_again:
        raise refused
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, str(refused.message))
