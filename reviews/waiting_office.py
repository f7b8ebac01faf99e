"""What waits for officers, supervisors and approvers in the review, call by call."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from accounts.waiting import WaitingItem
from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from reviews.models import Assignment, Draw, JointDecision, RankingEntry
from reviews.selectors import office as reading
from reviews.selectors import rankings as ranked


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person."""
    items: list[WaitingItem] = []
    officer = has_role(user, Role.PROGRAMME_OFFICER)
    if officer:
        items += [*_to_group(now), *_to_draw()]
    if officer or has_role(user, Role.SUPERVISOR):
        items += _draws(user, officer=officer)
    if officer:
        items += [*_to_close(now), *_to_rank()]
    if has_any_role(user, Role.PROGRAMME_OFFICER, Role.APPROVER):
        items += _decisions(user)
    return items


def _to_group(now: datetime) -> Iterator[WaitingItem]:
    """Calls whose dossiers are all decided and stand on no panel yet."""
    mine = Application.objects.filter(call=OuterRef("pk"))
    eligible = mine.filter(status=Status.ELIGIBLE, place__isnull=True)
    waiting = mine.filter(status__in=reading.STILL_CHECKED)
    calls = Call.objects.filter(
        Exists(eligible),
        ~Exists(waiting),
        status__in=(CallStatus.PUBLISHED, CallStatus.SCREENED),
        closes_at__lte=now,
    ).order_by("year", "sequence")
    for call in calls:
        yield WaitingItem(
            title=_("Form the panels of call %(call)s") % {"call": call.number},
            why=_("Screening is done; every eligible dossier waits for a panel."),
            url=reverse("reviews:call_panels", args=[call.number]),
        )


def _to_draw() -> Iterator[WaitingItem]:
    for call in reading.calls_to_draw():
        yield WaitingItem(
            title=_("Prepare the draw of call %(call)s") % {"call": call.number},
            why=_("The panels stand; experts can be drawn."),
            url=reverse("reviews:draw_prepare", args=[call.number]),
        )


def _draws(user: User, *, officer: bool) -> Iterator[WaitingItem]:
    """Numbers to seal or reveal, draws to press, scoring to open."""
    rows = (
        Draw.objects.filter(
            Q(status__in=("prepared", "committed"))
            | Q(status="drawn", call__status=CallStatus.SCREENED)
        )
        .select_related("call")
        .defer("input", "result")
        .annotate(
            unanswered=Count("seats", filter=Q(seats__state="invited"), distinct=True),
        )
        .order_by("pk")
    )
    for draw in rows:
        words = _turn(draw, user, officer=officer)
        if words is not None:
            url = reverse("reviews:draw", args=[draw.number])
            yield WaitingItem(title=words[0], why=words[1], url=words[2] or url)


def _turn(draw: Draw, user: User, *, officer: bool) -> tuple[str, str, str] | None:
    """(act, why, address or "" for the draw's page) of this person in this draw."""
    number, mine = {"draw": draw.number}, draw.operator_id == user.pk
    witness = not mine and has_role(user, Role.SUPERVISOR)
    if draw.status == "prepared":
        sealed = draw.operator_commitment if mine else draw.supervisor_commitment
        if sealed or not (mine or witness):
            return None
        why = _("Officer and supervisor each seal one before the draw.")
        return _("Seal your number for draw %(draw)s") % number, why, ""
    if draw.status == "committed":
        if not draw.supervisor_secret and draw.supervisor_id == user.pk:
            why = _("Both numbers are sealed; yours is revealed first.")
            return _("Reveal your number for draw %(draw)s") % number, why, ""
        if draw.supervisor_secret and mine:
            return _("Press draw %(draw)s") % number, _("The supervisor has revealed."), ""
    elif officer and not draw.unanswered:  # type: ignore[attr-defined]  # counted by the query
        return (
            _("Open the scoring of call %(call)s") % {"call": draw.call.number},
            _("Every invitation is answered."),
            reverse("reviews:progress", args=[draw.call.number]),
        )
    return None


def _to_close(now: datetime) -> Iterator[WaitingItem]:
    """Calls where everybody has signed, or whose deadline has passed."""
    unsigned = Assignment.objects.filter(
        panel__call=OuterRef("pk"), state__in=("to_declare", "open", "finished")
    )
    calls = (
        Call.objects.filter(status=CallStatus.IN_REVIEW)
        .annotate(waits=Exists(unsigned))
        .order_by("year", "sequence")
    )
    for call in calls:
        over = call.scoring_due_at is not None and call.scoring_due_at <= now
        if over or not call.waits:
            yield WaitingItem(
                title=_("Close the scoring of call %(call)s") % {"call": call.number},
                why=_("The deadline has passed; some sheets are not signed.")
                if call.waits
                else _("Every sheet is signed."),
                url=reverse("reviews:progress", args=[call.number]),
                due=call.scoring_due_at if over else None,
                late=over,
            )


def _to_rank() -> Iterator[WaitingItem]:
    """Rankings to compute, and ties that no rule decides."""
    for call in Call.objects.filter(status=CallStatus.SCORED).order_by("year", "sequence"):
        yield WaitingItem(
            title=_("Compute the ranking of call %(call)s") % {"call": call.number},
            why=_("Scoring is closed and every sheet is locked."),
            url=reverse("reviews:ranking", args=[call.number]),
        )
    tied = RankingEntry.objects.filter(ranking__call=OuterRef("pk"), tied=True)
    for call in Call.objects.filter(Exists(tied), status=CallStatus.RANKED).order_by("pk"):
        if call.joint_decisions.filter(confirmed_at__isnull=True).exists():
            continue
        found = ranked.latest(call)
        count = found.entries.filter(tied=True).count() if found else 0
        if count:
            yield WaitingItem(
                title=_("Settle the ties of call %(call)s") % {"call": call.number},
                why=_("No rule decides between them; a joint decision does."),
                url=f"{reverse('reviews:ranking', args=[call.number])}#ties",
                count=count,
            )


def _decisions(user: User) -> Iterator[WaitingItem]:
    """Joint decisions that another person recorded."""
    rows = (
        JointDecision.objects.filter(confirmed_at__isnull=True, call__status=CallStatus.RANKED)
        .exclude(proposed_by=user)
        .select_related("call")
        .order_by("pk")
    )
    for row in rows:
        yield WaitingItem(
            title=_("Confirm the joint decision of call %(call)s") % {"call": row.call.number},
            why=_("Minutes %(minutes)s; it needs a second person.") % {"minutes": row.minutes_no},
            url=f"{reverse('reviews:ranking', args=[row.call.number])}#ties",
        )
