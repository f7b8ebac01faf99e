"""What surrounds every page: timing, the content policy, the language, refusals."""

import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory
from django.urls import path
from psycopg.errors import DeadlockDetected

from audit.refusals import Conflict, NotPermitted, NotVisible
from config.middleware.clock import RequestClock
from config.middleware.refusals import RefusalMiddleware, page_before
from config.urls import urlpatterns as project_urls

LOGIN = "/accounts/login/"


def page(request):
    return HttpResponse("<p>page</p>")


def data(request):
    return JsonResponse({})


def invisible(request):
    raise NotVisible


def forbidden(request):
    raise NotPermitted("only the supervisor")


def clashing(request):
    raise Conflict("changed meanwhile")


def deadlocked(request):
    raise OperationalError from DeadlockDetected("deadlock detected")


urlpatterns = [
    *project_urls,
    path("test/page", page),
    path("test/data", data),
    path("test/invisible", invisible),
    path("test/forbidden", forbidden),
    path("test/clashing", clashing),
    path("test/deadlocked", deadlocked),
]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def these_urls(settings):
    settings.ROOT_URLCONF = __name__


def test_nothing_a_signed_in_person_sees_is_kept(client, applicant):
    assert "Cache-Control" not in client.get("/test/page").headers
    client.force_login(applicant)
    for address in ("/test/page", "/test/data", "/test/invisible", "/workbench/"):
        kept = client.get(address).headers.get("Cache-Control", "")
        assert kept == "private, no-store", address


def test_timing_is_absent_unless_asked_for(client):
    assert "Server-Timing" not in client.get(LOGIN).headers


def test_timing_counts_the_queries_of_an_html_page(client, settings, django_assert_num_queries):
    settings.STEELYARD_TIMING = True
    timed = type(client)()
    response = timed.get(LOGIN)
    pattern = r'db;desc="(\d+)";dur=(\d+\.\d), total;dur=(\d+\.\d)'
    queries, _database, total = re.fullmatch(pattern, response["Server-Timing"]).groups()
    assert float(total) > 0
    with django_assert_num_queries(int(queries)):
        timed.get(LOGIN)


def test_timing_is_only_for_html(client, settings):
    settings.STEELYARD_TIMING = True
    assert "Server-Timing" not in client.get("/test/data").headers


def test_content_policy_allows_nothing_unsafe(client):
    policy = client.get(LOGIN)["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert (directives["default-src"], directives["object-src"]) == ("'self'", "'none'")
    assert "unsafe" not in policy
    assert re.findall(r"https?:|data:|\*", policy) == []


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        ("", "", "zh-Hans"),
        ("", "en-US,en;q=0.9", "zh-Hans"),
        ("en", "zh-CN", "en"),
        ("zh-hans", "en", "zh-Hans"),
        ("xx", "en", "zh-Hans"),
    ],
)
def test_the_choice_decides_and_never_the_browser(client, cookie, accepted, expected):
    if cookie:
        client.cookies["django_language"] = cookie
    response = client.get(LOGIN, headers={"accept-language": accepted})
    assert response["Content-Language"] == expected


@pytest.mark.parametrize(
    ("address", "above"),
    [("/draws/2026-1-D1/press/", "/draws/2026-1-D1/"), ("/inbox/read-all/", "/inbox/")],
)
def test_whoever_reads_the_address_of_a_form_is_led_to_its_page(client, officer, address, above):
    """A sign-in that ended before the form was sent leads here once it is renewed."""
    client.force_login(officer)
    response = client.get(address)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert f'<a class="btn btn-primary" href="{above}">' in response.content.decode()
    assert client.head(address).content == b""


def test_a_signed_in_person_reads_their_own_language(client, django_user_model):
    reader = django_user_model.objects.create(username="reader", name="Reader", language="en")
    client.force_login(reader)
    assert client.get("/test/page")["Content-Language"] == "en"
    client.cookies["django_language"] = "zh-hans"
    assert client.get("/test/page")["Content-Language"] == "zh-Hans"


def test_the_language_is_chosen_by_a_form(client):
    response = client.post("/i18n/setlang/", {"language": "en", "next": LOGIN})
    assert (response.status_code, response["Location"]) == (302, LOGIN)
    assert client.get(LOGIN)["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [
        ("/test/invisible", 404, ""),
        ("/test/forbidden", 403, "only the supervisor"),
        ("/test/clashing", 409, "changed meanwhile"),
        ("/test/deadlocked", 409, "未覆盖任何内容"),
        ("/test/nowhere", 404, ""),
        ("/test/invisible%00", 404, ""),
        ("/calls/%00/apply/", 404, ""),
    ],
)
def test_refusals_become_pages(client, address, status, text):
    response = client.get(address)
    assert response.status_code == status
    assert text in response.content.decode()


def test_other_errors_are_not_refusals():
    middleware = RefusalMiddleware(page)
    assert middleware.process_exception(RequestFactory().get("/"), ValueError()) is None


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        ("http://testserver/dossiers/7/?page=2", "/dossiers/7/?page=2"),
        ("http://elsewhere.example/dossiers/7/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_the_way_back_stays_on_this_site(referer, expected):
    request = RequestFactory().get("/", headers={"referer": referer})
    assert page_before(request) == expected


def test_the_pages_clock_is_asked_once(django_assert_num_queries):
    clock = RequestClock()
    with django_assert_num_queries(1):
        first, day = clock.now, clock.today
        assert clock.now is first
    assert first.utcoffset().total_seconds() == 0
    assert abs((day - first.date()).days) <= 1
