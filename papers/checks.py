"""System checks for deployment: a Chinese font is there, and no test seal."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core import checks

from papers import fonts, sealing


@checks.register(checks.Tags.compatibility, deploy=True)
def chinese_font_is_there(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a machine on which no document can be set."""
    if fonts.available():
        return []
    return [
        checks.Error(
            "No Chinese font was found, so no document can be set as PDF.",
            hint="Install one (fonts-noto-cjk), or name a folder of fonts in STEELYARD_FONTS.",
            id="papers.E001",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def seal_is_no_test(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a provider of seals that cannot be loaded, or whose seals bind nobody."""
    try:
        named = sealing.provider()
    except (ImportError, TypeError) as error:
        return [
            checks.Error(
                f"STEELYARD_SEAL {settings.STEELYARD_SEAL!r} cannot be loaded: {error}",
                hint="Give the dotted path of a class, or leave it empty for scans only.",
                id="papers.E003",
            )
        ]
    if named is None or not named.is_test:
        return []
    return [
        checks.Error(
            "STEELYARD_SEAL names a provider of test seals, which bind nobody.",
            hint="Name a real provider, or leave it empty: both sides then upload stamped scans.",
            id="papers.E002",
        )
    ]
