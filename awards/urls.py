from django.urls import path

from awards.views import agreements, claims, envelopes, funding, objections, payments

app_name = "awards"

urlpatterns = [
    path("envelope/", envelopes.envelope_page, name="envelope"),
    path("envelope/<int:pk>/confirm/", envelopes.confirm_ceiling, name="confirm_ceiling"),
    path("funding/", funding.funding_lists, name="funding_list"),
    path("funding/notices/", objections.notice_list, name="notices"),
    path("funding/<str:number>/", funding.funding_list, name="funding"),
    path("funding/<str:number>/draw/", funding.draw, name="draw_list"),
    path("funding/<str:number>/deviation/", funding.deviate, name="deviate"),
    path("funding/deviation/<int:pk>/", funding.settle, name="settle"),
    path("funding/<str:number>/submit/", funding.submit, name="submit_list"),
    path("funding/<str:number>/decide/", funding.decide, name="decide"),
    path("funding/<str:number>/publish/", funding.publish, name="publish"),
    path("funding/<str:number>/award/", funding.award, name="award"),
    path("funding/<str:number>/allocation/", funding.allocate, name="allocate"),
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
