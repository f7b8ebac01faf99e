"""What the office's lists read: the pool, calls on their way through the review, recusals."""

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application, Call, CallStatus, Industry
from applications.workflow import Status
from reviews.models import (
    Assignment,
    Draw,
    Expert,
    ExpertInterest,
    Panel,
    PanelApplication,
    Recusal,
    Seat,
    SeatState,
)

FROM_PANELS_ON = (
    CallStatus.SCREENED,
    CallStatus.IN_REVIEW,
    CallStatus.SCORED,
    CallStatus.RANKED,
    CallStatus.DECIDED,
    CallStatus.ON_NOTICE,
    CallStatus.AWARDED,
    CallStatus.CLOSED,
)
STILL_CHECKED = (Status.SUBMITTED, Status.RECOMMENDED, Status.RETURNED)


def industries() -> dict[str, Industry]:
    """Every industry by its code."""
    return {i.code: i for i in Industry.objects.all()}


def experts(
    *, text: str = "", kind: str = "", specialty: str = "", state: str = ""
) -> QuerySet[Expert]:
    """The pool by pseudonym, narrowed; each with how many seats of standing draws it holds."""
    sits = Q(seats__state__in=(SeatState.INVITED, SeatState.ACCEPTED), seats__draw__status="drawn")
    found = (
        Expert.objects.select_related("user", "employer", "region")
        .annotate(
            seated=Count("seats", filter=sits, distinct=True),
            ties=Count("interests", distinct=True),
        )
        .order_by("pseudonym")
    )
    if text:
        found = found.filter(
            Q(pseudonym__iexact=text)
            | Q(user__name__icontains=text)
            | Q(employer__name__icontains=text)
        )
    if kind:
        found = found.filter(kinds__contains=[kind])
    if specialty:
        found = found.filter(specialties__contains=[specialty])
    if state:
        found = found.filter(active=state == "active")
    return found


def kinds_in_pool() -> dict[str, int]:
    """How many active experts there are of each kind."""
    counts: dict[str, int] = {}
    for kinds in Expert.objects.filter(active=True).values_list("kinds", flat=True):
        for kind in kinds:
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def not_in_pool() -> QuerySet[User]:
    """People with the expert role who have no entry yet."""
    return (
        users_with_role(Role.EXPERT)
        .exclude(Exists(Expert.objects.filter(user=OuterRef("pk"))))
        .order_by("name", "pk")
    )


def interests_of(expert: Expert) -> QuerySet[ExpertInterest]:
    return expert.interests.select_related("organisation").order_by("organisation__name", "kind")


def seats_of(expert: Expert) -> QuerySet[Seat]:
    """Every seat the expert was drawn to, the newest first."""
    return expert.seats.select_related("panel__call", "draw").order_by("-invited_at", "-pk")


def calls_to_group() -> list[Call]:
    """Calls from the end of screening on, and closed ones whose dossiers are all decided; newest
    first, each with `.dossiers` and `.panel_count`.
    """
    waiting = Application.objects.filter(call=OuterRef("pk"), status__in=STILL_CHECKED)
    eligible = Application.objects.filter(call=OuterRef("pk"), status=Status.ELIGIBLE)
    return list(
        Call.objects.filter(
            Q(status__in=FROM_PANELS_ON)
            | Q(Exists(eligible), ~Exists(waiting), status=CallStatus.PUBLISHED)
        )
        .annotate(
            panel_count=Count("panels", distinct=True),
            dossiers=Count("panels__places", distinct=True),
            eligible=Count(
                "applications", filter=Q(applications__status=Status.ELIGIBLE), distinct=True
            ),
        )
        .prefetch_related(
            Prefetch("draws", Draw.objects.exclude(status="void"), to_attr="live_draws"),
            Prefetch("panels", Panel.objects.order_by("number"), to_attr="panel_list"),
        )
        .order_by("-year", "-sequence")
    )


def panels_of(call: Call) -> list[Panel]:
    """A call's panels with their dossiers in order, as `.dossiers`. Three queries."""
    places = PanelApplication.objects.select_related(
        "application__firm", "application__region", "application__industry"
    ).order_by("order")
    return list(
        call.panels.prefetch_related(
            Prefetch("places", places, to_attr="dossiers"), "industries"
        ).order_by("number")
    )


def assigned(panel: Panel) -> list[Assignment]:
    """Who reviews which dossiers of a panel, or has signed them, by pseudonym and in the panel's
    order. One query.
    """
    rows = Assignment.objects.filter(panel=panel).exclude(state="void", sheet__isnull=True)
    found = list(
        rows.select_related("expert__user", "application").order_by(
            "expert__pseudonym", "application__place__order"
        )
    )
    for row in found:
        row.panel = panel
    return found


def live_draw(call: Call) -> Draw | None:
    """The draw that stands or is under way."""
    return call.draws.exclude(status="void").select_related("operator", "supervisor").first()


def last_draw(call: Call) -> Draw | None:
    """The latest draw, which alone may be other than void, with who voided it."""
    return call.draws.select_related("voided_by").defer("input", "result").first()


def draws() -> QuerySet[Draw]:
    """Every draw, the newest first, without its bulky input."""
    return (
        Draw.objects.select_related("call", "operator", "supervisor")
        .defer("input", "result")
        .annotate(
            open_seats=Count("seats", filter=Q(seats__state=SeatState.INVITED), distinct=True),
            manned=Count("seats", filter=Q(seats__state=SeatState.ACCEPTED), distinct=True),
        )
        .order_by("-prepared_at", "-pk")
    )


def calls_to_draw() -> list[Call]:
    """Calls with panels and no draw under way."""
    return list(Call.objects.filter(drawable()).order_by("-year", "-sequence"))


def drawable() -> Q:
    """Of a call: its panels stand and no draw is under way."""
    return Q(
        Exists(Panel.objects.filter(call=OuterRef("pk"))),
        ~Exists(Draw.objects.filter(call=OuterRef("pk")).exclude(status="void")),
        status=CallStatus.SCREENED,
    )


def seats_of_draw(draw: Draw) -> list[Seat]:
    """Every seat of a draw, those who left included, by panel, seat and who followed whom."""
    return list(
        draw.seats.select_related("panel", "expert__user", "expert__employer").order_by(
            "panel__number", "code", "pk"
        )
    )


def recusals_of(call: Call) -> QuerySet[Recusal]:
    """Who was kept from which dossier, and why; the latest first."""
    return (
        Recusal.objects.filter(panel__call=call)
        .select_related("panel", "expert__user", "application", "recorded_by")
        .order_by("-recorded_at", "panel__number", "application__number")
    )


def unsigned(call: Call) -> int:
    """How many sheets of dossiers are still not signed."""
    return Assignment.objects.filter(
        panel__call=call, state__in=("to_declare", "open", "finished")
    ).count()
