"""Eligibility screening: answers, findings, verdicts, and two officers at one instant."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, CheckFinding, CreditRecord, Recommendation, Screening
from applications.services import checks, corrections, screening
from applications.similarity import likeness
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Conflict, Invalid, NotPermitted, NotVisible, WrongState
from notifications.models import Message
from tests import making
from tests.racing import race

pytestmark = pytest.mark.django_db

YES = {item["code"]: {"ok": True, "reason": ""} for item in making.ITEMS}


class Cast:
    """Officers, a firm, and dossiers recommended by 四平."""

    def __init__(self) -> None:
        self.siping = making.region("220300")
        self.officer = making.person("周敏", Role.PROGRAMME_OFFICER)
        self.officer2 = making.person("孙岩", Role.PROGRAMME_OFFICER)
        self.recommender = making.person("王海", Role.REGIONAL_OFFICER, region=self.siping)
        self.owner = making.person("张蕙兰")
        self.firm = making.firm("四平恒岳换热装备有限公司", self.siping, self.owner)
        self.call = making.call(self.officer)

    def dossier(self, title: str = "换热机组智能产线", **more: Any) -> Application:
        made = making.dossier(
            self.call,
            more.pop("firm", self.firm),
            title=title,
            status=more.pop("status", Status.RECOMMENDED),
            **more,
        )
        Recommendation.objects.create(
            application=made,
            call=made.call,
            region=self.siping,
            rank=Recommendation.objects.filter(call=made.call).count() + 1,
            letter_no="四工信联〔2026〕8号",
            recommended_by=self.recommender,
            recommended_at=clock.now(),
        )
        return made


@pytest.fixture
def cast() -> Cast:
    return Cast()


def save(application: Application, by: User, **changed: dict[str, Any]) -> Screening:
    return screening.save_screening(application=application, items={**YES, **changed}, by=by)


def test_every_item_yes_makes_it_eligible_and_the_firm_hears_it(cast: Cast) -> None:
    a = cast.dossier()
    save(a, cast.officer)
    made = screening.declare(application=a, verdict="eligible", by=cast.officer2)
    a.refresh_from_db()
    assert (a.status, made.declared_by) == (Status.ELIGIBLE, cast.officer2)
    assert Message.objects.get(kind="application.declare_eligible").recipient == cast.owner
    event = Event.objects.get(action="application.declare_eligible")
    assert (event.source, event.target) == ("recommended", "eligible")


def test_a_no_carries_its_reason_into_the_verdict(cast: Cast) -> None:
    a = cast.dossier()
    save(a, cast.officer, papers={"ok": False, "reason": "缺近三年审计报告"})
    with pytest.raises(Invalid) as refused:
        screening.declare(application=a, verdict="eligible", by=cast.officer)
    assert refused.value.field == "verdict"
    screening.declare(application=a, verdict="ineligible", by=cast.officer)
    assert Event.objects.get(action="application.declare_ineligible").reason == "缺近三年审计报告"
    a.refresh_from_db()
    assert a.status == Status.INELIGIBLE


def test_what_the_answers_do_not_carry_is_refused(cast: Cast) -> None:
    a = cast.dossier()
    with pytest.raises(WrongState):
        screening.declare(application=a, verdict="eligible", by=cast.officer)
    save(a, cast.officer, zone={"ok": None, "reason": ""})
    with pytest.raises(WrongState):
        screening.declare(application=a, verdict="eligible", by=cast.officer)
    with pytest.raises(Invalid) as refused:
        save(a, cast.officer, zone={"ok": False, "reason": "no"})
    assert refused.value.field == "reason_zone"
    with pytest.raises(Invalid):
        save(a, cast.officer, unknown={"ok": True, "reason": ""})
    save(a, cast.officer)
    with pytest.raises(Invalid):
        screening.declare(application=a, verdict="ineligible", by=cast.officer)
    with pytest.raises(Invalid):
        screening.declare(application=a, verdict="perhaps", by=cast.officer)
    a.refresh_from_db()
    assert a.status == Status.RECOMMENDED


def test_answers_for_an_earlier_version_do_not_count(cast: Cast) -> None:
    a = cast.dossier()
    save(a, cast.officer)
    making.submission(a, cast.owner, version=2)
    with pytest.raises(WrongState):
        screening.declare(application=a, verdict="eligible", by=cast.officer)
    save(a, cast.officer)
    assert screening.declare(application=a, verdict="eligible", by=cast.officer).verdict


def test_who_recommended_may_not_screen_even_with_the_role(cast: Cast) -> None:
    a = cast.dossier()
    cast.recommender.grants.update(revoked_at=clock.now(), revoked_by=cast.officer)
    making.grant(cast.recommender, Role.PROGRAMME_OFFICER)
    by = User.objects.get(pk=cast.recommender.pk)
    for act in (
        lambda: save(a, by),
        lambda: screening.declare(application=a, verdict="eligible", by=by),
        lambda: screening.run_checks(application=a, by=by),
    ):
        with pytest.raises(NotPermitted):
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        Screening.objects.create(
            application=a,
            submission=a.submissions.get(),
            screened_by=by,
            screened_at=clock.now(),
        )


def test_others_may_not_screen(cast: Cast) -> None:
    a = cast.dossier()
    with pytest.raises(NotPermitted):
        save(a, making.person("审定", Role.APPROVER))
    with pytest.raises(NotVisible):
        save(a, making.person("专家", Role.EXPERT))
    with pytest.raises(NotPermitted):
        save(a, User.objects.get(pk=cast.owner.pk))


def test_a_second_page_does_not_overwrite_the_first(cast: Cast) -> None:
    a = cast.dossier()
    screening.save_screening(application=a, items=YES, by=cast.officer, version=0)
    with pytest.raises(Conflict):
        screening.save_screening(application=a, items={}, by=cast.officer2, version=0)
    assert Screening.objects.get().items["zone"]["ok"] is True


def test_a_declared_screening_stands_in_the_database(cast: Cast) -> None:
    a = cast.dossier()
    save(a, cast.officer)
    screening.declare(application=a, verdict="eligible", by=cast.officer)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE applications_screening SET verdict = 'ineligible'")
    with pytest.raises(WrongState):
        save(a, cast.officer)


def test_returned_by_screening_once(cast: Cast) -> None:
    a = cast.dossier()
    reasons = [corrections.Reason(section="green", text="补交环评批复")]
    made = corrections.return_to_firm(application=a, reasons=reasons, by=cast.officer)
    assert made.stage == "screening"
    made.answered_at = clock.now()
    made.save()
    making.move(a, Status.RECOMMENDED)
    with pytest.raises(WrongState):
        corrections.return_to_firm(application=a, reasons=reasons, by=cast.officer)


def credit(cast: Cast, kind: str = "dishonest", since: date | None = None) -> CreditRecord:
    return CreditRecord.objects.create(
        uscc=cast.firm.uscc,
        kind=kind,
        text="未履行生效判决",
        source="执行信息公开网",
        since=since or clock.today() - timedelta(days=30),
    )


def test_a_credit_record_bars_until_it_is_answered(cast: Cast) -> None:
    a = cast.dossier()
    credit(cast)
    save(a, cast.officer)
    with pytest.raises(WrongState):
        screening.declare(application=a, verdict="eligible", by=cast.officer)
    (found,) = screening.run_checks(application=a, by=cast.officer)
    assert (found.kind, found.severity) == ("credit", "veto")
    with pytest.raises(WrongState):
        screening.declare(application=a, verdict="eligible", by=cast.officer)
    screening.answer_finding(finding=found, answer="已履行完毕，附法院结案证明。", by=cast.officer)
    screening.declare(application=a, verdict="eligible", by=cast.officer)
    a.refresh_from_db()
    assert a.status == Status.ELIGIBLE


def test_old_penalties_are_shown_and_bar_nothing(cast: Cast) -> None:
    a = cast.dossier()
    credit(cast, "safety", clock.today() - timedelta(days=3 * 366 + 5))
    assert [f.severity for f in screening.run_checks(application=a)] == ["info"]
    save(a, cast.officer)
    assert screening.declare(application=a, verdict="eligible", by=cast.officer)


def test_an_ended_record_is_not_found(cast: Cast) -> None:
    a = cast.dossier()
    row = credit(cast)
    assert len(screening.run_checks(application=a)) == 1
    row.until = clock.today() - timedelta(days=1)
    row.save()
    assert screening.run_checks(application=a) == []
    assert CheckFinding.objects.count() == 0


def test_duplicates_are_told_by_code_parcel_firm_and_name(cast: Cast) -> None:
    place = {"land_permits": {"parcel": "DK-7"}, "project": {"project_code": "2401-1"}}
    a = cast.dossier(sections=place)
    other = making.firm("四平丰禾农业装备有限公司", cast.siping, making.person("乙"))
    cast.dossier("换热机组智能生产线", firm=other, sections={"land_permits": {"parcel": "dk-7"}})
    cast.dossier("收获机械", sections={"project": {"project_code": "X"}})
    found = {f.code.partition(":")[0]: f.severity for f in checks.find(a, clock.today())}
    assert found == {"same_land": "veto", "alike": "warn", "same_firm": "warn"}


def test_the_same_project_funded_before_is_a_veto(cast: Cast) -> None:
    earlier = making.call(cast.officer)
    making.dossier(earlier, cast.firm, title="换热机组智能产线", status=Status.IN_PROGRESS)
    a = cast.dossier()
    (found,) = checks.find(a, clock.today())
    assert (found.code.partition(":")[0], found.severity) == ("funded_before", "veto")


def test_the_checks_cost_the_same_for_few_and_many(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    a, today = cast.dossier(), clock.today()
    for size in (3, 30):
        for n in range(size):
            cast.dossier(f"别的项目{size}-{n}")
        with django_assert_num_queries(3):
            checks.find(a, today)


TITLES = st.text(alphabet="换热机组智能产线项目建设ABC ", min_size=1, max_size=12)


@given(TITLES, TITLES)
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b) <= 1


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("年产3万套换热机组建设项目", "换热机组3万套项目", True),
        ("人参皂苷制剂产业化", "新能源汽车电驱壳体", False),
        ("高效换热机组", "高效换热机组（二期）", True),
    ],
)
def test_titles_alike(a: str, b: str, alike: bool) -> None:
    assert (likeness(a, b) >= checks.ALIKE) is alike


@pytest.mark.django_db(transaction=True)
def test_of_two_verdicts_at_one_instant_one_stands() -> None:
    cast = Cast()
    a = cast.dossier()
    save(a, cast.officer, papers={"ok": False, "reason": "缺审计报告"})
    people = [cast.officer, cast.officer2] * 4
    results = race(
        [
            lambda by=by: screening.declare(application=a, verdict="ineligible", by=by)
            for by in people
        ]
    )
    assert sum(isinstance(r, Screening) for r in results) == 1
    assert sum(isinstance(r, WrongState) for r in results) == 7
    assert Event.objects.filter(action="application.declare_ineligible").count() == 1
    assert Message.objects.filter(kind="application.declare_ineligible").count() == 1


@pytest.mark.django_db(transaction=True)
def test_verdict_and_return_at_one_instant_one_stands() -> None:
    cast = Cast()
    a = cast.dossier()
    save(a, cast.officer)
    results = race(
        [
            lambda: screening.declare(application=a, verdict="eligible", by=cast.officer),
            lambda: corrections.return_to_firm(
                application=a,
                reasons=[corrections.Reason(section="", text="补章")],
                by=cast.officer2,
            ),
        ]
    )
    assert sum(isinstance(r, WrongState) for r in results) == 1
    a.refresh_from_db()
    assert a.status in (Status.ELIGIBLE, Status.RETURNED)
