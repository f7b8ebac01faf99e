from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from applications.models import Call, CallStatus
from opendata.serializers.places import MoneyField, NamedSerializer, PageField
from portal.selectors import calls

PHASES = ("open", "soon", "over")
STATUSES = tuple(s.value for s in CallStatus if s not in calls.HIDDEN)


class CallSerializer(serializers.Serializer[Call]):
    """A published call."""

    number = serializers.CharField(help_text=_("year and sequence, as 2026-1"))
    year = serializers.IntegerField()
    title_zh = serializers.CharField(source="name_zh")
    title_en = serializers.CharField(source="name_en")
    scheme = NamedSerializer()
    phase = serializers.SerializerMethodField(help_text=_("whether applications are taken now"))
    status = serializers.ChoiceField(
        STATUSES,
        help_text=_("how far the review has come"),
    )
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    envelope = MoneyField(help_text=_("funds of this call, yuan"))
    max_request = MoneyField(help_text=_("most for one project, yuan"))
    page = PageField("portal:public_call")

    @extend_schema_field(serializers.ChoiceField(PHASES))
    def get_phase(self, call: Call) -> str:
        return calls.phase(call, self.context["request"].clock.now)


class DocumentSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField(default="", allow_blank=True)
    required = serializers.BooleanField(default=True)  # type: ignore[assignment]  # a name of ours


class ScreeningItemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text_zh = serializers.CharField()
    text_en = serializers.CharField(default="", allow_blank=True)
    veto = serializers.BooleanField(default=True)


class EditionSerializer(serializers.Serializer[Any]):
    """What was published last, with its SM3 digest."""

    version = serializers.IntegerField()
    digest = serializers.CharField()
    published_at = serializers.DateTimeField()


class CallDetailSerializer(CallSerializer):
    """A published call with its guide."""

    guide_zh = serializers.CharField(allow_blank=True)
    guide_en = serializers.CharField(allow_blank=True)
    contact = serializers.CharField(allow_blank=True)
    complaint_line = serializers.CharField(allow_blank=True)
    required_documents = DocumentSerializer(many=True)
    screening_items = ScreeningItemSerializer(many=True)
    edition = serializers.SerializerMethodField(help_text=_("what was published last"))
    notices = serializers.SerializerMethodField(help_text=_("numbers of its notices"))

    def get_notices(self, call: Call) -> list[str]:
        return [notice.number for notice in call.notices.all()]

    @extend_schema_field(EditionSerializer(allow_null=True))
    def get_edition(self, call: Call) -> Any:
        edition = calls.edition_in_force(call)
        return None if edition is None else EditionSerializer(edition).data
