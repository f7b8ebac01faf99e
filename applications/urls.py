"""Addresses of calls and dossiers; recommendation and screening have their own list."""

from django.urls import URLPattern, URLResolver, include, path

from applications.views import calls, commitment, competition, credit, dossier, files, sections

app_name = "applications"

urlpatterns: list[URLPattern | URLResolver] = [
    path("dossiers/", dossier.dossier_list, name="dossier_list"),
    path("dossiers/<int:pk>/", dossier.dossier, name="dossier"),
    path("dossiers/<int:pk>/sections/<slug:code>/", sections.section, name="section"),
    path("dossiers/<int:pk>/sections/<slug:code>/autosave/", sections.autosave, name="autosave"),
    path("dossiers/<int:pk>/sections/<slug:code>/merge/", sections.merge, name="merge"),
    path("dossiers/<int:pk>/files/", files.upload, name="upload"),
    path("dossiers/<int:pk>/check/", commitment.check, name="check"),
    path("dossiers/<int:pk>/submit/", commitment.submit, name="submit"),
    path("dossiers/<int:pk>/withdraw/", commitment.withdraw, name="withdraw"),
    path("dossiers/<int:pk>/versions/", dossier.versions, name="versions"),
    path("dossiers/<int:pk>/edits/", dossier.edits, name="edits"),
    path("dossiers/<int:pk>/receipt/<int:version>/", dossier.receipt, name="receipt"),
    path("credit/", credit.credit_list, name="credit_list"),
    path("credit/<int:pk>/", credit.credit_record, name="credit_record"),
    path(
        "dossiers/<int:pk>/receipt/<int:version>/receipt.pdf",
        dossier.receipt_document,
        name="receipt_document",
    ),
    path("attachments/<int:pk>/", files.download, name="attachment"),
    path("attachments/<int:pk>/remove/", files.remove, name="remove_attachment"),
    path("calls/", calls.call_list, name="call_list"),
    path("calls/new/", calls.create, name="call_create"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/edit/<slug:part>/", calls.edit, name="call_edit"),
    path("calls/<int:pk>/propose/", calls.propose, name="call_propose"),
    path("calls/<int:pk>/publish/", calls.publish, name="call_publish"),
    path("calls/<int:pk>/send-back/", calls.send_back, name="call_send_back"),
    path("calls/<int:pk>/discard/", calls.discard, name="call_discard"),
    path("calls/<int:pk>/take-back/", calls.take_back, name="call_take_back"),
    path("calls/<int:pk>/editions/<int:version>/", calls.edition, name="edition"),
    path("calls/<int:pk>/sheet.json", calls.sheet_file, name="call_sheet"),
    path("calls/<int:pk>/hearing.json", calls.hearing_sheet_file, name="call_hearing_sheet"),
    path("calls/<str:number>/apply/", dossier.start, name="start"),
    path(
        "schemes/<slug:code>/competition-reviews/", competition.reviews, name="competition_reviews"
    ),
    path("", include("applications.urls_officers")),
]
