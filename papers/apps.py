from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Documents as PDF: how they look, what proves them, who seals them. It has no tables."""

    name = "papers"

    def ready(self) -> None:
        from papers import checks  # noqa: F401  (registers itself)
