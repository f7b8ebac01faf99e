from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read-all/", views.read_all, name="read_all"),
    path("inbox/<int:pk>/", views.open_message, name="open"),
    path("profile/messages/", views.choose, name="choices"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<str:what>/resend/", views.resend_all, name="resend_all"),
    path("outbox/messages/<int:pk>/resend/", views.resend_delivery, name="resend_delivery"),
    path("outbox/jobs/<int:pk>/resend/", views.resend_job, name="resend_job"),
]
