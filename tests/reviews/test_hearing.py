"""答辩: from the close of the paper review to the final ranking; what is refused on the way."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from applications.models import Call
from applications.wording import on_record
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from notifications.models import Message
from reviews.draw.protocol import hearing_order
from reviews.models import Assignment, Recusal, ShortlistEntry, Stage
from reviews.office_words import OFF_SHORTLIST
from reviews.selectors import exports
from reviews.selectors.recomputed import digest_of, rank_call
from reviews.services import conflicts, declarations, ranking, scoring, signing
from reviews.services import hearing as acts
from tests.reviews import hearing, round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def entries(call: Call) -> list[ShortlistEntry]:
    rows = ShortlistEntry.objects.filter(shortlist__call=call, place__isnull=False)
    return list(rows.select_related("application", "panel", "shortlist__call").order_by("place"))


def work(call: Call) -> Assignment:
    rows = Assignment.objects.filter(panel__call=call, stage=Stage.HEARING, state="open")
    return rows.select_related("expert__user", "application", "seat", "panel__call").order_by("pk")[
        0
    ]


def conflict_found(row: Assignment, officer) -> None:
    finding = conflicts.Finding(row, "kin", "与企业的利益关系经核实属实", "举报信及核查记录")
    conflicts.record_conflict(finding=finding, by=officer)


def one_entry(row: Assignment) -> list[scoring.Entry]:
    return [scoring.Entry("J1.2", 0, Decimal("9.10"), "", 0)]


def test_from_the_close_on_paper_to_the_final_ranking(marked, officer):
    call = marked
    assert {a.status for a in call.applications.all()} == {Status.SHORTLISTED}
    ranking.close_hearing(call=call, by=officer)
    call.refresh_from_db()
    assert (call.status, {a.status for a in call.applications.all()}) == (
        "scored",
        {Status.HEARING_SCORED},
    )
    made = ranking.compute_ranking(call=call, by=officer)
    for entry in made.entries.all():
        told = entry.details["hearing"]
        for name in ("total", "employment"):
            paper, spoken = Decimal(told["paper"][name]), Decimal(told["points"][name])
            exact = (paper * 60 + spoken * 40) / 100
            assert getattr(entry, name) == exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")
        assert entry.scores == 5
    assert digest_of(rank_call(call)) == made.digest


def test_the_order_is_that_of_the_lot(shortlisted):
    listed = entries(shortlisted)
    seed = bytes.fromhex(shortlisted.draws.get().seed)
    numbers = [entry.application.number for entry in listed]
    assert [(bytes.fromhex(e.key), e.application.number) for e in listed] == hearing_order(
        seed, "1", reversed(numbers)
    )
    assert [entry.place for entry in listed] == [1, 2, 3, 4]


def test_who_is_beyond_the_envelopes_is_not_heard_and_learns_why(on_paper, officer, applicant):
    """Four ask for 24 m each: with the second of them two envelopes of 20 m are reached."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE applications_call SET envelope = 20000000, max_request = 20000000,"
            ' rules = rules || \'{"hearing_shortlist": "times"}\' WHERE id = %s',
            [on_paper.pk],
        )
        cursor.execute(
            "UPDATE reviews_mark m SET score = score - 0.01 * (a.application_id % 4)"
            " FROM reviews_assignment a WHERE a.id = m.assignment_id AND m.score > 1"
        )
        cursor.execute("SET session_replication_role = origin")
    hearing.closed_on_paper(on_paper, officer)
    made = hearing.drawn_up(on_paper, officer)
    states = list(made.entries.order_by("rank").values_list("state", flat=True))
    assert states == ["shortlisted", "shortlisted", "beyond", "beyond"]
    gone = on_paper.applications.filter(status=Status.NOT_SHORTLISTED)
    assert gone.count() == 2
    told = Message.objects.filter(recipient=applicant, kind="application.leave_off_shortlist")
    assert told.count() == 2
    assert {m.context["reason"] for m in told} == {on_record(OFF_SHORTLIST["beyond"])}
    hearing.sit(on_paper, officer)
    assert Assignment.objects.filter(stage=Stage.HEARING).count() == 2 * 5


def test_whoever_shares_the_last_rank_comes_along(on_paper, officer):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE applications_call SET envelope = 12000000, max_request = 12000000,"
            ' rules = rules || \'{"hearing_shortlist": "times"}\' WHERE id = %s',
            [on_paper.pk],
        )
        cursor.execute("SET session_replication_role = origin")
    hearing.closed_on_paper(on_paper, officer)
    made = hearing.drawn_up(on_paper, officer)
    assert {e.state for e in made.entries.all()} == {"shortlisted"}


def test_nobody_marks_before_the_dossiers_own_hour(shortlisted):
    row = work(shortlisted)
    with pytest.raises(WrongState, match="begins"):
        scoring.save_marks(assignment=row, entries=one_entry(row), by=row.expert.user)


def test_nobody_marks_after_the_deadline(begun):
    clock.travel_to(begun.scoring_due_at + timedelta(seconds=1))
    row = work(begun)
    with pytest.raises(TooLate):
        scoring.save_marks(assignment=row, entries=one_entry(row), by=row.expert.user)


def test_only_the_panels_own_expert_marks(begun, expert, experts):
    row = work(begun)
    stranger = next(e for e in experts if e.pk != row.expert.user_id)
    with pytest.raises(NotVisible):
        scoring.save_marks(assignment=row, entries=one_entry(row), by=stranger)


def test_a_leaf_of_the_paper_sheet_is_not_on_this_one(begun):
    row = work(begun)
    paper_leaf = [scoring.Entry("Q3.1", 0, Decimal("7.00"), "", 0)]
    with pytest.raises(Invalid):
        scoring.save_marks(assignment=row, entries=paper_leaf, by=row.expert.user)


def test_a_recused_expert_is_not_at_the_hearing(on_paper, officer):
    row = Assignment.objects.filter(panel__call=on_paper, state="locked").first()
    conflict_found(row, officer)
    hearing.closed_on_paper(on_paper, officer)
    hearing.drawn_up(on_paper, officer)
    hearing.sit(on_paper, officer)
    heard = Assignment.objects.filter(stage=Stage.HEARING, application=row.application)
    assert row.expert_id not in heard.values_list("expert", flat=True)
    assert heard.count() == 4


def test_a_conflict_found_at_the_hearing_voids_both_stages(begun, officer):
    row = work(begun)
    declarations.step_aside(
        assignment=row, ground="conflict", reason="发现亲属在企业任职", by=row.expert.user
    )
    both = Assignment.objects.filter(expert=row.expert, application=row.application)
    assert dict(both.values_list("stage", "state")) == {"paper": "void", "hearing": "recused"}
    assert Recusal.objects.filter(expert=row.expert, application=row.application).count() == 1


def test_a_conflict_found_later_voids_both_stages_and_the_shortlist_still_follows(marked, officer):
    row = Assignment.objects.filter(panel__call=marked, stage="hearing").order_by("pk")[0]
    conflict_found(row, officer)
    both = Assignment.objects.filter(expert=row.expert, application=row.application)
    assert set(both.values_list("state", flat=True)) == {"void"}
    ranking.close_hearing(call=marked, by=officer)
    ranking.compute_ranking(call=marked, by=officer)
    call_command("rank", marked.number)  # exits 1 if the shortlist did not follow


def test_a_firm_that_does_not_come_is_not_ranked(shortlisted, officer, applicant):
    call = shortlisted
    hearing.pass_sittings(call)
    first, *others = entries(call)
    hearing.come(first, officer, came=False)
    for entry in others:
        hearing.come(entry, officer)
    assert (
        Assignment.objects.filter(application=first.application, stage="hearing")
        .values_list("state", flat=True)
        .distinct()
        .get()
        == "void"
    )
    assert Message.objects.filter(recipient=applicant, kind="hearing.absent").count() == 1
    for seat in hearing.seats(call):
        hearing.mark(seat)
    ranking.close_hearing(call=call, by=officer)
    made = ranking.compute_ranking(call=call, by=officer)
    absent = made.entries.get(application=first.application)
    assert (absent.state, absent.rank, absent.total) == ("absent", None, None)
    assert made.entries.filter(state="ranked").count() == 3


def test_whoever_was_marked_came(begun, shortlisted, officer):
    entry = entries(begun)[0]
    with pytest.raises(WrongState, match="kept already"):
        hearing.come(entry, officer, came=False)


def test_a_marked_hearing_is_not_recorded_as_missed(shortlisted, officer):
    hearing.pass_sittings(shortlisted)
    row = work(shortlisted)
    scoring.save_marks(
        assignment=row,
        entries=[scoring.Entry("Q1.1", 0, Decimal("18.00"), "", 0)],
        by=row.expert.user,
    )
    entry = next(e for e in entries(shortlisted) if e.application_id == row.application_id)
    with pytest.raises(WrongState, match="took place"):
        hearing.come(entry, officer, came=False)


def test_it_closes_with_every_minutes_and_every_signature(shortlisted, officer):
    call = shortlisted
    hearing.pass_sittings(call)
    with pytest.raises(WrongState, match="minutes of 4"):
        ranking.close_hearing(call=call, by=officer)
    hearing.all_come(call, officer)
    with pytest.raises(WrongState, match="not signed"):
        ranking.close_hearing(call=call, by=officer)


def test_too_few_at_the_hearing_needs_a_second_persons_word(begun, officer, approver):
    call = begun
    first, second, *_rest = hearing.seats(call)
    hearing.mark(first)
    hearing.mark(second)
    clock.travel_to(call.scoring_due_at + timedelta(seconds=1))
    with pytest.raises(WrongState, match="too few"):
        ranking.close_hearing(call=call, by=officer)
    round.go_on_with_too_few(call, officer, approver)
    ranking.close_hearing(call=call, by=officer)
    made = ranking.compute_ranking(call=call, by=officer)
    assert set(made.entries.values_list("state", flat=True)) == {"too_few"}


def test_what_is_refused_to_the_office(on_paper, officer, approver):
    hearing.closed_on_paper(on_paper, officer)
    panel = on_paper.panels.get()
    soon = clock.now() + timedelta(hours=1)
    with pytest.raises(WrongState, match="no dossier on the shortlist"):
        acts.set_sitting(panel=panel, starts_at=soon, venue="大厅", by=officer)
    with pytest.raises(NotPermitted):
        acts.draw_up_shortlist(call=on_paper, due_at=soon, by=approver)
    with pytest.raises(Invalid, match="future"):
        acts.draw_up_shortlist(call=on_paper, due_at=clock.now(), by=officer)
    with pytest.raises(WrongState, match="shortlist first"):
        ranking.close_hearing(call=on_paper, by=officer)
    hearing.drawn_up(on_paper, officer)
    with pytest.raises(WrongState, match="stands already"):
        hearing.drawn_up(on_paper, officer)
    with pytest.raises(WrongState, match="not set yet"):
        hearing.come(entries(on_paper)[0], officer)
    with pytest.raises(Invalid, match="lie in the future"):
        acts.set_sitting(panel=panel, starts_at=clock.now(), venue="大厅", by=officer)
    with pytest.raises(Invalid, match="more time first"):
        late = clock.now() + timedelta(days=30)
        acts.set_sitting(panel=panel, starts_at=late, venue="大厅", by=officer)
    with pytest.raises(Invalid, match="where"):
        acts.set_sitting(panel=panel, starts_at=soon, venue=" ", by=officer)
    acts.set_sitting(panel=panel, starts_at=soon, venue="大厅", by=officer)
    with pytest.raises(WrongState, match="not begun"):
        hearing.come(entries(on_paper)[0], officer)
    clock.travel_to(soon + timedelta(minutes=1))
    with pytest.raises(WrongState, match="time stands"):
        acts.set_sitting(panel=panel, starts_at=soon, venue="别处", by=officer)


def test_a_call_without_a_hearing_goes_as_before(scored, officer):
    ranking.close_scoring(call=scored, by=officer)
    scored.refresh_from_db()
    assert scored.status == "scored"
    made = ranking.compute_ranking(call=scored, by=officer)
    assert "hearing" not in made.entries.first().details
    assert not any(name.startswith("hearing") for name in made.rules)
    assert exports.score_columns(scored) == exports.SCORES
    assert exports.ranking_columns(scored) == exports.RANKING


def test_the_same_signature_does_not_serve_twice(marked):
    seat = hearing.seats(marked)[0]
    with pytest.raises(WrongState):
        signing.sign(panel=seat.panel, stage=Stage.HEARING, by=seat.expert.user)
