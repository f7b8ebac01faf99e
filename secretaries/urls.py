"""Addresses of the service secretaries' pages."""

from django.urls import path

from secretaries.views import (
    appraisals,
    backups,
    batches,
    board,
    handover,
    inquiries,
    milestones,
    profiles,
    projects,
    requests,
    settings,
)

app_name = "secretaries"

urlpatterns = [
    path("secretaries/", board.overview, name="board"),
    path("secretaries/appoint/<int:pk>/", board.appoint, name="appoint"),
    path("secretaries/hand-over/<int:pk>/", board.hand_over, name="hand_over"),
    path("secretaries/backup/<int:pk>/", backups.backup, name="backup"),
    path("secretaries/together/", batches.together, name="together"),
    path("secretaries/new/", profiles.create, name="profile_new"),
    path("secretaries/<int:pk>/", profiles.profile, name="profile"),
    path("secretaries/<int:pk>/leave/", profiles.leave, name="leave"),
    path("secretaries/leave/<int:pk>/cancel/", profiles.cancel_leave, name="cancel_leave"),
    path("my-projects/", projects.my_projects, name="my_projects"),
    path("projects/<int:pk>/", projects.project, name="project"),
    path("projects/<int:pk>/accept/", projects.accept, name="accept"),
    path("projects/<int:pk>/visits/", projects.record_visit, name="record_visit"),
    path("projects/<int:pk>/requests/new/", requests.create, name="request_new"),
    path("projects/<int:pk>/milestones/", milestones.milestone_page, name="milestones"),
    path("secretaries/milestones/", milestones.template, name="milestone_template"),
    path("secretaries/numbers/", settings.numbers, name="numbers"),
    path("secretaries/appraisals/", appraisals.quarter, name="quarter"),
    path("secretaries/<int:pk>/appraisals/", appraisals.own, name="appraisals"),
    path("projects/<int:pk>/handover/", handover.handover, name="handover"),
    path("secretaries/rates/", milestones.rates, name="rates"),
    path("visits/photos/<int:pk>/", projects.photo, name="visit_photo"),
    path("visits/<int:pk>/confirm/", projects.confirm_visit, name="confirm_visit"),
    path("requests/", requests.request_list, name="requests"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("inquiries/", inquiries.inquiry_list, name="inquiries"),
    path("inquiries/<int:pk>/", inquiries.inquiry_page, name="inquiry"),
]
