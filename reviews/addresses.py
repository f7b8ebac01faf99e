"""Addresses that depend on the stage of a review."""

from django.urls import reverse

from reviews.models import Stage


def marks_url(seat: int, stage: str) -> str:
    """The page of all own marks of a seat in this stage."""
    name = "reviews:my_hearing" if stage == Stage.HEARING else "reviews:my_marks"
    return reverse(name, args=[seat])
