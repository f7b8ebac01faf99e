"""What waits for officers, supervisors and approvers in the review, call by call."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from accounts.waiting import WaitingItem
from applications.models import CallStatus
from reviews.models import Draw
from reviews.rules import SCRIBES
from reviews.selectors import waiting
from reviews.selectors.hearing import CORRECTED_IN
from reviews.waiting_scribe import scribing
from reviews.waiting_site import of_checks


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person."""
    items: list[WaitingItem] = []
    officer = has_role(user, Role.PROGRAMME_OFFICER)
    decides = officer or has_role(user, Role.APPROVER)
    types = has_any_role(user, *SCRIBES)
    calls = waiting.calls_under_way(user) if decides or types else []
    # A scribe acts in the call in no other way.
    apart = [call for call in calls if not call.is_scribe]
    if officer:
        items += _calls(apart, now)
        items += [item for call in calls for item in of_checks(call.site_checks, now)]
    if types:
        items += scribing(calls, now)
    if officer or has_role(user, Role.SUPERVISOR):
        items += _draws(user, officer=officer)
    return items + list(_decisions(apart if decides else []))


def _calls(calls: list[waiting.CallUnderWay], now: datetime) -> Iterator[WaitingItem]:
    """The officer's next act in each call under way."""
    for call in calls:
        if call.to_group and call.closes_at <= now:
            yield WaitingItem(
                title=_("Form the panels of call %(call)s") % {"call": call.number},
                why=_("Screening is done; every eligible dossier waits for a panel."),
                url=reverse("reviews:call_panels", args=[call.number]),
            )
        if call.to_draw:
            yield WaitingItem(
                title=_("Prepare the draw of call %(call)s") % {"call": call.number},
                why=_("The panels stand; experts can be drawn."),
                url=reverse("reviews:draw_prepare", args=[call.number]),
            )
        if call.short:
            yield WaitingItem(
                title=_("Dossiers of call %(call)s cannot get scores enough")
                % {"call": call.number},
                why=_("Too few experts are left after the recusals; see what can be done."),
                url=f"{reverse('reviews:progress', args=[call.number])}#short",
                count=call.short,
            )
        if call.status == CallStatus.IN_REVIEW:
            yield from _to_close(call, now)
        if call.status == CallStatus.HEARING:
            yield from _hearing(call, now)
        if call.status == CallStatus.SCORED:
            yield WaitingItem(
                title=_("Compute the ranking of call %(call)s") % {"call": call.number},
                why=_("Scoring is closed and every sheet is locked."),
                url=reverse("reviews:ranking", args=[call.number]),
            )
        if call.to_rank_again:
            yield WaitingItem(
                title=_("Compute the ranking of call %(call)s again") % {"call": call.number},
                why=_("A site check has corrected figures since."),
                url=reverse("reviews:ranking", args=[call.number]),
            )
        elif call.status == CallStatus.RANKED and call.ties and not call.deciding:
            yield WaitingItem(
                title=_("Settle the ties of call %(call)s") % {"call": call.number},
                why=_("No rule decides between them; a joint decision does."),
                url=f"{reverse('reviews:ranking', args=[call.number])}#ties",
                count=call.ties,
            )


def _hearing(call: waiting.CallUnderWay, now: datetime) -> Iterator[WaitingItem]:
    """The shortlist, days to set, minutes to keep; then the close."""
    of_call, url = {"call": call.number}, reverse("reviews:hearing", args=[call.number])
    if not call.shortlisted:
        yield WaitingItem(
            title=_("Draw up the shortlist of call %(call)s") % of_call,
            why=_("The paper review is closed; the rules say who is heard."),
            url=url,
        )
        return
    if call.unset:
        yield WaitingItem(
            title=_("Set day and place of the hearing of call %(call)s") % of_call,
            why=_("Firms and experts wait for their hour."),
            url=url,
            count=call.unset,
        )
    elif call.unkept:
        yield WaitingItem(
            title=_("Keep the minutes of the hearing of call %(call)s") % of_call,
            why=_("One for each dossier that was heard, or did not come."),
            url=url,
            count=call.unkept,
        )
    else:
        yield from _to_close(call, now)


def _to_close(call: waiting.CallUnderWay, now: datetime) -> Iterator[WaitingItem]:
    """A call where everybody has signed, or whose deadline has passed."""
    over = call.scoring_due_at is not None and call.scoring_due_at <= now
    if over or not call.unsigned:
        yield WaitingItem(
            title=_("Close the scoring of call %(call)s") % {"call": call.number},
            why=_("The deadline has passed; some sheets are not signed.")
            if call.unsigned
            else _("Every sheet is signed."),
            url=reverse("reviews:progress", args=[call.number]),
            due=call.scoring_due_at if over else None,
            late=over,
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


def _decisions(calls: list[waiting.CallUnderWay]) -> Iterator[WaitingItem]:
    """Joint decisions, and reasons for going on with too few scores, by another person."""
    for call in calls:
        for pk in call.to_agree:
            yield WaitingItem(
                title=_("Agree that dossiers of call %(call)s go on with too few scores")
                % {"call": call.number},
                why=_("A colleague gave the reason; it needs a second person."),
                url=reverse("reviews:shortfall", args=[pk]),
            )
        for pk in call.to_correct if call.status in CORRECTED_IN else ():
            yield WaitingItem(
                title=_("Confirm a correction of the minutes of a hearing, call %(call)s")
                % {"call": call.number},
                why=_("A colleague wrote it; it needs a second person."),
                url=reverse("reviews:hearing_minutes", args=[call.number, pk]),
            )
        for minutes in call.to_confirm if call.status == CallStatus.RANKED else ():
            yield WaitingItem(
                title=_("Confirm the joint decision of call %(call)s") % {"call": call.number},
                why=_("Minutes %(minutes)s; it needs a second person.") % {"minutes": minutes},
                url=f"{reverse('reviews:ranking', args=[call.number])}#ties",
            )
