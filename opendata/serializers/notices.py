from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from awards.models import PublicNotice
from opendata.serializers.places import MoneyField, PageField
from portal.selectors import notices

STATES = ("standing", "held", "out")


class NoticeSerializer(serializers.Serializer[PublicNotice]):
    """A public notice; its period counts working days, the first included."""

    number = serializers.CharField()
    call = serializers.CharField(source="call.number")
    title = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    working_days = serializers.IntegerField()
    provisional = serializers.BooleanField(
        help_text=_("whether it reaches a year whose holidays are not published")
    )
    supplementary = serializers.BooleanField(
        help_text=_("whether it is of projects that moved up from the reserve list")
    )
    published_at = serializers.DateTimeField()
    digest = serializers.CharField(help_text=_("SM3 over the content"))
    projects = serializers.IntegerField()
    total = MoneyField(help_text=_("sum proposed, yuan"))
    page = PageField("portal:public_notice")


class NoticeItemSerializer(serializers.Serializer[notices.NoticeRow]):
    rank = serializers.IntegerField(allow_null=True)
    number = serializers.CharField()
    title = serializers.CharField()
    firm = serializers.CharField()
    region = serializers.CharField(source="region_code", help_text=_("division code of GB/T 2260"))
    total = serializers.DecimalField(8, 2, allow_null=True, help_text=_("points in all"))
    quality = serializers.DecimalField(8, 2, allow_null=True)
    employment = serializers.DecimalField(8, 2, allow_null=True)
    jobs = serializers.DecimalField(12, 2, allow_null=True)
    amount = MoneyField(help_text=_("sum proposed, yuan"))
    promoted = serializers.BooleanField(help_text=_("moved up from the reserve list"))
    state = serializers.SerializerMethodField(
        help_text=_("held: an objection is examined; out: disqualified")
    )

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, row: notices.NoticeRow) -> str:
        return row.state or "standing"


class NoticeDetailSerializer(NoticeSerializer):
    """A public notice with its projects in the order of their rank."""

    reviewed = serializers.SerializerMethodField(help_text=_("projects that were ranked"))
    reserve = serializers.SerializerMethodField(help_text=_("projects on the reserve list"))
    items = serializers.SerializerMethodField()

    def get_reviewed(self, notice: PublicNotice) -> int:
        return notices.reviewed_count(notice)

    def get_reserve(self, notice: PublicNotice) -> int:
        return notices.reserve_count(notice)

    @extend_schema_field(NoticeItemSerializer(many=True))
    def get_items(self, notice: PublicNotice) -> Any:
        rows: Any = notices.notice_rows(notice)
        return NoticeItemSerializer(rows, many=True).data
