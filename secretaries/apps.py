from django.apps import AppConfig


class SecretariesConfig(AppConfig):
    name = "secretaries"
    default_auto_field = "django.db.models.BigAutoField"
