from django.urls import path

from awards.views import agreements, claims, payments

app_name = "awards"

urlpatterns = [
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
