"""What a list may be asked for. Whatever else is asked is refused: a filter with a slip in its
name would else give everything."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from opendata.serializers.calls import PHASES
from opendata.serializers.payments import STATES

NUMBER = r"\A[0-9]{4}-[0-9]{1,6}\Z"  # `$` would let a line break follow
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Query(serializers.Serializer[Any]):
    """Filters of a list, all optional."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = set(self.initial_data) - set(self.fields) - {"cursor"}
        if unknown:
            raise serializers.ValidationError(
                {name: [_("There is no such filter.")] for name in sorted(unknown)}
            )
        return attrs


class NoQuery(Query):
    pass


def read(kind: type[Query], asked: QueryDict) -> dict[str, Any]:
    """What is asked for; ValidationError where it cannot be, and for a filter named twice."""
    twice = {name: [_("Ask for one value only.")] for name, v in asked.lists() if len(v) > 1}
    if twice:
        raise serializers.ValidationError(twice)
    query = kind(data=asked.dict())  # of a form, as a QueryDict is, a filter left empty is none
    query.is_valid(raise_exception=True)
    found: dict[str, Any] = query.validated_data
    return found


class YearField(serializers.IntegerField):
    """A year in four plain digits: what `int` reads besides is no number to other programs."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            min_value=FIRST_YEAR,
            max_value=LAST_YEAR,
            help_text=_("year of the call"),
        )

    def to_internal_value(self, data: Any) -> int:
        if not (str(data).isascii() and str(data).isdigit()):
            self.fail("invalid")
        return super().to_internal_value(data)


class CallsQuery(Query):
    year = YearField()
    phase = serializers.ChoiceField(PHASES, required=False)


class OfCallQuery(Query):
    call = serializers.RegexField(
        NUMBER,
        required=False,
        trim_whitespace=False,
        help_text=_("number of a call, as 2026-1"),
    )


class AwardsQuery(OfCallQuery):
    year = YearField()


class PaymentsQuery(OfCallQuery):
    status = serializers.ChoiceField(STATES, required=False)
