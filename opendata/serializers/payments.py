from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from awards.models import Payment
from opendata.serializers.places import FirmSerializer, MoneyField

STATES = ("entered", "released", "paid")


class PaymentSerializer(serializers.Serializer[Payment]):
    """A payment: entered by one officer, released by another, paid by the treasury's voucher."""

    id = serializers.IntegerField()
    call = serializers.CharField(source="instalment.award.application.call.number")
    dossier = serializers.CharField(source="instalment.award.application.number")
    title = serializers.CharField(source="instalment.award.application.title")
    firm = FirmSerializer(source="instalment.award.application.firm")
    payee = serializers.CharField()
    sequence = serializers.IntegerField(source="instalment.sequence")
    amount = MoneyField(help_text=_("yuan"))
    status = serializers.SerializerMethodField()
    entered_at = serializers.DateTimeField(source="made_at")
    released_at = serializers.DateTimeField(source="checked_at", allow_null=True)
    voucher_no = serializers.CharField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    allocation_notice = serializers.CharField(
        source="instalment.award.allocation.number", default=None, allow_null=True
    )
    ended = serializers.SerializerMethodField(
        help_text=_("the project was terminated; what is not paid is not paid any more")
    )

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_status(self, payment: Payment) -> Any:
        return payment.instalment.status

    def get_ended(self, payment: Payment) -> bool:
        return payment.instalment.award.revoked_at is not None
