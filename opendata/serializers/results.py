from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from applications.models import Call
from audit import clock
from awards.models import Award
from calendars.wording import day_of
from opendata.serializers.places import (
    FirmSerializer,
    MoneyField,
    NamedSerializer,
    PageField,
    PlaceSerializer,
)
from portal.selectors import results


class ResultSerializer(serializers.Serializer[Call]):
    """What a call's awards come to: those that stand, and apart those terminated since."""

    call = serializers.CharField(source="number")
    year = serializers.IntegerField()
    title_zh = serializers.CharField(source="name_zh")
    title_en = serializers.CharField(source="name_en")
    projects = serializers.IntegerField(help_text=_("that stand; those terminated are apart"))
    awarded = MoneyField(help_text=_("yuan"))
    paid = MoneyField(help_text=_("yuan"))
    cut = MoneyField(help_text=_("awarded, but will not be paid, yuan"))
    ended = serializers.IntegerField(help_text=_("projects terminated since"))
    ended_paid = MoneyField(help_text=_("to projects terminated since, yuan"))
    recovered = MoneyField(help_text=_("principal that came back of it, yuan"))
    page = PageField("portal:public_result")


class LetterSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    issued_on = serializers.DateField()
    total = MoneyField(help_text=_("yuan"))


class ResultDetailSerializer(ResultSerializer):
    """The same with the letters of the finance department."""

    allocation_notices = serializers.SerializerMethodField()

    @extend_schema_field(LetterSerializer(many=True))
    def get_allocation_notices(self, call: Call) -> Any:
        letters: Any = results.allocations(call)
        return LetterSerializer(letters, many=True).data


class AwardSerializer(serializers.Serializer[Award]):
    """One supported project; one that was terminated stays, with what was paid."""

    number = serializers.CharField(source="application.number")
    call = serializers.CharField(source="application.call.number")
    title = serializers.CharField(source="application.title")
    firm = FirmSerializer(source="application.firm")
    region = PlaceSerializer(source="application.region", help_text=_("where it is built"))
    industry = NamedSerializer(source="application.industry", allow_null=True)
    amount = MoneyField(help_text=_("awarded, yuan"))
    paid = MoneyField(help_text=_("yuan"))
    cut = MoneyField(help_text=_("awarded, but will not be paid, yuan"))
    awarded_on = serializers.SerializerMethodField()
    allocation_notice = serializers.CharField(
        source="allocation.number", default=None, allow_null=True
    )
    ended_on = serializers.SerializerMethodField(help_text=_("terminated early, else null"))
    recovered = MoneyField(help_text=_("principal that came back of what was paid, yuan"))
    page = PageField("portal:public_result", "application.call.number")

    @extend_schema_field(serializers.DateField())
    def get_awarded_on(self, award: Award) -> str:
        return award.decided_at.astimezone(clock.SHANGHAI).date().isoformat()

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_ended_on(self, award: Award) -> str | None:
        return day_of(award.revoked_at).isoformat() if award.revoked_at else None
