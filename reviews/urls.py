"""Pages of the review: the expert's own, the office's, and what a firm reads of its own."""

from django.urls import path

from reviews.urls_expert import urlpatterns as expert_urls
from reviews.urls_office import urlpatterns as office_urls
from reviews.views import entry, site_own, statements

app_name = "reviews"

urlpatterns = [
    *expert_urls,
    *office_urls,
    path("site-checks/<int:pk>/own/", site_own.own, name="own_site_check"),
    path("points/<int:pk>/", entry.own, name="own_points"),
    path("points/<int:pk>/statement/", statements.issue, name="issue_statement"),
    path("points/statements/<int:pk>/", statements.document, name="statement"),
]
