from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from applications.models import Application
from applications.rules import shown_status
from applications.workflow import Status
from awards.models import Award, Instalment
from awards.wording import INSTALMENT_STATES
from opendata.serializers.places import FirmSerializer, MoneyField, NamedSerializer, PlaceSerializer

STATUSES = tuple(s.value for s in Status)
INSTALMENTS = tuple(INSTALMENT_STATES)


class SubmissionSerializer(serializers.Serializer[Any]):
    """One submitted version."""

    version = serializers.IntegerField()
    receipt = serializers.CharField()
    digest = serializers.CharField(help_text=_("SM3 over the content"))
    submitted_at = serializers.DateTimeField()


class InstalmentSerializer(serializers.Serializer[Instalment]):
    sequence = serializers.IntegerField()
    amount = MoneyField(help_text=_("yuan"))
    status = serializers.ChoiceField(INSTALMENTS)


class OwnAwardSerializer(serializers.Serializer[Award]):
    amount = MoneyField(help_text=_("yuan"))
    paid = MoneyField(help_text=_("yuan"))
    ended = serializers.SerializerMethodField(help_text=_("terminated early"))
    instalments = InstalmentSerializer(many=True)

    def get_ended(self, award: Award) -> bool:
        return award.revoked_at is not None


class DossierSerializer(serializers.Serializer[Application]):
    """A dossier of a firm one acts for, as the firm may know it."""

    id = serializers.IntegerField()
    number = serializers.CharField(allow_null=True, help_text=_("none until it is submitted"))
    call = serializers.CharField(source="call.number")
    title = serializers.CharField()
    firm = FirmSerializer()
    region = PlaceSerializer()
    industry = NamedSerializer(allow_null=True)
    requested = MoneyField(allow_null=True, help_text=_("yuan"))
    status = serializers.SerializerMethodField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    submissions = SubmissionSerializer(many=True)
    award = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(STATUSES))
    def get_status(self, application: Application) -> str:
        return shown_status(application, application.call, to_firm=True).value

    @extend_schema_field(OwnAwardSerializer(allow_null=True))
    def get_award(self, application: Application) -> Any:
        award = getattr(application, "award", None)
        return None if award is None else OwnAwardSerializer(award).data
