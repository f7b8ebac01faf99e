"""The expert's pages."""

from django.urls import path

from reviews.models import Stage
from reviews.views import expert, expert_sheet, expert_signing, offline

urlpatterns = [
    path("my-reviews/", expert.my_reviews, name="my_reviews"),
    path("my-reviews/<int:pk>/", expert_sheet.score, name="score"),
    path("my-reviews/<int:pk>/autosave/", expert_sheet.autosave, name="autosave"),
    path("my-reviews/<int:pk>/recusal/", expert_sheet.step_aside, name="step_aside"),
    path("my-reviews/seats/<int:pk>/accept/", expert.accept_seat, name="accept_seat"),
    path("my-reviews/seats/<int:pk>/decline/", expert.decline_seat, name="decline_seat"),
    path("my-reviews/seats/<int:pk>/declaration/", expert.declare, name="declare"),
    path("my-reviews/seats/<int:pk>/marks/", expert_signing.my_marks, name="my_marks"),
    path("my-reviews/seats/<int:pk>/sign/", expert_signing.sign, name="sign"),
    path(
        "my-reviews/seats/<int:pk>/hearing/",
        expert_signing.my_marks,
        {"stage": Stage.HEARING},
        name="my_hearing",
    ),
    path(
        "my-reviews/seats/<int:pk>/hearing/sign/",
        expert_signing.sign,
        {"stage": Stage.HEARING},
        name="sign_hearing",
    ),
    path("my-reviews/seats/<int:pk>/offline/", offline.my_offline, name="my_offline"),
    path("my-reviews/seats/<int:pk>/sheets.xlsx", offline.my_sheets, name="my_sheets"),
    path("my-reviews/imports/<int:pk>/", offline.my_import, name="my_import"),
]
