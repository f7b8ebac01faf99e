"""The funding list through its services: worked example, deviations, decision, refusals."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import FundingList
from awards.services import deviations, funding
from reviews.models import Ranking
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_witnesses import lines

REASON = "现场核查发现用地预审尚未批复，建议暂缓。"


def short(listed: FundingList) -> list[tuple[str, str, int]]:
    items = listed.items.select_related("application").order_by("position")
    return [(i.application.title, i.outcome, int(i.amount / WAN)) for i in items]


def dossier(title: str) -> Application:
    return Application.objects.get(title=title)


@pytest.mark.parametrize(
    ("mode", "tail"),
    [
        ("strict", [("P4", "reserve", 0), ("P5", "reserve", 0)]),
        ("skip", [("P4", "reserve", 0), ("P5", "funded", 4_000)]),
        ("partial", [("P4", "partial", 6_000), ("P5", "reserve", 0)]),
    ],
)
def test_the_worked_example_in_each_mode(people, mode, tail):
    listed = stages.drawn(people, stages.ranked(people, mode=mode))
    assert short(listed) == [
        ("P1", "funded", 3_000),
        ("P2", "funded", 12_000),
        ("P3", "funded", 9_000),
        *tail,
        ("P6", "not_funded", 0),
    ]


def test_no_list_is_decided_on_a_ranking_that_no_longer_stands(people, drawn, ranked):
    funding.submit_list(funding_list=drawn, by=people.officer)
    Ranking.objects.create(
        call=ranked,
        version=2,
        rules={"floor": "60.00"},
        digest="2" * 64,
        computed_by=people.officer,
        computed_at=clock.now(),
    )
    kept = stages.minutes(people, ranked)
    with pytest.raises(WrongState):
        funding.approve_list(funding_list=drawn, minutes=kept, note="", by=people.approver)
    funding.send_back_list(funding_list=drawn, note="排名已变，请重新生成。", by=people.approver)


def test_approval_gives_every_dossier_its_place(people, ranked):
    listed = stages.approved(people, ranked)
    assert {a.title: a.status for a in Application.objects.all()} == {
        "P1": Status.PROPOSED,
        "P2": Status.PROPOSED,
        "P3": Status.PROPOSED,
        "P4": Status.RESERVE,
        "P5": Status.RESERVE,
        "P6": Status.NOT_FUNDED,
    }
    assert Call.objects.get(pk=ranked.pk).status == CallStatus.DECIDED
    assert (listed.status, listed.minutes_no) == ("approved", "厅务会纪要〔2026〕8号")
    told = Event.objects.get(action="funding.approve")
    assert (told.source, told.target, told.actor_id) == (
        "submitted", "approved", people.approver.pk,
    )  # fmt: skip


def test_a_held_back_project_leaves_its_money_to_the_next(people, drawn):
    asked = deviations.propose_deviation(
        funding_list=drawn, application=dossier("P3"), kind="hold_back", reason=REASON,
        by=people.officer,
    )  # fmt: skip
    before = short(drawn)
    with pytest.raises(NotPermitted):
        deviations.confirm_deviation(deviation=asked, by=people.officer)
    assert short(drawn) == before
    deviations.confirm_deviation(deviation=asked, by=people.officer2)
    assert short(drawn)[2:5] == [
        ("P3", "reserve", 0),
        ("P4", "funded", 8_000),
        ("P5", "funded", 4_000),
    ]


def test_a_lift_is_funded_before_the_rest(people, drawn):
    asked = deviations.propose_deviation(
        funding_list=drawn, application=dossier("P5"), kind="lift", reason=REASON,
        by=people.officer,
    )  # fmt: skip
    deviations.confirm_deviation(deviation=asked, by=people.approver)
    assert [row for row in short(drawn) if row[1] == "funded"] == [
        ("P1", "funded", 3_000),
        ("P2", "funded", 12_000),
        ("P3", "funded", 9_000),
        ("P5", "funded", 4_000),
    ]


def test_a_lift_that_floor_or_envelope_forbids_says_why(people):
    example = (("A", "90.00", 3_000), ("B", "80.00", 29_000), ("C", "70.00", 2_000), ("D", "50", 1))
    listed = stages.drawn(people, stages.ranked(people, example))

    def lift(title):
        return deviations.propose_deviation(
            funding_list=listed, application=dossier(title), kind="lift", reason=REASON,
            by=people.officer,
        )  # fmt: skip

    with pytest.raises(Invalid) as refused:
        lift("D")  # no rank: below the floor
    assert refused.value.field == "application"
    lift("B")
    with override("en"), pytest.raises(Invalid) as refused:
        lift("C")
    assert str(refused.value.message) == (
        "The list cannot be drawn this way. “C” asks for more than the envelope can carry beside"
        " what is already lifted."
    )
    assert listed.deviations.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": "太短"}, "reason"),
        ({"kind": "away"}, "kind"),
    ],
)
def test_a_deviation_must_be_said_fully(people, drawn, change, field):
    values = {"application": dossier("P3"), "kind": "hold_back", "reason": REASON} | change
    with pytest.raises(Invalid) as refused:
        deviations.propose_deviation(funding_list=drawn, by=people.officer, **values)
    assert refused.value.field == field
    assert drawn.deviations.count() == 0


def test_one_deviation_for_a_dossier_unless_refused(people, drawn):
    def ask():
        return deviations.propose_deviation(
            funding_list=drawn, application=dossier("P3"), kind="hold_back", reason=REASON,
            by=people.officer,
        )  # fmt: skip

    first = ask()
    with pytest.raises(WrongState):
        ask()
    deviations.refuse_deviation(deviation=first, by=people.officer2)
    with pytest.raises(WrongState):
        deviations.confirm_deviation(deviation=first, by=people.officer2)
    assert ask().pk != first.pk


def test_who_asked_for_a_deviation_takes_it_back(people, drawn, client_of):
    asked = deviations.propose_deviation(
        funding_list=drawn, application=dossier("P3"), kind="hold_back", reason=REASON,
        by=people.officer,
    )  # fmt: skip
    for person in (people.officer2, people.approver):
        with pytest.raises(NotPermitted):
            deviations.withdraw_deviation(deviation=asked, by=person)
    act = reverse("awards:settle", args=[asked.pk])
    officer = client_of(people.officer)
    page = reverse("awards:funding", args=[drawn.call.number])
    assert 'name="withdraw"' in officer.get(page).content.decode()
    assert officer.post(act, {"withdraw": "1"}).status_code == 302
    assert officer.post(act, {"withdraw": "1"}).status_code == 409
    with pytest.raises(WrongState):
        deviations.confirm_deviation(deviation=asked, by=people.officer2)
    assert funding.submit_list(funding_list=drawn, by=people.officer).status == "submitted"
    assert lines() == []


def test_an_open_deviation_keeps_the_list_from_submission(people, drawn):
    asked = deviations.propose_deviation(
        funding_list=drawn, application=dossier("P3"), kind="hold_back", reason=REASON,
        by=people.officer,
    )  # fmt: skip
    with pytest.raises(WrongState):
        funding.submit_list(funding_list=drawn, by=people.officer)
    deviations.refuse_deviation(deviation=asked, by=people.officer2)
    assert funding.submit_list(funding_list=drawn, by=people.officer).status == "submitted"


def test_a_sent_back_list_gives_way_to_a_new_version(people, drawn):
    funding.submit_list(funding_list=drawn, by=people.officer)
    with pytest.raises(Invalid) as refused:
        funding.send_back_list(funding_list=drawn, note="再", by=people.approver)
    assert refused.value.field == "note"
    funding.send_back_list(funding_list=drawn, note="第三名请补核查记录。", by=people.approver)
    with pytest.raises(WrongState):
        funding.submit_list(funding_list=drawn, by=people.officer)
    assert stages.drawn(people, drawn.call).version == 2


def test_who_may_do_what_with_a_list(people, ranked, supervisor):
    for person in (people.approver, people.finance, people.owner, supervisor):
        with pytest.raises(NotPermitted):
            funding.draw_funding_list(call=ranked, by=person)
    listed = stages.drawn(people, ranked)
    with pytest.raises(WrongState):
        stages.drawn(people, ranked)
    funding.submit_list(funding_list=listed, by=people.officer)
    with pytest.raises(WrongState):
        funding.submit_list(funding_list=listed, by=people.officer)
    stages.set_ceiling(people, ranked)
    kept = stages.minutes(people, ranked)
    for person in (people.officer, people.officer2, people.finance, supervisor):
        with pytest.raises(NotPermitted):
            funding.approve_list(funding_list=listed, minutes=kept, note="", by=person)
    funding.approve_list(funding_list=listed, minutes=kept, note="", by=people.approver)
    with pytest.raises(WrongState):
        funding.approve_list(funding_list=listed, minutes=kept, note="", by=people.approver)
    with pytest.raises(WrongState):
        deviations.propose_deviation(
            funding_list=listed, application=dossier("P3"), kind="hold_back", reason=REASON,
            by=people.officer,
        )  # fmt: skip


def test_a_new_ranking_asks_for_a_new_list(people, drawn):
    Ranking.objects.create(
        call=drawn.call, version=2, rules={"floor": "60.00"}, digest="2" * 64,
        computed_by=people.officer, computed_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(WrongState):
        funding.submit_list(funding_list=drawn, by=people.officer)
    assert stages.drawn(people, drawn.call).version == 2


def test_sums_run_without_a_fen_lost(people):
    example = (("A", "90.00", 1), ("B", "80.00", 2))
    call = stages.ranked(people, example, envelope=Decimal("25000.01"), mode="partial")
    listed = stages.drawn(people, call)
    assert [i.amount for i in listed.items.order_by("position")] == [
        Decimal("10000.00"), Decimal("15000.01"),
    ]  # fmt: skip
