from django.urls import path

from awards.views import (
    agreements,
    awarding,
    claims,
    endings,
    envelopes,
    funding,
    list_acts,
    objections,
    payments,
)

app_name = "awards"

urlpatterns = [
    path("envelope/", envelopes.envelope_page, name="envelope"),
    path("envelope/<int:pk>/confirm/", envelopes.confirm_ceiling, name="confirm_ceiling"),
    path("envelope/<int:pk>/refuse/", envelopes.refuse_ceiling, name="refuse_ceiling"),
    path("funding/", funding.funding_lists, name="funding_list"),
    path("funding/notices/", objections.notice_list, name="notices"),
    path("funding/<str:number>/", funding.funding_list, name="funding"),
    path("funding/<str:number>/draw/", list_acts.draw, name="draw_list"),
    path("funding/<str:number>/deviation/", list_acts.deviate, name="deviate"),
    path("funding/deviation/<int:pk>/", list_acts.settle, name="settle"),
    path("funding/<str:number>/submit/", list_acts.submit, name="submit_list"),
    path("funding/<str:number>/decide/", list_acts.decide, name="decide"),
    path("funding/<str:number>/publish/", awarding.publish, name="publish"),
    path("funding/<str:number>/award/", awarding.award, name="award"),
    path("funding/<str:number>/allocation/", awarding.allocate, name="allocate"),
    path("funding/<str:number>/reserve/", awarding.close_reserve, name="close_reserve"),
    path("funding/<str:number>/close/", awarding.close_call, name="close_call"),
    path("funding/items/<int:pk>/answer/", endings.answer_part, name="answer_part"),
    path("awards/dossiers/<int:pk>/take-off/", endings.take_off, name="take_off"),
    path("awards/<int:pk>/terminate/", endings.terminate, name="terminate"),
    path("awards/<int:pk>/accept/", endings.accept, name="accept"),
    path("objections/", objections.objection_list, name="objections"),
    path("objections/<int:pk>/", objections.objection, name="objection"),
    path("objections/new/<str:number>/", objections.file_objection, name="file_objection"),
    path(
        "objections/new/<str:number>/received/", objections.objection_filed, name="objection_filed"
    ),
    path("agreements/", agreements.agreement_list, name="agreements"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/sign/", agreements.sign, name="sign"),
    path("awards/<int:pk>/agreement/", agreements.draw_up, name="draw_up"),
    path("payments/", payments.payment_list, name="payments"),
    path("payments/<int:pk>/", payments.instalment, name="instalment"),
    path("payments/<int:pk>/enter/", payments.enter, name="enter"),
    path("payments/<int:pk>/release/", payments.release, name="release"),
    path("payments/<int:pk>/paid/", payments.record_paid, name="record_paid"),
    path("payments/<int:pk>/claim/", claims.make, name="claim_new"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/files/<int:pk>/", claims.claim_file, name="claim_file"),
]
