"""Regional check and ranked recommendation: what is allowed, refused, and at one instant."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CorrectionRequest, Recommendation, RegionalCheck
from applications.services import corrections, recommendation
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from notifications.models import Job, Message
from tests import making
from tests.racing import race

SIPING, TIEXI, TONGHUA, MEIHEKOU = "220300", "220302", "220500", "220581"

pytestmark = pytest.mark.django_db


class Cast:
    """The people of one round: two firms of 铁西, their owner, officers of three lines."""

    def __init__(self) -> None:
        self.siping, self.tiexi = making.region(SIPING), making.region(TIEXI)
        self.officer = making.person("周敏", Role.PROGRAMME_OFFICER)
        self.prefecture = making.person("王海", Role.REGIONAL_OFFICER, region=self.siping)
        self.county = making.person("李红", Role.REGIONAL_OFFICER, region=self.tiexi)
        self.tonghua = making.person("朴哲", Role.REGIONAL_OFFICER, region=making.region(TONGHUA))
        self.owner = making.person("张蕙兰")
        self.firm = making.firm("四平恒岳换热装备有限公司", self.tiexi, self.owner)
        self.call = making.call(self.officer)

    def dossiers(self, n: int) -> list[Application]:
        there = Application.objects.count()
        return [making.dossier(self.call, self.firm, title=f"项目{there + i}") for i in range(n)]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def check(application: Application, by: User, **more: object) -> RegionalCheck:
    values: dict[str, object] = {
        "site_visited_on": clock.today(),
        "truthful": True,
        "finance_agrees": True,
        "opinion": "材料真实，现场已看，同意推荐。",
        **more,
    }
    return recommendation.check_dossier(application=application, by=by, **values)


def recommend(cast: Cast, rows: list[Application], **more: object) -> list[Recommendation]:
    values = {"call": cast.call, "region": cast.siping, "by": cast.prefecture, **more}
    return recommendation.set_recommendation(
        ordered=[row.pk for row in rows], letter_no="四工信联〔2026〕8号", **values
    )


def test_the_order_given_is_the_rank_and_the_firm_hears_it(cast: Cast) -> None:
    a, b = cast.dossiers(2)
    check(a, cast.county)
    check(b, cast.prefecture)
    made = recommend(cast, [b, a])
    assert [(r.application_id, r.rank) for r in made] == [(b.pk, 1), (a.pk, 2)]
    a.refresh_from_db()
    assert a.status == Status.RECOMMENDED
    told = Message.objects.filter(kind="application.recommend").values_list("recipient", flat=True)
    assert list(told) == [cast.owner.pk, cast.owner.pk]
    office = Message.objects.filter(kind="call.recommended")
    assert [m.recipient_id for m in office] == [cast.officer.pk]
    assert Job.objects.filter(task="applications.tasks.run_checks").count() == 2
    assert Event.objects.filter(action="application.recommend").count() == 2


def test_a_later_list_follows_the_ranks_of_the_earlier(cast: Cast) -> None:
    a, b, c = cast.dossiers(3)
    for row in (a, b, c):
        check(row, cast.county)
    recommend(cast, [a, b])
    assert [r.rank for r in recommend(cast, [c])] == [3]


def test_a_quota_holds_over_lists_and_over_county_and_prefecture(cast: Cast) -> None:
    rows = cast.dossiers(5)
    for row in rows:
        check(row, cast.county)
    recommend(cast, rows[:2], region=cast.tiexi, by=cast.county)
    with pytest.raises(Invalid) as refused:
        recommend(cast, rows[2:4])
    assert refused.value.field == "ordered"
    assert Recommendation.objects.count() == 2
    assert len(recommend(cast, rows[2:3])) == 1
    with pytest.raises(Invalid):
        recommend(cast, rows[3:4], region=cast.tiexi, by=cast.county)


def test_another_line_may_not_know_of_the_dossier(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    with pytest.raises(NotVisible):
        check(a, cast.tonghua)
    with pytest.raises(NotVisible):
        recommendation.not_recommend(application=a, reason="不符合本地规划要求。", by=cast.tonghua)
    check(a, cast.county)
    with pytest.raises(NotPermitted):
        recommend(cast, [a], by=cast.tonghua)
    with pytest.raises(NotVisible):
        recommend(cast, [a], region=making.region(TONGHUA), by=cast.tonghua)


def test_meihekou_stands_in_its_own_line(cast: Cast) -> None:
    place = making.region(MEIHEKOU)
    own = making.person("姜树", Role.REGIONAL_OFFICER, region=place)
    row = making.dossier(
        cast.call, making.firm("梅河口松源果仁食品有限公司", place, making.person("甲"))
    )
    with pytest.raises(NotVisible):
        check(row, cast.tonghua)
    check(row, own)
    assert recommend(cast, [row], region=place, by=own)[0].region_id == place.pk


def test_only_what_was_checked_in_its_present_version_is_recommended(cast: Cast) -> None:
    a, b, c = cast.dossiers(3)
    with pytest.raises(WrongState):
        recommend(cast, [a])
    check(b, cast.county, finance_agrees=False)
    with pytest.raises(WrongState):
        recommend(cast, [b])
    check(c, cast.county)
    making.submission(c, cast.owner, version=2)
    with pytest.raises(WrongState):
        recommend(cast, [c])
    check(c, cast.county)
    assert len(recommend(cast, [c])) == 1


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.SUBMITTED, Status.DRAFT)])
def test_no_other_state_is_checked_recommended_or_refused(cast: Cast, status: Status) -> None:
    (a,) = cast.dossiers(1)
    check(a, cast.county)
    making.move(a, status)
    with pytest.raises(WrongState):
        check(a, cast.county)
    with pytest.raises(WrongState):
        recommend(cast, [a])
    with pytest.raises(WrongState):
        recommendation.not_recommend(application=a, reason="不符合本地规划要求。", by=cast.county)


def test_what_cannot_be_is_refused_and_nothing_written(cast: Cast) -> None:
    a, _b = cast.dossiers(2)
    with pytest.raises(Invalid):
        check(a, cast.county, site_visited_on=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid):
        check(a, cast.county, opinion="同意")
    assert not RegionalCheck.objects.exists()
    check(a, cast.county)
    with pytest.raises(Invalid):
        recommend(cast, [a, a])
    with pytest.raises(Invalid):
        recommend(cast, [])
    with pytest.raises(Invalid):
        recommendation.set_recommendation(
            call=cast.call, region=cast.siping, ordered=[a.pk], letter_no="1", by=cast.prefecture
        )
    Call.objects.filter(pk=cast.call.pk).update(status="screened")
    cast.call.refresh_from_db()
    with pytest.raises(TooLate):
        recommend(cast, [a])
    a.refresh_from_db()
    assert a.status == Status.SUBMITTED
    assert not Recommendation.objects.exists()


def test_not_recommended_needs_a_reason_which_the_firm_reads(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    with pytest.raises(Invalid):
        recommendation.not_recommend(application=a, reason="不行", by=cast.county)
    recommendation.not_recommend(
        application=a, reason="未落实用地，今年不具备开工条件。", by=cast.county
    )
    a.refresh_from_db()
    assert a.status == Status.NOT_RECOMMENDED
    event = Event.objects.get(action="application.not_recommend")
    assert event.reason == "未落实用地，今年不具备开工条件。"
    assert Message.objects.get(kind="application.not_recommend").recipient_id == cast.owner.pk


def test_returned_once_with_every_reason_and_a_due_date_in_working_days(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    reasons = [
        corrections.Reason(section="land_permits", text="缺环评批复"),
        corrections.Reason(section="", text="请补签章"),
    ]
    made = corrections.return_to_firm(application=a, reasons=reasons, by=cast.county)
    a.refresh_from_db()
    assert (a.status, made.stage, len(made.reasons)) == (Status.RETURNED, "region", 2)
    assert made.due_at > clock.now() + timedelta(days=5)
    making.move(a, Status.SUBMITTED)
    CorrectionRequest.objects.update(answered_at=clock.now())
    with pytest.raises(WrongState):
        corrections.return_to_firm(application=a, reasons=reasons, by=cast.county)
    with pytest.raises(NotVisible):
        corrections.return_to_firm(
            application=cast.dossiers(1)[0], reasons=reasons, by=cast.tonghua
        )


def test_a_return_without_reasons_is_refused(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    with pytest.raises(Invalid):
        corrections.return_to_firm(
            application=a, reasons=[corrections.Reason(section="", text="  ")], by=cast.county
        )


def test_an_overdue_correction_lapses_once(cast: Cast) -> None:
    a, b = cast.dossiers(2)
    for row in (a, b):
        corrections.return_to_firm(
            application=row, reasons=[corrections.Reason(section="", text="缺件")], by=cast.county
        )
    first, second = CorrectionRequest.objects.order_by("pk")
    CorrectionRequest.objects.filter(pk=second.pk).update(due_at=first.due_at + timedelta(days=9))
    assert corrections.lapse_overdue(first.due_at) == 0
    assert corrections.lapse_overdue(first.due_at + timedelta(seconds=1)) == 1
    assert corrections.lapse_overdue(first.due_at + timedelta(seconds=1)) == 0
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.status, b.status) == (Status.INELIGIBLE, Status.RETURNED)
    assert Message.objects.filter(kind="application.lapse").count() == 1


def test_nothing_lapses_by_a_provisional_date(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    made = corrections.return_to_firm(
        application=a, reasons=[corrections.Reason(section="", text="缺件")], by=cast.county
    )
    far = clock.now().replace(year=2031)
    CorrectionRequest.objects.filter(pk=made.pk).update(
        provisional=True, requested_at=far, due_at=far + timedelta(days=7)
    )
    assert corrections.lapse_overdue(far + timedelta(days=60)) == 0
    a.refresh_from_db()
    assert a.status == Status.RETURNED


def test_the_database_keeps_a_recommendation_as_it_was_made(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    check(a, cast.county)
    recommend(cast, [a])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE applications_recommendation SET rank = 9")


@pytest.mark.django_db(transaction=True)
def test_eight_lists_at_one_instant_never_overfill_the_quota() -> None:
    cast = Cast()
    rows = cast.dossiers(8)
    for row in rows:
        check(row, cast.county)
    results = race(
        [lambda row=row: recommend(cast, [row]) for row in rows],
    )
    made = [r for r in results if isinstance(r, list)]
    assert len(made) == 3
    assert all(isinstance(r, Invalid) for r in results if not isinstance(r, list))
    ranks = sorted(Recommendation.objects.values_list("rank", flat=True))
    assert ranks == [1, 2, 3]
