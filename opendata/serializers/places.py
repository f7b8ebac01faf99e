"""Parts that several answers have."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class MoneyField(serializers.DecimalField):
    """A sum in yuan as a string with two decimals: exact, whatever reads it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=16, decimal_places=2, **kwargs)


class PageField(serializers.HyperlinkedIdentityField):
    """The address of the page that people read."""

    def __init__(self, view_name: str, number: str = "number") -> None:
        super().__init__(
            view_name=view_name,
            lookup_field=number,
            lookup_url_kwarg="number",
            help_text=_("the page that people read"),
        )

    def get_url(self, obj: Any, view_name: str, request: Any, format: Any) -> str:  # noqa: A002
        value = obj
        for name in str(self.lookup_field).split("."):
            value = getattr(value, name)
        return str(request.build_absolute_uri(reverse(view_name, args=[value])))


class PlaceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("division code of GB/T 2260"))
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class NamedSerializer(serializers.Serializer[Any]):
    """A scheme or an industry."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class FirmSerializer(serializers.Serializer[Any]):
    uscc = serializers.CharField(help_text=_("unified social credit code"))
    name = serializers.CharField()
