"""Addresses of the regional officers' and the programme officers' pages on dossiers."""

from django.urls import path

from applications.views import ordering, recommendation, screening, screening_list

urlpatterns = [
    path("recommendations/", recommendation.dossiers, name="recommendations"),
    path("recommendations/<int:pk>/", recommendation.check, name="recommendation_check"),
    path(
        "recommendations/<int:pk>/return/",
        recommendation.return_to_firm,
        name="recommendation_return",
    ),
    path("recommendations/<int:pk>/refuse/", recommendation.refuse, name="recommendation_refuse"),
    path(
        "recommendations/calls/<str:number>/<str:code>/",
        ordering.order,
        name="recommendation_order",
    ),
    path("screening/", screening_list.dossiers, name="screening"),
    path("screening/<int:pk>/", screening.dossier, name="screening_dossier"),
    path("screening/<int:pk>/checks/", screening.run_checks, name="screening_checks"),
    path(
        "screening/<int:pk>/findings/<int:finding>/",
        screening.answer_finding,
        name="screening_finding",
    ),
    path("screening/<int:pk>/verdict/<str:verdict>/", screening.declare, name="screening_declare"),
    path("screening/<int:pk>/return/", screening.return_to_firm, name="screening_return"),
]
