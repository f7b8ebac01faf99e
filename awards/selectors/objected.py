"""Objections to a dossier that were answered, as its page tells them: never who objected."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from awards.models import Objection, ObjectionReview

GROUNDS = dict(Objection._meta.get_field("ground").flatchoices)
STATES = dict(Objection._meta.get_field("status").flatchoices)
REVIEWS = dict(ObjectionReview._meta.get_field("status").flatchoices)
TOLD = {
    "pk": "pk",
    "number": "number",
    "ground": "ground",
    "status": "status",
    "answer": "answer",
    "review_until": "review_until",
    "review_provisional": "review_provisional",
    "review": "review__status",
    "decision": "review__decision",
    "due_at": "review__due_at",
    "due_provisional": "review__provisional",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """An objection with its answer; `review` None where none was asked for."""

    pk: int
    number: str
    ground: str
    status: str
    answer: str
    review_until: datetime
    review_provisional: bool
    review: str | None
    decision: str | None
    due_at: datetime | None
    due_provisional: bool | None

    @property
    def ground_words(self) -> str:
        return str(GROUNDS[self.ground])

    @property
    def status_words(self) -> str:
        return str(STATES[self.status])

    @property
    def review_words(self) -> str:
        return str(REVIEWS[self.review]) if self.review else ""

    def may_be_reviewed(self, now: datetime) -> bool:
        """Whether the firm may still ask for the review: upheld, in time, not asked for yet."""
        in_time = self.review_provisional or now <= self.review_until
        return self.status == "upheld" and self.review is None and in_time


def told_with(dossier: str) -> ArraySubquery:
    """An annotation of whatever has the dossier's id under this name; `answered` reads it."""
    rows = Objection.objects.filter(
        application=OuterRef(dossier), status__in=("upheld", "rejected")
    ).order_by("pk")
    return ArraySubquery(rows.values(told=JSONObject(**{k: F(v) for k, v in TOLD.items()})))


def answered(told: list[dict[str, Any]]) -> list[Answered]:
    """What the annotation holds, the oldest first."""
    return [_answered(row) for row in told]


def _answered(row: dict[str, Any]) -> Answered:
    until, due_at = row["review_until"], row["due_at"]
    moments = {
        "review_until": datetime.fromisoformat(until),
        "due_at": datetime.fromisoformat(due_at) if due_at else None,
    }
    return Answered(**row | moments)
