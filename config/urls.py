"""Every address. The apps' own paths tell them apart; none has a prefix of its own."""

from django.urls import include, path

from config import health, session

PAGES = (
    "opendata",
    "portal",
    "awards",
    "secretaries",
    "reviews",
    "applications",
    "notifications",
    "accounts",
)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("stay/", session.stay, name="stay"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("accounts.signin_urls")),
    *(path("", include(f"{app}.urls")) for app in PAGES),
]

handler400 = "opendata.problems.bad_request"
handler404 = "opendata.problems.not_found"
handler500 = "config.outage.server_error"
