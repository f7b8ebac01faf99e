"""Access tokens: whose, for how long, shown once, revoked for good, and found out when altered."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts import selectors
from accounts.models import AccessToken
from accounts.services import tokens
from accounts.services.people import disable_user
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.witnesses import registered

pytestmark = pytest.mark.django_db


def make(person, name="财务系统", days=90):
    return tokens.create_token(name=name, days=days, by=person)


def whose(text):
    return tokens.person_of(text, clock.today())


def test_a_token_stands_for_its_person(applicant, finance):
    for person in (applicant, finance):
        token, text = make(person)
        assert whose(text) == person
        token.refresh_from_db()
        assert token.last_used_on == clock.today()
        assert token.expires_at == token.created_at + timedelta(days=90)
    assert whose(f"{text}x") is None


def test_only_its_digest_is_kept(applicant):
    token, text = make(applicant)
    events = str(list(Event.objects.values()))
    assert text not in str(AccessToken.objects.values().get()) + events
    assert len(token.digest) == 64


def test_who_may_read_nothing_more_holds_none(officer, expert, supervisor, sysadmin, secretary):
    for person in (officer, expert, supervisor, sysadmin, secretary):
        with pytest.raises(NotPermitted):
            make(person)
    assert not AccessToken.objects.exists()


def test_what_is_refused(applicant):
    for name, days, field in ((" ", 90, "name"), ("x" * 61, 90, "name"), ("x", 91, "days")):
        with pytest.raises(Invalid) as refused:
            make(applicant, name, days)
        assert refused.value.field == field
    for n in range(tokens.MOST):
        make(applicant, f"第{n}个")
    with pytest.raises(WrongState):
        make(applicant)


def test_revoked_is_revoked(applicant, editor):
    token, text = make(applicant)
    with pytest.raises(NotPermitted):
        tokens.revoke_token(token=token, by=editor)
    tokens.revoke_token(token=token, by=applicant)
    assert whose(text) is None
    assert selectors.tokens_of(applicant, clock.now()) == []
    with pytest.raises(WrongState):
        tokens.revoke_token(token=token, by=applicant)


def test_time_and_a_closed_account_end_it(applicant, sysadmin):
    _token, text = make(applicant)
    live = AccessToken.objects.live
    assert live(clock.now() + timedelta(days=89)).exists()
    assert not live(clock.now() + timedelta(days=91)).exists()
    disable_user(user=applicant, reason="离职", by=sysadmin)
    assert whose(text) is None


def test_the_database_keeps_it_as_it_is(applicant, editor):
    token, _text = make(applicant)
    rows = AccessToken.objects.filter(pk=token.pk)
    for change in (
        lambda: rows.update(user=editor),
        lambda: rows.update(expires_at=clock.now() + timedelta(days=9000)),
        lambda: rows.update(digest="0" * 64),
        rows.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    tokens.revoke_token(token=token, by=applicant)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(revoked_at=None)


def test_an_altered_row_is_named(applicant):
    token, _text = make(applicant)
    check = registered()["accounts.tokens"]
    assert list(check()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE accounts_accesstoken SET digest = %s", ["0" * 64])
        cursor.execute("SET session_replication_role = DEFAULT")
    [line] = check()
    assert line.endswith("altered: digest")
    assert str(token.pk) in line


def test_the_page_shows_the_text_once(client_of, applicant):
    client, url = client_of(applicant), reverse("accounts:tokens")
    page = client.post(url, {"name": "财务系统", "days": "30"})
    text = page.context["text"]
    assert whose(text) == applicant
    assert text in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    again = client.get(url).content.decode()
    assert "财务系统" in again
    assert text not in again


def test_the_page_says_what_is_wrong(client_of, applicant):
    page = client_of(applicant).post(reverse("accounts:tokens"), {"name": "", "days": "7"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"name", "days"}


def test_one_revokes_ones_own_only(client_of, applicant, applicant2):
    token, _text = make(applicant)
    url = reverse("accounts:token_revoke", args=[token.pk])
    assert client_of(applicant2).post(url).status_code == 404
    assert client_of(applicant).post(url).status_code == 302
    assert not selectors.tokens_of(applicant, clock.now())


def test_others_are_told_whose_they_are(client_of, officer):
    assert client_of(officer).get(reverse("accounts:tokens")).status_code == 403
