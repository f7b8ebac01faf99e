"""The administrators' acts by their pages, within the statements of a post."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from calendars import services
from calendars.models import CalendarYear
from calendars.notice_text import read
from tests import making
from tests.calendars.test_years import NEXT, NUMBER

pytestmark = pytest.mark.django_db
REASON = "岗位调整，按任免文件办理。"


@pytest.fixture
def post(client_of):
    def act(person, page, pk, **data):
        answer = client_of(person).post(reverse(f"accounts:{page}", args=[pk]), data)
        assert answer.status_code == 302, answer.content.decode()

    return act


def test_a_person_from_end_to_end(sysadmin, secretary, region_of, post):
    """Of a secretary, whose projects somebody else may have to take."""
    unit = making.organisation("四平市工信局", region_of("220300"), "authority")
    named = {
        "name": "服务秘书",
        "email": "served@example.org",
        "unit": unit.pk,
        "region": unit.region_id,
    }
    post(sysadmin, "person_edit", secretary.pk, **named)
    post(sysadmin, "person_link", secretary.pk)
    post(sysadmin, "person_switch", secretary.pk, reason=REASON)
    post(sysadmin, "person_switch", secretary.pk, reason=REASON)
    secretary.refresh_from_db()
    assert (secretary.name, secretary.unit, secretary.is_active) == ("服务秘书", unit, True)


def test_a_role_is_revoked(secadmin, expert, post):
    grant = expert.grants.get(role=Role.EXPERT)
    post(secadmin, "grant_revoke", grant.pk, reason=REASON)
    grant.refresh_from_db()
    assert grant.revoked_at is not None


def test_a_notice_of_holidays_is_withdrawn(sysadmin, post):
    notice = services.propose_year(year=2027, source_no=NUMBER, days=read(NEXT, 2027), by=sysadmin)
    post(sysadmin, "calendar_withdraw", notice.pk, reason=REASON)
    assert CalendarYear.objects.get(pk=notice.pk).state == "withdrawn"
