"""From eligible to ranked: panels, draw, invitations, declarations, marks, signatures, ranking."""

from datetime import datetime, time
from decimal import Decimal
from random import Random

from applications.sheet import Leaf
from audit import clock
from audit.digests import sm3
from calendars.deadlines import due
from calendars.selectors import working_days
from rehearsal.round import Round
from rehearsal.words import COMMENTS
from reviews.models import Assignment, Draw, Panel, Seat
from reviews.selectors.sheets import sheet_of
from reviews.services import (
    declarations,
    draws,
    opening,
    panels,
    ranking,
    scoring,
    seats,
    signing,
)
from reviews.services.declarations import Answer
from reviews.services.marking import Entry, Overall


def draw_experts(round_: Round) -> Draw:
    """Panels by industry, the input frozen, two sealed numbers, the draw pressed by the officer."""
    cast = round_.cast
    round_.wait_working_days(3)
    panels.form_panels(call=round_.call, by=cast["officer"])
    # Of its own, so that what the people do afterwards does not hang on it.
    salt = sm3(f"rehearsal {round_.call.number}".encode())
    round_.let_pass(20)
    draw = draws.prepare_draw(call=round_.call, salt=salt, by=cast["officer"])
    numbers = {side: f"{round_.rng.getrandbits(256):064x}" for side in ("operator", "supervisor")}
    round_.let_pass(12)
    draws.commit_secret(draw=draw, secret=numbers["operator"], by=cast["officer"])
    round_.refusals.expect(
        "one person seals both numbers",
        lambda: draws.commit_secret(draw=draw, secret=numbers["supervisor"], by=cast["officer"]),
    )
    round_.let_pass(7)
    draws.commit_secret(draw=draw, secret=numbers["supervisor"], by=cast["supervisor"])
    round_.refusals.expect(
        "drawn before the supervisor reveals",
        lambda: draws.perform_draw(draw=draw, secret=numbers["operator"], by=cast["officer"]),
    )
    round_.let_pass(15)
    draws.reveal_supervisor(draw=draw, secret=numbers["supervisor"], by=cast["supervisor"])
    round_.let_pass(4)
    return draws.perform_draw(draw=draw, secret=numbers["operator"], by=cast["officer"])


def answer_invitations(round_: Round) -> None:
    """Every expert accepts, one declines and the next in drawn order follows; then all declare."""
    round_.wait_working_days(1)
    decliner = next((s for s in _seats(round_, "invited") if s.expert.pseudonym != "E0001"), None)
    if decliner is not None:
        seats.decline(seat=decliner, reason="评审期间出差", by=decliner.expert.user)
    for seat in _seats(round_, "invited"):
        seats.accept(seat=seat, by=seat.expert.user)
    _declare(round_)
    # A replacement that a declaration brought about has its own invitation to answer.
    for seat in _seats(round_, "invited"):
        seats.accept(seat=seat, by=seat.expert.user)
    _declare(round_)


def _seats(round_: Round, state: str) -> list[Seat]:
    rows = Seat.objects.filter(draw__call=round_.call, state=state).exclude(draw__status="void")
    return list(rows.select_related("expert__user", "panel").order_by("pk"))


def _declare(round_: Round) -> None:
    """Every accepted seat declares on its dossiers; one expert has a conflict with one of them."""
    rows = Assignment.objects.filter(
        panel__call=round_.call, state="to_declare", seat__state="accepted"
    )
    by_seat: dict[int, list[Assignment]] = {}
    for row in rows.select_related("expert__user").order_by("seat_id", "pk"):
        by_seat.setdefault(row.seat_id, []).append(row)
    held = {s.pk: s for s in _seats(round_, "accepted")}
    many = sum(map(len, by_seat.values())) > 40
    conflicted = (
        next((pk for pk in by_seat if held[pk].expert.pseudonym != "E0001"), None) if many else None
    )
    for pk, mine in round_.walk("declared", list(by_seat.items())):
        answers = [Answer(a.pk, conflict=False) for a in mine]
        if pk == conflicted:
            answers[0] = Answer(
                mine[0].pk, conflict=True, kind="work", reason="近三年为该企业提供过咨询"
            )
        declarations.declare_all(seat=held[pk], answers=answers, by=held[pk].expert.user)


def open_review(round_: Round) -> None:
    """Scoring opens with its deadline ten working days away."""
    day = due(clock.today(), round_.call.rule_set.scoring_days, working_days()).day
    opening.open_scoring(
        call=round_.call,
        due_at=datetime.combine(day, time(17), tzinfo=clock.SHANGHAI),
        by=round_.cast["officer"],
    )
    round_.call.refresh_from_db()


def mark_of(rng: Random, leaf: Leaf, strength: float, severity: float) -> tuple[int, Decimal]:
    """A tier and a score near what the project deserves, shifted by the expert's severity."""
    deserved = float(leaf.weight) * min(
        1.0, max(0.0, strength + severity + rng.uniform(-0.15, 0.15))
    )
    value = Decimal(str(round(deserved, 1))).quantize(Decimal("0.01"))
    for index, tier in enumerate(leaf.tiers):
        if tier.low <= value <= tier.high:
            return index, value if rng.random() < 0.4 else tier.base
    last = len(leaf.tiers) - 1
    return last, leaf.tiers[last].base


def score_dossier(
    round_: Round, assignment: Assignment, leaves: tuple[Leaf, ...], severity: float
) -> None:
    """One expert marks one dossier and finishes it."""
    strength = round_.dossiers[assignment.application_id].strength
    entries = []
    for leaf in leaves:
        tier, score = mark_of(round_.rng, leaf, strength, severity)
        wordy = score != leaf.tiers[tier].base or leaf.weight > 5
        comment = round_.rng.choice(COMMENTS) if wordy else ""
        entries.append(Entry(leaf.code, tier, score, comment, version=0))
    scoring.save_marks(
        assignment=assignment,
        entries=entries,
        overall=Overall(round_.rng.choice(COMMENTS), version=0),
        finish=True,
        by=assignment.expert.user,
    )


def score_all(round_: Round, share: float = 1.0, leave: str = "") -> int:
    """Experts mark and sign, seat by seat; `share` below 1 leaves some at work, `leave` names one
    pseudonym who only finishes a third of theirs."""
    accepted = _seats(round_, "accepted")
    cut = round(len(accepted) * share)
    panels_of = {p.pk: p for p in Panel.objects.filter(call=round_.call)}
    done = 0
    for seat in round_.walk("scored", accepted[:cut]):
        severity = round_.rng.gauss(0, 0.05)
        panel = panels_of[seat.panel_id]
        leaves = tuple(sheet_of(panel).expert_leaves())
        mine = list(
            Assignment.objects.filter(seat=seat, state="open")
            .select_related("expert__user", "application")
            .order_by("application__number")
        )
        part = mine[: len(mine) // 3] if seat.expert.pseudonym == leave else mine
        for assignment in part:
            score_dossier(round_, assignment, leaves, severity)
            done += 1
        if part == mine:
            signing.sign(panel=panel, by=seat.expert.user)
            _try_after_lock(round_, mine[0], leaves[0])
    return done


def _try_after_lock(round_: Round, assignment: Assignment, leaf: Leaf) -> None:
    if round_.refusals.kinds.get("mark changed after signing"):
        return
    round_.refusals.expect(
        "mark changed after signing",
        lambda: scoring.save_mark(
            assignment=assignment,
            leaf=leaf.code,
            tier=0,
            score=leaf.weight,
            comment="",
            version=1,
            by=assignment.expert.user,
        ),
    )
    stranger = Assignment.objects.exclude(expert=assignment.expert).exclude(state="locked").first()
    if stranger is not None:
        round_.refusals.expect(
            "foreign sheet marked",
            lambda: scoring.save_mark(
                assignment=stranger,
                leaf=leaf.code,
                tier=0,
                score=leaf.weight,
                comment="",
                version=0,
                by=assignment.expert.user,
            ),
        )


def close_paper(round_: Round) -> None:
    """Scoring closes on the next working day."""
    round_.wait_working_days(1)
    ranking.close_scoring(call=round_.call, by=round_.cast["officer"])
    round_.call.refresh_from_db()


def rank_all(round_: Round) -> int:
    """The ranking is computed twice, ties are settled by joint decision."""
    cast = round_.cast
    made = ranking.compute_ranking(call=round_.call, by=cast["officer"])
    tied = list(made.entries.filter(tied=True).order_by("rank", "application__number"))
    if tied:
        decision = ranking.propose_joint_decision(
            call=round_.call,
            order=[e.application_id for e in tied],
            minutes_no=f"联席纪要〔{round_.call.year}〕2号",
            reason="各项得分完全相同，经联席会议研究确定先后。",
            by=cast["officer"],
        )
        ranking.confirm_joint_decision(decision=decision, by=cast["approver"])
        made = ranking.compute_ranking(call=round_.call, by=cast["officer"])
    again = ranking.compute_ranking(call=round_.call, by=cast["officer2"])
    if again.pk != made.pk:
        raise RuntimeError("the ranking did not come out the same twice")
    round_.call.refresh_from_db()
    return made.entries.count()


def review_all(round_: Round) -> int:
    """Draw to ranking, whole."""
    draw_experts(round_)
    answer_invitations(round_)
    open_review(round_)
    round_.wait_working_days(3)
    return score_all(round_)
