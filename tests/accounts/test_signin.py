"""Signing in: one answer to every failure, five tries and a pause, across threads; all recorded."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import SignInCounter, User
from accounts.services import limits, people, signin
from audit import clock
from audit.models import Event
from notifications import letters
from notifications.models import Job
from tests.accounts.test_roles import at_once
from tests.cast import PASSWORD, register
from tests.letters import send_letters
from tests.matrix.asking import Counter

LOGIN = "/accounts/login/"


LOCKED = "Too many failed tries."


@pytest.fixture
def client():
    return english()


def english():
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def post(client, login, password):
    return client.post(LOGIN, {"login": login, "password": password})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "login", ["applicant", "APPLICANT", "Applicant@example.org", " applicant "]
)
def test_by_name_or_address(applicant, client, login):
    response = post(client, login, PASSWORD)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(applicant.pk)


def errors(response):
    assert response.status_code == 200
    return list(response.context["form"].non_field_errors())


def is_locked(response):
    assert response.status_code == 200
    return LOCKED in response.content.decode()


def test_one_answer_for_wrong_password_and_unknown_people(applicant, client):
    said = {
        tuple(errors(post(client, login, "wrong-password")))
        for login in ("applicant", "applicant@example.org", "nobody", "nobody@example.org")
    }
    assert len(said) == 1
    assert not is_in(client)


def test_the_sixth_try_is_refused_even_when_right(applicant, client):
    for _ in range(signin.PER_ACCOUNT):
        post(client, "applicant", "wrong-password")
    assert is_locked(post(client, "applicant", PASSWORD))
    # by the address too: it is one account however addressed
    assert is_locked(post(client, "applicant@example.org", PASSWORD))
    assert not is_in(client)


def test_unknown_names_pause_alike(client, db):
    for _ in range(signin.PER_ACCOUNT):
        post(client, "nobody", "wrong-password")
    assert is_locked(post(client, "Nobody", "wrong-password"))


def test_others_are_not_locked_out(applicant, applicant2, client):
    for _ in range(signin.PER_ACCOUNT + 1):
        post(client, "applicant", "wrong-password")
    assert post(client, "applicant2", PASSWORD).status_code == 302


def test_a_right_try_forgets_the_wrong_ones(applicant, client):
    for _ in range(3):
        for _ in range(signin.PER_ACCOUNT - 1):
            post(client, "applicant", "wrong-password")
        assert post(client, "applicant", PASSWORD).status_code == 302
        client.post("/accounts/logout/")


def test_the_pause_ends_after_fifteen_minutes(applicant, client):
    for _ in range(signin.PER_ACCOUNT + 3):
        post(client, "applicant", "wrong-password")
    almost = clock.now() - signin.PAUSE + timedelta(minutes=1)
    SignInCounter.objects.update(since=almost)
    assert is_locked(post(client, "applicant", PASSWORD))
    SignInCounter.objects.update(since=almost - timedelta(minutes=2))
    assert post(client, "applicant", PASSWORD).status_code == 302


def test_one_address_guessing_at_many_names_pauses(db, applicant, client):
    SignInCounter.objects.create(
        key="address:127.0.0.1", tries=signin.PER_ADDRESS, since=clock.now()
    )
    assert is_locked(post(client, "applicant", PASSWORD))


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_tries_look_at_five_passwords(applicant):
    looked = []

    def attempt(n):
        if not is_locked(post(english(), "applicant", f"wrong-password-{n}")):
            looked.append(n)

    results = at_once(*(lambda n=n: attempt(n) for n in range(20)))
    assert [r for r in results if r is not None] == []
    assert len(looked) == signin.PER_ACCOUNT
    assert Event.objects.filter(action="account.sign_in_failed").count() == signin.PER_ACCOUNT
    assert Event.objects.filter(action="account.pause").count() == 1


def test_everything_is_recorded(applicant, client):
    post(client, "applicant", "wrong-password")
    post(client, "nobody", "my-secret-typed-as-a-name")
    post(client, "applicant", PASSWORD)
    client.post("/accounts/logout/")
    told = Event.objects.filter(action__startswith="account.sign").order_by("id")
    assert [(e.action, e.actor_id, e.object_id, e.origin) for e in told] == [
        ("account.sign_in_failed", None, str(applicant.pk), "127.0.0.1"),
        ("account.sign_in_failed", None, "", "127.0.0.1"),
        ("account.sign_in", applicant.pk, str(applicant.pk), "127.0.0.1"),
        ("account.sign_out", applicant.pk, str(applicant.pk), "127.0.0.1"),
    ]
    applicant.refresh_from_db()
    assert applicant.last_login == told[2].at


def test_a_disabled_person_is_told_so_only_with_the_right_password(sysadmin, applicant, client):
    unknown = errors(post(client, "nobody", "wrong-password"))
    people.disable_user(user=applicant, reason="离职", by=sysadmin)
    assert errors(post(client, "applicant", "wrong-password")) == unknown
    response = post(client, "applicant", PASSWORD)
    assert response.url == reverse("account_inactive")
    assert not is_in(client)
    assert client.get(response.url).status_code == 200


def test_a_session_ends_when_the_person_is_disabled(sysadmin, applicant, client_of):
    browser = client_of(applicant)
    assert browser.get("/profile/").status_code == 200
    people.disable_user(user=applicant, reason="离职", by=sysadmin)
    assert browser.get("/profile/").status_code == 302


# --- Registering ---------------------------------------------------------------------------------

NEW = {
    "name": "宋 新",
    "username": "songxin",
    "email": "SongXin@example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


def test_registering_signs_in_and_leads_to_the_firm(client, region_of):
    counter = Counter()
    with connection.execute_wrapper(counter):
        response = client.post("/accounts/signup/", NEW)
    assert response.url == reverse("accounts:firm_new")
    assert counter.queries == 20
    person = User.objects.get(username="songxin")
    assert (person.name, person.email, person.language) == (
        "宋 新",
        "songxin@example.org",
        "en",
    )
    assert is_in(client)
    actions = Event.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["account.register", "account.sign_in"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"username": "Applicant"}, "username"),
        ({"username": "a@b.org"}, "username"),
        ({"email": "APPLICANT@example.org"}, "email"),
        ({"email": "x"}, "email"),
        ({"password1": "short"}, "password1"),
        ({"password2": "another-password"}, "password2"),
        ({"name": "名" * 61}, "name"),
    ],
)
def test_what_cannot_be_registered_keeps_what_was_typed(applicant, client, changed, field):
    response = client.post("/accounts/signup/", NEW | changed)
    assert response.status_code == 200
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert form["email"].value() == (NEW | changed)["email"]
    assert User.objects.filter(username="songxin").count() == 0


# --- How often one may ask -----------------------------------------------------------------------


def test_a_flood_of_sign_ups_is_answered_once_more_a_minute_later(client, region_of):
    wrong = NEW | {"email": "x"}
    seen = [client.post("/accounts/signup/", wrong).status_code for _ in range(22)]
    assert seen == [200] * limits.SIGN_UP.times + [429, 429]
    assert client.get("/accounts/signup/").status_code == 200
    begun = clock.now() - limits.SIGN_UP.within
    SignInCounter.objects.update(since=begun + timedelta(seconds=30))
    assert client.post("/accounts/signup/", NEW).status_code == 429
    SignInCounter.objects.update(since=begun)
    assert client.post("/accounts/signup/", NEW).url == reverse("accounts:firm_new")
    assert SignInCounter.objects.get().tries == 1


def test_the_sixth_letter_to_one_address_is_not_written(applicant, client):
    url, form = "/accounts/password/reset/", {"email": "applicant@example.org"}
    seen = [client.post(url, form).status_code for _ in range(5)]
    seen += [client.post(url, {"email": " Applicant@example.org"}).status_code]
    seen += [client.post(url, {"email": "applicant2@example.org"}).status_code]
    assert seen == [302] * limits.RESET_OF_ONE.times + [429, 302]
    assert Job.objects.filter(task=letters.TASK).count() == 6
    assert "applicant" not in "".join(SignInCounter.objects.values_list("key", flat=True))


def test_a_present_password_is_tried_five_times_a_minute(applicant, applicant2, client_of):
    form = {"oldpassword": "wrong-password", "password1": "x", "password2": "x"}
    browser = client_of(applicant)
    seen = [browser.post("/accounts/password/change/", form).status_code for _ in range(6)]
    assert seen == [200] * limits.CHANGED_PASSWORD.times + [429]
    assert client_of(applicant2).post("/accounts/password/change/", form).status_code == 200


def test_a_line_of_ipv6_is_one_address(client, db):
    wrong = NEW | {"email": "x"}
    seen = [
        client.post("/accounts/signup/", wrong, REMOTE_ADDR=f"2001:db8::{n:x}").status_code
        for n in range(1, 22)
    ]
    assert seen == [200] * limits.SIGN_UP.times + [429]
    other = client.post("/accounts/signup/", wrong, REMOTE_ADDR="2001:db8:0:1::1")
    assert other.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_are_counted_one_by_one():
    results = at_once(*(lambda: limits.within(limits.RESET_OF_ONE, of="x") for _ in range(15)))
    assert sorted(results) == [False] * 10 + [True] * limits.RESET_OF_ONE.times


# --- Passwords -----------------------------------------------------------------------------------


def test_changing_the_password_ends_other_sessions(applicant, client_of):
    here, elsewhere = client_of(applicant), client_of(applicant)
    new = "another-password-9"
    response = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert response.status_code == 302
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    assert (
        Event.objects.filter(action="account.password_change", actor_id=applicant.pk).count() == 1
    )


def test_a_forgotten_password_is_set_by_a_link_that_works_once(applicant, client, settings):
    for _ in range(signin.PER_ACCOUNT + 1):
        post(client, "applicant", "wrong-password")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post("/accounts/password/reset/", {"email": "applicant@example.org"})
    assert send_letters() == 1
    link = re.search(r"https?://\S+", mail.outbox[0].body).group()
    page = client.get(link, follow=True)
    new = "another-password-9"
    form = {"password1": new, "password2": new}
    response = client.post(page.request["PATH_INFO"], form)
    assert response.url == reverse("account_reset_password_from_key_done")
    assert Event.objects.filter(action="account.password_reset").count() == 1
    # and the pause is over: the person has shown who it is
    assert post(client, "applicant", new).status_code == 302
    assert Client().get(link, follow=True).context["token_fail"] is True


def test_no_mail_goes_to_strangers_and_the_answer_is_the_same(applicant, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answers = [
        client.post("/accounts/password/reset/", {"email": address})
        for address in ("stranger@example.org", "applicant@example.org")
    ]
    assert {(a.status_code, a.url) for a in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert send_letters() == 2  # as much work for either; one of them goes nowhere
    assert [m.to for m in mail.outbox] == [["applicant@example.org"]]


def test_a_letter_sent_again_is_the_same_mail(applicant, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post("/accounts/password/reset/", {"email": applicant.email})
    job = Job.objects.get(task=letters.TASK)
    for _attempt in range(2):  # the first worker died before its note
        letters.deliver(**job.payload)
    identity = f"<{job.key.replace(':', '.')}@127.0.0.1>"
    assert [m.message()["Message-ID"] for m in mail.outbox] == [identity] * 2


def test_a_reset_waits_for_no_mail_server_and_keeps_its_link_from_the_database(
    applicant, client, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    answer = client.post("/accounts/password/reset/", {"email": "applicant@example.org"})
    assert answer.url == reverse("account_reset_password_done")
    job = Job.objects.get(task=letters.TASK)
    assert "applicant" not in json.dumps(job.payload)
    with pytest.raises(OSError):
        letters.deliver(**job.payload)


def test_an_old_address_opens_nothing(sysadmin, client):
    person = register("mover", "迁址")
    client.post("/accounts/password/reset/", {"email": person.email})
    people.edit_user(user=person, changes={"email": "new@example.org"}, by=sysadmin)
    assert errors(post(client, "mover@example.org", PASSWORD)) != []
    assert post(client, "new@example.org", PASSWORD).status_code == 302
