"""Addresses of the service secretaries' pages."""

from django.urls import path

from secretaries.views import board, inquiries, profiles, projects, requests

app_name = "secretaries"

urlpatterns = [
    path("secretaries/", board.overview, name="board"),
    path("secretaries/appoint/<int:pk>/", board.appoint, name="appoint"),
    path("secretaries/hand-over/<int:pk>/", board.hand_over, name="hand_over"),
    path("secretaries/new/", profiles.create, name="profile_new"),
    path("secretaries/<int:pk>/", profiles.profile, name="profile"),
    path("secretaries/<int:pk>/leave/", profiles.leave, name="leave"),
    path("secretaries/leave/<int:pk>/cancel/", profiles.cancel_leave, name="cancel_leave"),
    path("my-projects/", projects.my_projects, name="my_projects"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/accept/", projects.accept, name="accept"),
    path("projects/<int:pk>/visits/", projects.record_visit, name="record_visit"),
    path("projects/<int:pk>/requests/new/", requests.create, name="request_new"),
    path("visits/<int:pk>/confirm/", projects.confirm_visit, name="confirm_visit"),
    path("requests/", requests.request_list, name="requests"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("inquiries/", inquiries.inquiry_list, name="inquiries"),
    path("inquiries/<int:pk>/", inquiries.inquiry_page, name="inquiry"),
]
