"""Every address. The apps' own paths tell them apart; none has a prefix of its own."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from config import health, session

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("stay/", session.stay, name="stay"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("accounts.signin_urls")),
    *(
        path("", include(f"{app}.urls"))
        for app in reversed(settings.APPS)
        if find_spec(f"{app}.urls") is not None
    ),
]
