from django.urls import path

from accounts.views import calendar, firms, people, profile, roles, tokens

app_name = "accounts"

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/tokens/", tokens.tokens, name="tokens"),
    path("profile/tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("firm/", firms.mine, name="firm"),
    path("firm/new/", firms.register, name="firm_new"),
    path("firm/<int:pk>/", firms.detail, name="firm_detail"),
    path("firm/<int:pk>/edit/", firms.edit, name="firm_edit"),
    path("firm/<int:pk>/members/", firms.add_member, name="member_add"),
    path("firm/members/<int:pk>/level/", firms.change_level, name="member_level"),
    path("firm/members/<int:pk>/end/", firms.end_membership, name="member_end"),
    path("people/", people.directory, name="people"),
    path("people/new/", people.create, name="person_new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="person_edit"),
    path("people/<int:pk>/switch/", people.switch, name="person_switch"),
    path("people/<int:pk>/link/", people.send_link, name="person_link"),
    path("people/<int:pk>/roles/", roles.propose, name="grant_propose"),
    path("people/roles/<int:pk>/confirm/", roles.confirm, name="grant_confirm"),
    path("people/roles/<int:pk>/revoke/", roles.revoke, name="grant_revoke"),
    path("people/calendar/", calendar.years, name="calendar"),
    path("people/calendar/new/", calendar.enter, name="calendar_new"),
    path("people/calendar/<int:pk>/", calendar.year, name="calendar_year"),
    path("people/calendar/<int:pk>/confirm/", calendar.confirm, name="calendar_confirm"),
    path("people/calendar/<int:pk>/withdraw/", calendar.withdraw, name="calendar_withdraw"),
]
