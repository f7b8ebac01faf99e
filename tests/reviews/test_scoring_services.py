"""Marks, finishing, signing: every refusal, and races with real threads."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError

from applications.models import Call
from audit import clock
from audit.models import Event
from audit.refusals import Conflict, Invalid, NotVisible, Refused, TooLate, WrongState
from reviews.models import Assignment, Mark, ScoreSheet
from reviews.services import declarations, scoring, signing
from reviews.services.scoring import Entry, MarksConflict, NotFinished, Overall
from tests.racing import race
from tests.reviews import table

pytestmark = pytest.mark.django_db
D = Decimal


def save(row, by, **changed):
    """One mark: Q3.1, tier 1 (base 5.00 of 7), unless told otherwise."""
    values = {"leaf": "Q3.1", "tier": 1, "score": D("5"), "comment": "", "version": 0} | changed
    return scoring.save_mark(assignment=row, by=by, **values)


@pytest.mark.parametrize(
    "changed",
    [
        {"score": D("7.01")},
        {"score": D("-0.01")},
        {"score": D("5.001")},
        {"score": D("NaN")},
        {"score": D("Infinity")},
        {"tier": 4},
        {"tier": -1},
        {"leaf": "Q2.1"},  # a formula leaf
        {"leaf": "X1"},
        {"comment": "长" * 2001},
    ],
)
def test_what_no_mark_may_be_is_refused(opened, expert, changed):
    with pytest.raises(Invalid):
        save(opened[0], expert, **changed)
    assert Mark.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"score": None}, "score_missing"),
        ({"tier": None}, "tier_missing"),
        ({"score": D("6.50")}, "tier_range"),
        ({"score": D("5.60")}, "comment_short"),
        ({"score": D("5.60"), "comment": "字" * 19}, "comment_short"),
    ],
)
def test_an_unfinished_mark_is_kept_but_not_finished(opened, expert, changed, missing):
    row = opened[0]
    others = [e for e in table.entries(row) if e.leaf != "Q3.1"]
    scoring.save_marks(assignment=row, entries=others, by=expert)
    save(row, expert, **changed)
    with pytest.raises(NotFinished) as refusal:
        scoring.finish(assignment=row, by=expert)
    assert list(refusal.value.problems) == ["Q3.1"]
    assert Assignment.objects.get(pk=row.pk).state == "open"
    save(row, expert, score=D("5.60"), comment="字" * 20, version=1)
    scoring.finish(assignment=row, by=expert)
    assert Assignment.objects.get(pk=row.pk).state == "finished"


def test_the_call_sets_how_much_grounds_are_wanted(officer, firm, expert):
    panel = table.panel(officer, firm, rules={"comment_min_chars": 5})
    row = table.declared(table.seat(panel, expert))[0]
    entries = [
        Entry(e.leaf, e.tier, e.score - D("0.10"), "字字字字字", 0) for e in table.entries(row)
    ]
    assert scoring.save_marks(assignment=row, entries=entries, finish=True, by=expert).state == (
        "finished"
    )


def test_a_finished_dossier_that_changes_is_open_again_and_says_so(opened, expert):
    row = table.finished(opened[0])
    scoring.save_marks(
        assignment=row, entries=[], overall=Overall("总体可行。", 0), by=expert
    )  # the same
    assert Assignment.objects.get(pk=row.pk).state == "finished"
    scoring.save_marks(assignment=row, entries=[], overall=Overall("再议。", 1), by=expert)
    assert Assignment.objects.get(pk=row.pk).state == "open"
    actions = Event.objects.filter(object_id=str(row.pk), object_type="reviews.assignment")
    assert list(actions.order_by("id").values_list("action", "source", "target")) == [
        ("conflict.declare", "to_declare", "open"),
        ("score.finish", "open", "finished"),
        ("score.reopen", "finished", "open"),
    ]


def test_a_page_is_saved_whole_or_not_at_all(opened, expert):
    row = opened[0]
    good = Entry("Q1.2", 0, D(6), "", 0)
    with pytest.raises(Invalid):
        scoring.save_marks(assignment=row, entries=[good, Entry("Q3.1", 0, D(8), "", 0)], by=expert)
    assert Mark.objects.count() == 0
    scoring.save_marks(assignment=row, entries=[good], by=expert)
    stale = [Entry("Q1.2", 1, D(4), "", 0), Entry("Q3.1", 0, D(7), "", 0)]
    with pytest.raises(MarksConflict) as clash:
        scoring.save_marks(assignment=row, entries=stale, overall=Overall("意见", 3), by=expert)
    assert clash.value.leaves == ("Q1.2", "")
    assert list(Mark.objects.values_list("leaf", "score", "version")) == [("Q1.2", D(6), 1)]


def test_sent_twice_is_saved_once(opened, expert):
    for _time in range(2):
        save(opened[0], expert)
    assert list(Mark.objects.values_list("version", flat=True)) == [1]


def test_only_ones_own_and_only_when_open(opened, seat, expert, experts):
    table.expert(experts[0])
    with pytest.raises(NotVisible):
        save(opened[0], experts[0])
    with pytest.raises(NotVisible):
        scoring.finish(assignment=opened[0], by=experts[0])
    with pytest.raises(NotVisible):
        declarations.step_aside(
            assignment=opened[0], ground="unable", reason="专业不符", by=experts[0]
        )
    other = table.seat(seat.panel, experts[0])
    with pytest.raises(WrongState):
        save(other.assignments.first(), experts[0])
    with pytest.raises(WrongState):  # somebody else's panel has nothing of theirs to sign
        signing.sign(panel=table.panel(seat.panel.created_by, _firm(seat)), by=expert)


def _firm(seat):
    return seat.panel.places.first().application.firm


@pytest.mark.parametrize("status", ["screened", "scored", "ranked"])
def test_nothing_is_saved_outside_of_the_review(opened, expert, status):
    Call.objects.update(status=status)
    with pytest.raises(WrongState):
        save(opened[0], expert)


def test_nothing_is_saved_from_the_deadline_on(opened, expert):
    rows = [table.finished(row) for row in opened]
    Call.objects.update(scoring_due_at=clock.now())
    for act in (
        lambda: save(opened[0], expert, version=1, tier=0, score=D(7)),
        lambda: scoring.finish(assignment=rows[0], by=expert),
        lambda: signing.sign(panel=rows[0].panel, by=expert),
    ):
        with pytest.raises(TooLate):
            act()
    Call.objects.update(scoring_due_at=clock.now() + timedelta(minutes=1))
    assert signing.sign(panel=rows[0].panel, by=expert).content["dossiers"][0]["marks"]


def test_signing_wants_every_dossier_and_what_was_shown(opened, expert):
    panel = opened[0].panel
    for row in opened[:-1]:
        table.finished(row)
    with pytest.raises(WrongState, match="1"):
        signing.sign(panel=panel, by=expert)
    table.finished(opened[-1])
    with pytest.raises(Conflict):
        signing.sign(panel=panel, by=expert, digest="0" * 64)
    sheet = signing.sign(panel=panel, by=expert)
    assert Event.objects.get(action="score.sign").after["digest"] == sheet.digest
    with pytest.raises(WrongState):
        signing.sign(panel=panel, by=expert)
    with pytest.raises(WrongState):
        save(opened[0], expert, version=1, tier=0, score=D(7))
    with pytest.raises(WrongState):
        declarations.step_aside(
            assignment=opened[0], ground="conflict", reason="亲属任职", by=expert
        )


@pytest.mark.django_db(transaction=True)
def test_a_mark_and_the_signature_at_one_instant(officer, firm, expert):
    """Whichever comes first, the sheet holds exactly the marks that stand."""
    panel = table.panel(officer, firm, dossiers=1)
    row = table.declared(table.seat(panel, expert))[0]
    table.finished(row)
    results = race(
        [
            lambda: signing.sign(panel=panel, by=expert),
            lambda: save(row, expert, version=1, tier=0, score=D("6.50"), comment="字" * 20),
            lambda: signing.sign(panel=panel, by=expert),
            lambda: Mark.objects.filter(assignment=row, leaf="Q3.1").update(score=D("0.50")),
        ]
    )
    # The plain update may lock rows in the other order; the database then ends one of the two.
    assert all(isinstance(r, Refused | ScoreSheet | Mark | int | DatabaseError) for r in results)
    for sheet in ScoreSheet.objects.all():
        signed = {m["leaf"]: m["score"] for m in sheet.content["dossiers"][0]["marks"]}
        assert signed == {m.leaf: f"{m.score:.2f}" for m in row.marks.all()}
    assert ScoreSheet.objects.count() == sum(isinstance(r, ScoreSheet) for r in results) <= 1


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_one_instant(officer, firm, expert):
    panel = table.panel(officer, firm, dossiers=1)
    row = table.declared(table.seat(panel, expert))[0]
    results = race(
        [lambda n=n: save(row, expert, score=D(n)) for n in (3, 4, 5, 6)],
    )
    saved = [r for r in results if isinstance(r, Mark)]
    assert len(saved) == 1
    assert sum(isinstance(r, MarksConflict) for r in results) == 3
    assert row.marks.get().score == saved[0].score
