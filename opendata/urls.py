from django.urls import path

from opendata.views import about, files, own, published

app_name = "opendata"

urlpatterns = [
    path("data/", about.about, name="about"),
    path("data/awards.<slug:kind>", files.awards, name="awards"),
    path("data/<slug:number>/awards.<slug:kind>", files.awards, name="awards_of_call"),
    path("api/v1/", about.root, name="root"),
    path("api/v1/openapi.json", about.description, name="description"),
    path("api/v1/calls/", published.CallList.as_view(), name="calls"),
    path("api/v1/calls/<slug:number>/", published.CallDetail.as_view(), name="call"),
    path("api/v1/notices/", published.NoticeList.as_view(), name="notices"),
    path("api/v1/notices/<slug:number>/", published.NoticeDetail.as_view(), name="notice"),
    path("api/v1/results/", published.ResultList.as_view(), name="results"),
    path("api/v1/results/<slug:number>/", published.ResultDetail.as_view(), name="result"),
    path("api/v1/awards/", published.AwardList.as_view(), name="award_list"),
    path("api/v1/dossiers/", own.DossierList.as_view(), name="dossiers"),
    path("api/v1/dossiers/<int:id>/", own.DossierDetail.as_view(), name="dossier"),
    path("api/v1/payments/", own.PaymentList.as_view(), name="payments"),
]
