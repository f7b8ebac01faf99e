"""Who stands in: named by the lead on the page, looked at first, refused with what to do."""

from datetime import date, timedelta

import pytest

from applications.models import Application
from applications.rules import SERVE, holds
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted
from notifications import kinds
from notifications.models import Message
from secretaries.models import ServiceSecretary
from secretaries.selectors.backups import stand_ins
from secretaries.services import appointments, backups, profiles
from tests import making
from tests.secretaries.test_pages import url
from tests.secretaries.test_requests import Served
from tests.signing import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Served:
    return Served()


def serves(cast: Served, who: ServiceSecretary) -> bool:
    """guardian's permission, asked anew."""
    return holds(who.user, SERVE, Application.objects.get(pk=cast.it.pk))


def leave(cast: Served, who: ServiceSecretary, first: int, last: int) -> None:
    today = clock.today()
    profiles.record_leave(
        secretary=who,
        first_day=today + timedelta(days=first),
        last_day=today + timedelta(days=last),
        by=cast.lead,
    )


def test_the_lead_looks_names_and_withdraws_on_the_page(cast: Served) -> None:
    sun, client = cast.secretary("孙桂芳"), client_of(cast.lead)
    path = url("backup", cast.assignment.pk)
    assert path in client.get(url("project", cast.it.pk)).content.decode()
    assert client.get(path).status_code == 200
    looked = client.post(path, {"backup": sun.pk, "act": "look"})
    assert (looked.status_code, looked.context["changes"]) == (200, True)
    cast.assignment.refresh_from_db()
    assert cast.assignment.backup is None
    assert client.post(path, {"backup": sun.pk, "act": "keep"}).status_code == 302
    cast.assignment.refresh_from_db()
    assert (cast.assignment.backup, serves(cast, sun)) == (sun, True)
    same = client.post(path, {"backup": sun.pk, "act": "look"})
    assert same.context["changes"] is False
    assert client.post(path, {"backup": sun.pk, "act": "keep"}).status_code == 302
    assert client.post(path, {"backup": "", "act": "keep"}).status_code == 302
    cast.assignment.refresh_from_db()
    assert (cast.assignment.backup, serves(cast, sun)) == (None, False)
    assert Event.objects.filter(action="assignment.backup").count() == 2
    told = Message.objects.filter(recipient=sun.user).order_by("pk")
    assert [m.kind for m in told] == ["secretary.backup", "secretary.backup_ended"]


def test_named_again_it_is_told_again(cast: Served) -> None:
    sun, qian = cast.secretary("孙桂芳"), cast.secretary("钱进")
    for one in (sun, qian, sun):
        backups.set_backup(assignment=cast.assignment, backup=one, by=cast.lead)
    told = Message.objects.filter(recipient=sun.user).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["secretary.backup", "secretary.backup_ended", "secretary.backup"]


def test_who_cannot_stand_in_is_refused_with_what_to_do(cast: Served) -> None:
    away, apart = cast.secretary("孙桂芳"), cast.secretary("钱进")
    over = cast.secretary("李守信", active_to=date(2024, 12, 31))
    leave(cast, cast.zhao, 10, 15)
    leave(cast, away, 15, 20)
    leave(cast, apart, 16, 20)
    said = {}
    for one in (cast.zhao, away, over):
        with pytest.raises(Invalid) as refused:
            backups.set_backup(assignment=cast.assignment, backup=one, by=cast.lead)
        said[one.pk] = (refused.value.field, "另选" in str(refused.value.message))
    assert said == dict.fromkeys((cast.zhao.pk, away.pk, over.pk), ("backup", True))
    backups.set_backup(assignment=cast.assignment, backup=apart, by=cast.lead)
    page = client_of(cast.lead).post(
        url("backup", cast.assignment.pk), {"backup": away.pk, "act": "keep"}
    )
    assert page.status_code == 422
    with pytest.raises(NotPermitted):
        backups.set_backup(assignment=cast.assignment, backup=None, by=cast.zhao.user)


@pytest.mark.parametrize("meets", [True, False])
def test_who_is_away_with_the_successor_does_not_go_on_standing_in(
    cast: Served, meets: bool
) -> None:
    """Handing over is no way round what naming somebody refuses."""
    sun, to = cast.secretary("孙桂芳"), cast.secretary("钱进")
    backups.set_backup(assignment=cast.assignment, backup=sun, by=cast.lead)
    leave(cast, sun, 10, 15)
    leave(cast, to, 15 if meets else 16, 20)
    made = appointments.hand_over(
        assignment=cast.assignment, to=to, note="原秘书岗位调整，移交全部材料。", by=cast.lead
    )
    assert (made.backup, serves(cast, sun)) == ((None, False) if meets else (sun, True))
    told = Message.objects.filter(recipient=sun.user).order_by("pk").values_list("kind", flat=True)
    last = "secretary.backup_ended" if meets else "secretary.backup"
    assert list(told) == ["secretary.backup", last]


def test_who_serves_the_place_comes_first_then_the_fewest_projects(cast: Served) -> None:
    far = cast.secretary("孙桂芳", making.region("220400"))
    near = cast.secretary("钱进")
    over = cast.secretary("李守信", active_to=date(2024, 12, 31))
    found = stand_ins(cast.assignment, clock.today())
    assert [(one.id, one.local) for one in found] == [
        (near.pk, True), (far.pk, False), (over.pk, True)
    ]  # fmt: skip


def test_an_ended_assignment_leads_back_to_its_project(cast: Served) -> None:
    type(cast.assignment).objects.filter(pk=cast.assignment.pk).update(valid_to=clock.now())
    page = client_of(cast.lead).get(url("backup", cast.assignment.pk))
    assert (page.status_code, page.url) == (302, url("project", cast.it.pk))


def test_queries_do_not_grow(cast: Served, django_assert_max_num_queries) -> None:
    client, path, counts = client_of(cast.lead), url("backup", cast.assignment.pk), []
    for size in (3, 30):
        for n in range(size):
            cast.secretary(f"秘书{size}{n}")
        client.get(path)
        with django_assert_max_num_queries(12) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_leave_on_which_nobody_serves_is_entered_and_the_lead_is_warned(cast: Served) -> None:
    """Nobody stands in, or both are away: said on the pages, told to the lead, not refused."""
    own, lead, sun = client_of(cast.zhao.user), client_of(cast.lead), cast.secretary("孙桂芳")
    assert "尚未指定替补秘书。" in lead.get(url("project", cast.it.pk)).content.decode()
    leave(cast, cast.zhao, 0, 3)
    assert "无人代为服务。" in lead.get(url("project", cast.it.pk)).content.decode()
    row = cast.zhao.leaves.get()
    profiles.cancel_leave(leave=row, by=cast.lead)
    backups.set_backup(assignment=cast.assignment, backup=sun, by=cast.lead)
    leave(cast, cast.zhao, 10, 15)
    told = Message.objects.filter(kind="secretary.unserved", recipient=cast.lead)
    assert [kinds.render(m.kind, m.context, "en").body.split(": ")[1] for m in told] == [
        f"{cast.it.title}. Name who stands in, or ask for other days."
    ]
    day = (clock.today() + timedelta(days=15)).isoformat()
    typed = {"leave-first_day": day, "leave-last_day": day}
    page = client_of(sun.user).post(url("leave", sun.pk), typed, follow=True).content.decode()
    assert "休假已登记。休假期间部分项目无人服务。" in page
    assert told.all().count() == 2
    for who in (sun, cast.zhao):  # seen from both sides
        page = lead.get(url("profile", who.pk)).content.decode()
        assert "休假期间无人服务：" in page
        assert url("backup", cast.assignment.pk) in page
    assert "休假期间无人服务：" in own.get(url("profile", cast.zhao.pk)).content.decode()


def test_leave_on_which_another_serves_warns_of_nothing(cast: Served) -> None:
    sun = cast.secretary("孙桂芳")
    backups.set_backup(assignment=cast.assignment, backup=sun, by=cast.lead)
    leave(cast, sun, 0, 3)
    leave(cast, cast.zhao, 4, 6)
    assert not Message.objects.filter(kind="secretary.unserved").exists()
    page = client_of(cast.lead).get(url("profile", sun.pk)).content.decode()
    assert "休假期间无人服务：" not in page
