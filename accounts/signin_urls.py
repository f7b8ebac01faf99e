"""allauth's addresses, only those that are used here: the others would be doors without a key.

Their names (`account_login` …) belong to allauth, hence no namespace.
"""

from allauth.account import views
from django.urls import path, re_path

from accounts.services import limits as limit
from accounts.views.limits import address, limited, person, typed_email

signup = limited(views.signup, (limit.SIGN_UP, address))
password_change = limited(views.password_change, (limit.CHANGED_PASSWORD, person))
password_set = limited(views.password_set, (limit.CHANGED_PASSWORD, person))
password_reset = limited(
    views.password_reset, (limit.RESET, address), (limit.RESET_OF_ONE, typed_email)
)
password_reset_from_key = limited(views.password_reset_from_key, (limit.NEW_PASSWORD, address))
urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", signup, name="account_signup"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"
    ),
    path("password/change/", password_change, name="account_change_password"),
    path("password/set/", password_set, name="account_set_password"),
    path("password/reset/", password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
