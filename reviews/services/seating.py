"""Seats after the draw: who is invited, which dossiers are laid out, who is barred from which."""

from applications.models import Application
from audit import clock
from notifications.services import notify
from reviews.models import Assignment, Draw, Expert, Panel, PanelApplication, Recusal, Seat
from reviews.rules import standing


def seat_experts(draw: Draw) -> None:
    """A seat for every place of the draw's result, each with its invitation."""
    panels = {str(p.number): p for p in Panel.objects.filter(call=draw.call)}
    experts = {e.pseudonym: e for e in Expert.objects.select_related("user")}
    counts: dict[tuple[str, str], int] = {}
    now = clock.now()
    for place in draw.result:
        key = (place["panel"], place["seat"])
        counts[key] = counts.get(key, 0) + 1
        seat = Seat.objects.create(
            draw=draw,
            panel=panels[place["panel"]],
            code=f"{place['seat']}.{counts[key]}",
            expert=experts[place["expert"]],
            rank=place["rank"],
            invited_at=now,
        )
        invite(seat)
    Panel.objects.filter(call=draw.call).update(status="drawn")


def invite(seat: Seat) -> None:
    """Queue the invitation and lay out the dossiers to declare on, in the caller's transaction."""
    submissions = {
        a.pk: a.submissions.order_by("-version").first()
        for a in standing(seat.panel.call)
        .filter(place__panel=seat.panel)
        .prefetch_related("submissions")
    }
    barred = _recuse_by_system(seat, list(submissions))
    Assignment.objects.bulk_create(
        Assignment(
            seat=seat,
            panel=seat.panel,
            expert=seat.expert,
            application_id=place.application_id,
            submission=submissions[place.application_id],
            state="recused" if place.application_id in barred else "to_declare",
        )
        for place in PanelApplication.objects.filter(panel=seat.panel, application__in=submissions)
    )
    notify(
        kind="seat.invited",
        recipients=[seat.expert.user],
        key=f"seat.invited:{seat.pk}",
        context={"call": seat.draw.call.number, "dossiers": len(submissions)},
        url="/my-reviews/",
        about=seat,
    )


def _recuse_by_system(seat: Seat, applications: list[int]) -> set[int]:
    """Record the conflicts the frozen input names for this expert; returns every dossier barred
    to them.
    """
    numbers = dict(Application.objects.filter(pk__in=applications).values_list("number", "pk"))
    named = {
        numbers[r["application"]]: r["reason"]
        for r in seat.draw.input["recusals"]
        if r["expert"] == seat.expert.pseudonym and r["application"] in numbers
    }
    known = set(
        Recusal.objects.filter(expert=seat.expert, application__in=applications).values_list(
            "application_id", flat=True
        )
    )
    Recusal.objects.bulk_create(
        Recusal(
            panel=seat.panel,
            expert=seat.expert,
            application_id=application,
            found="system",
            reason=reason,
            recorded_at=clock.now(),
        )
        for application, reason in named.items()
        if application not in known
    )
    return known | set(named)
