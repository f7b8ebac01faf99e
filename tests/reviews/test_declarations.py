"""回避: nothing opens before a declaration; a recusal closes, voids, replaces and never edits."""

import pytest

from applications.models.dossiers import ApplicationUserObjectPermission
from applications.rules import SCORE, holds
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from notifications.models import Message
from reviews.models import Assignment, Declaration, Recusal, Seat
from reviews.services import declarations, seats
from reviews.services.declarations import Answer
from reviews.views.expert import declared_words
from tests.racing import race
from tests.reviews import table

pytestmark = pytest.mark.django_db
LOOSE = {"max_single_recusals_percent": 100}


@pytest.fixture
def loose(officer, firm, expert) -> Seat:
    """A seat that recusals do not empty."""
    return table.seat(table.panel(officer, firm, rules=LOOSE), expert)


def rows_of(seat) -> list[Assignment]:
    return list(seat.assignments.order_by("application__place__order"))


def sees(user, row) -> bool:
    dossier = type(row.application).objects.get(pk=row.application_id)
    return holds(user, SCORE, dossier)


def test_each_dossier_opens_or_closes_by_its_own_answer(loose, expert):
    rows = rows_of(loose)
    assert [sees(expert, r) for r in rows] == [False, False, False]
    answers = [
        Answer(rows[0].pk, conflict=False),
        Answer(rows[1].pk, conflict=True, kind="kin", reason="近亲属任职"),
        Answer(rows[2].pk, conflict=False),
    ]
    declarations.declare_all(seat=loose, answers=answers, by=expert)
    assert [r.state for r in rows_of(loose)] == ["open", "recused", "open"]
    assert [sees(expert, r) for r in rows] == [True, False, True]
    assert list(Recusal.objects.values_list("application_id", "found", "reason")) == [
        (rows[1].application_id, "declared", "近亲属任职")
    ]
    told = Event.objects.filter(action="conflict.declare").order_by("id")
    assert [e.target for e in told] == ["open", "recused", "open"]
    assert Event.objects.filter(action="recusal.record").count() == 1


@pytest.mark.parametrize(
    "answers",
    [
        lambda rows: [],
        lambda rows: [Answer(rows[0].pk, conflict=True, kind="kin", reason="亲")],
        lambda rows: [Answer(rows[0].pk, conflict=True, kind="kin", reason="亲" * 401)],
        lambda rows: [Answer(rows[0].pk, conflict=False)] * 2,
        lambda rows: [Answer(rows[0].pk, conflict=False), Answer(10**9, conflict=False)],
    ],
)
def test_a_wrong_answer_leaves_nothing(loose, expert, answers):
    with pytest.raises(Invalid):
        declarations.declare_all(seat=loose, answers=answers(rows_of(loose)), by=expert)
    assert Declaration.objects.count() == 0
    assert ApplicationUserObjectPermission.objects.filter(user=expert).count() == 0


def test_nobody_declares_for_another_or_before_accepting(panel, expert, experts):
    seat = table.seat(panel, expert, state="invited")
    row = rows_of(seat)[0]
    with pytest.raises(WrongState):
        declarations.declare(assignment=row, conflict=False, by=expert)
    seats.accept(seat=seat, by=expert)
    table.expert(experts[0])
    with pytest.raises(NotVisible):
        declarations.declare(assignment=row, conflict=False, by=experts[0])
    declarations.declare(assignment=row, conflict=False, by=expert)
    with pytest.raises(WrongState):
        declarations.declare(assignment=row, conflict=False, by=expert)


def test_leaving_closes_the_dossier_and_tells_the_office(loose, expert, officer):
    rows = table.declared(loose)
    table.finished(rows[0])
    declarations.step_aside(
        assignment=rows[0], ground="conflict", reason="发现持有该企业股份", by=expert
    )
    assert [r.state for r in rows_of(loose)] == ["recused", "open", "open"]
    assert [sees(expert, r) for r in rows] == [False, True, True]
    assert rows[0].marks.count() == 5  # nothing is edited
    assert Recusal.objects.get().found == "declared"
    told = Message.objects.filter(kind="recusal.filed")
    assert [m.recipient for m in told] == [officer]
    with pytest.raises(WrongState):
        declarations.step_aside(
            assignment=rows[0], ground="conflict", reason="发现持有该企业股份", by=expert
        )
    for ground, reason in (("", "专业不符合"), ("unable", "否")):
        with pytest.raises(Invalid):
            declarations.step_aside(assignment=rows[1], ground=ground, reason=reason, by=expert)


def test_a_conflict_found_later_is_the_offices_to_record(loose, expert, officer, applicant):
    row = table.declared(loose)[0]
    values = {"expert": loose.expert, "application": row.application}
    for person in (expert, applicant):
        with pytest.raises(NotPermitted):
            table.conflict(**values, reason="审计发现其持有股份。", by=person)
    with pytest.raises(Invalid):
        table.conflict(**values, reason="持股", by=officer)
    table.conflict(**values, reason="审计发现其持有该企业股份。", by=officer)
    assert [r.state for r in rows_of(loose)] == ["recused", "open", "open"]
    assert not sees(expert, row)
    event = Event.objects.get(action="recusal.record")
    assert (event.role, event.reason) == ("programme_officer", "审计发现其持有该企业股份。")
    with pytest.raises(WrongState):
        table.conflict(**values, reason="审计发现其持有该企业股份。", by=officer)


@pytest.mark.django_db(transaction=True)
def test_declaring_in_two_windows_at_one_instant(officer, firm, expert):
    seat = table.seat(table.panel(officer, firm, rules=LOOSE), expert)
    row = rows_of(seat)[0]
    results = race(
        [
            lambda: declarations.declare(assignment=row, conflict=False, by=expert),
            lambda: declarations.declare(
                assignment=row, conflict=True, kind="kin", reason="近亲属任职", by=expert
            ),
        ]
        * 3
    )
    assert sum(isinstance(r, Assignment) for r in results) == 1
    assert sum(isinstance(r, WrongState) for r in results) == 5
    assert Declaration.objects.count() == 1
    row.refresh_from_db()
    assert sees(expert, row) == (row.state == "open")


@pytest.mark.django_db(transaction=True)
def test_leaving_while_the_office_records_the_same_conflict(officer, firm, expert):
    seat = table.seat(table.panel(officer, firm, rules=LOOSE), expert)
    row = table.declared(seat)[0]
    results = race(
        [
            lambda: declarations.step_aside(
                assignment=row, ground="conflict", reason="发现持有股份", by=expert
            ),
            lambda: table.conflict(
                expert=seat.expert,
                application=row.application,
                reason="审计发现其持有该企业股份。",
                by=officer,
            ),
        ]
    )
    assert sum(isinstance(r, WrongState) for r in results) == 1, results
    assert Recusal.objects.count() == 1


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("conflicts", "said", "state"),
    [
        (0, "The dossiers are open to you.", "accepted"),
        (1, "You are recused from 1 of the dossiers.", "accepted"),
        (3, "the seat passes to the next in the drawn order", "replaced"),
    ],
)
def test_who_declares_too_many_is_told_that_the_seat_passes_on(draw, conflicts, said, state):
    seat = draw.seats.select_related("expert__user", "panel__call").order_by("pk")[0]
    seats.accept(seat=seat, by=seat.expert.user)
    answers = [
        Answer(row.pk, n < conflicts, "kin", "近亲属任职") for n, row in enumerate(rows_of(seat))
    ]
    kept = declarations.declare_all(seat=seat, answers=answers, by=seat.expert.user)
    assert said in declared_words(kept[0].seat, conflicts)
    seat.refresh_from_db()
    assert seat.state == state
