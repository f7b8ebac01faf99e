"""Acts on awards and objections by their pages, each within the statements of a post."""

from datetime import datetime

import pytest
from django.urls import reverse

from applications.models import Application
from applications.workflow import Status
from audit import clock
from awards.models import Agreement, Award
from awards.services import decisions
from calendars.wording import day_of
from tests.awards import stages
from tests.awards.test_ledger_pages import PLACE
from tests.awards.test_notices import objected
from tests.awards.test_quotas import EXAMPLE as QUOTAS

pytestmark = pytest.mark.django_db
REASON = "经现场核查，反映的问题属实。"


@pytest.fixture
def post(client_of):
    """post(person, "awards:award", number): it succeeds."""

    def act(person, name, *args, **data):
        answer = client_of(person).post(reverse(name, args=args), data)
        assert answer.status_code == 302, answer.content.decode()

    return act


def states(*titles):
    rows = dict(Application.objects.values_list("title", "status"))
    return [rows[title] for title in titles]


def test_award_and_allocation_of_three_projects(people, noticed, post):
    stages.set_ceiling(people, noticed.call)
    stages.pass_day(noticed.ends_on)
    post(people.approver, "awards:award", noticed.call.number)
    assert states("P1", "P2", "P3") == [Status.AWARDED] * 3
    values = {"number": "吉财产业指〔2026〕89号", "issued_on": clock.today().isoformat()}
    post(people.finance, "awards:allocate", noticed.call.number, **values)
    assert Award.objects.filter(allocation=None).count() == 0


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        ("rejected", [Status.ON_NOTICE, Status.RESERVE, Status.RESERVE]),
        ("upheld", [Status.OBJECTION_HOLD, Status.RESERVE, Status.RESERVE]),
    ],
)
def test_an_objection_from_the_finding_to_the_answer(people, noticed, post, answer, after):
    filed = objected(noticed)
    finding = {"accept": "", "finding": "署名真实，线索具体，予以受理。"}
    post(people.officer, "awards:objection", filed.pk, **finding)
    post(people.approver, "awards:objection", filed.pk, answer=REASON, **{answer: ""})
    assert states("P2", "P4", "P5") == after
    if answer == "upheld":
        filed.refresh_from_db()
        stages.pass_day(day_of(filed.review_until))
        post(people.approver, "awards:carry_out", filed.pk)
        moved = [Status.DISQUALIFIED, Status.PROPOSED, Status.PROPOSED]
        assert states("P2", "P4", "P5") == moved


def test_a_project_is_taken_off_and_two_move_up(people, approved, post):
    row = Application.objects.get(title="P2")
    post(people.approver, "awards:take_off", row.pk, text=REASON)
    assert states("P2", "P4", "P5") == [Status.DISQUALIFIED, Status.PROPOSED, Status.PROPOSED]


def test_an_agreement_and_its_end(people, awarded, post):
    call, first = awarded[0].application.call, awarded[0]
    decisions.record_allocation(
        call=call, number="吉财产业指〔2026〕89号", issued_on=clock.today(), by=people.finance
    )
    post(people.officer, "awards:draw_up", first.pk)
    agreement = Agreement.objects.get(award=first)
    post(people.owner, "awards:sign", agreement.pk, upload=stages.paper("乙方盖章"))
    post(people.officer, "awards:sign", agreement.pk, upload=stages.paper("双方盖章"))
    assert states("P1") == [Status.AGREED]
    put_forward = {"propose-ground": "firm", "propose-reason": REASON, "propose-claw_back": "0"}
    post(people.officer, "awards:ending", first.pk, act="propose", **put_forward)
    assert states("P1") == [Status.AGREED]
    decided = {"confirm-reason": REASON}
    post(people.approver, "awards:ending", first.pk, act="confirm", **decided)
    assert states("P1") == [Status.TERMINATED]


def test_a_project_paid_in_full_is_accepted(people, agreed, post):
    award = stages.all_paid(people, agreed)
    post(
        people.owner, "awards:acceptance", award.pk, act="apply",
        **{"apply-invested": "32000", "apply-insured": "280",
           "apply-summary": "投资、就业指标均已完成。", "apply-report": stages.paper()},
    )  # fmt: skip
    post(
        people.officer, "awards:acceptance", award.pk, act="grade",
        **{"grade-points": "86.5", "grade-reasons": "投资与就业指标均已完成，效益良好。"},
    )  # fmt: skip
    assert states("P1") == [Status.IN_PROGRESS]
    reason = {"settle-reason": "评价客观，同意验收。"}
    post(people.officer2, "awards:acceptance", award.pk, act="settle", **reason)
    assert states("P1") == [Status.COMPLETED]


@pytest.mark.parametrize(
    ("mode", "rules"),
    [
        ("strict", {"panels": "quota"}),
        ("skip", {"most_per_industry": 2}),
        ("partial", {"panels": "quota", "most_per_industry": 2}),
    ],
)
def test_from_the_list_to_its_notice(people, post, mode, rules):
    """Sent back once, so that the second version stands beside the first."""
    call = stages.ranked(people, QUOTAS, mode, 20_000 * stages.WAN, **rules)
    stages.set_ceiling(people, call)
    for name, person, data in (
        ("draw_list", people.officer, {}),
        ("submit_list", people.officer, {}),
        ("decide", people.approver, {"back": "1", "back_note": "请补核查记录。"}),
        ("draw_list", people.officer, {}),
        ("submit_list", people.officer, {}),
        ("decide", people.approver, {"minutes_no": "8号", "note": ""}),
        ("publish", people.officer, {}),
    ):
        post(person, f"awards:{name}", call.number, **data)
    assert call.funding_lists.get(version=2).status == "approved"


def test_a_deviation_is_settled(people, drawn, post):
    row = Application.objects.get(title="P3")
    data = {"application": row.pk, "kind": "hold_back", "reason": REASON}
    post(people.officer, "awards:deviate", drawn.call.number, **data)
    post(people.officer2, "awards:settle", drawn.deviations.get().pk, confirm="1")
    assert drawn.deviations.get().confirmed_by == people.officer2


@pytest.mark.parametrize("word", ["agree", "decline"])
def test_a_part_is_answered(people, post, word):
    call = stages.ranked(people, mode="partial")
    item = stages.approved(people, call).items.get(application__title="P4")
    post(people.owner, "awards:answer_part", item.pk, **{word: "1"})
    item.refresh_from_db()
    assert item.consent == {"agree": "given", "decline": "refused"}[word]


def test_ceiling_and_carrying_over(people, awarded, post):
    """The ceiling changes after the award; what is carried over is refused once."""
    year = awarded[0].envelope.year
    values = {"year": year, "ceiling": "29000", "document_no": "吉财预〔2026〕30号"}
    post(people.finance, "awards:envelope", **values)
    change = awarded[0].envelope.changes.latest("pk")
    post(people.finance2, "awards:confirm_ceiling", change.pk)
    clock.travel_to(datetime(2027, 1, 20, 9, tzinfo=clock.SHANGHAI))
    for _time in range(2):
        carry = {"amount": "5000", "document_no": "3号"}
        post(people.finance, "awards:carry", *PLACE, **carry)
        row = awarded[0].envelope.carried_out.latest("pk")
        if _time == 0:
            post(people.finance2, "awards:refuse_carry", row.pk, text="数额与决算不一致，请重报。")
    post(people.finance2, "awards:confirm_carry", row.pk)
