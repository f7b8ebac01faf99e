"""What a list may be asked for. Whatever else is asked is refused: a filter with a slip in its
name would else give everything."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from opendata.serializers.calls import PHASES
from opendata.serializers.payments import STATES

NUMBER = r"^[0-9]{4}-[0-9]{1,6}$"
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


class CallsQuery(Query):
    year = serializers.IntegerField(
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text=_("year of the call"),
    )
    phase = serializers.ChoiceField(PHASES, required=False)


class OfCallQuery(Query):
    call = serializers.RegexField(
        NUMBER, required=False, help_text=_("number of a call, as 2026-1")
    )


class AwardsQuery(OfCallQuery):
    year = serializers.IntegerField(
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text=_("year of the call"),
    )


class PaymentsQuery(OfCallQuery):
    status = serializers.ChoiceField(STATES, required=False)
