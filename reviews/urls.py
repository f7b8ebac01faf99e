"""Pages of the review: the expert's own, and the office's."""

from reviews.urls_expert import urlpatterns as expert_urls
from reviews.urls_office import urlpatterns as office_urls

app_name = "reviews"

urlpatterns = [*expert_urls, *office_urls]
