from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models import Application, Call, Industry
from reviews.models.guards import NOT_EMPTIED, kept, unchanged
from reviews.models.pool import Expert

USER = settings.AUTH_USER_MODEL


class Panel(models.Model):
    """A review panel (评审组): dossiers of kindred industries scored by the same experts."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="panels")
    number = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300)
    industries = models.ManyToManyField(Industry, related_name="panels")
    references = models.JSONField(
        default=dict, blank=True
    )  # formula leaf code -> reference of this group
    seats_wanted = models.JSONField(default=list)  # [{"id", "kind", "specialty" | null, "count"}]
    status = models.CharField(
        max_length=10,
        choices=(
            ("forming", _("forming")),
            ("drawn", _("drawn")),
            ("scoring", _("scoring")),
            ("closed", _("closed")),
        ),
        default="forming",
    )
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("call_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("call", "number"), name="one_panel_per_number"),
        )


class PanelApplication(models.Model):
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="places")
    application = models.OneToOneField(Application, models.PROTECT, related_name="place")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("panel_id", "order")
        constraints = (
            models.UniqueConstraint(fields=("panel", "order"), name="one_dossier_per_place"),
        )


class Draw(models.Model):
    """One draw of experts for all panels of a call, by commit and reveal; reproducible from what
    it keeps.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="draws")
    number = models.CharField(max_length=20, unique=True)  # 2026-1-D1
    status = models.CharField(
        max_length=10,
        choices=(
            ("prepared", _("prepared")),
            ("committed", _("both numbers sealed")),
            ("drawn", _("drawn")),
            ("void", _("void")),
        ),
        default="prepared",
    )
    input = models.JSONField()
    input_hash = models.CharField(max_length=64)
    # Opens the institutions' hashes of the input, and its digest of `grounds`; for auditors, never
    # published.
    salt = models.CharField(max_length=64)
    # Why each pair of the input's recusals is barred: [{"expert", "application", "ground"}].
    grounds = models.JSONField(default=list)
    operator = models.ForeignKey(USER, models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    operator_commitment = models.CharField(max_length=64, blank=True)
    supervisor_commitment = models.CharField(max_length=64, blank=True)
    operator_secret = models.CharField(max_length=64, blank=True)  # hex; empty until revealed
    supervisor_secret = models.CharField(max_length=64, blank=True)
    public_entropy_source = models.CharField(max_length=200, blank=True)
    public_entropy_from = models.DateTimeField(null=True)  # nobody can know the value earlier
    public_entropy = models.CharField(max_length=200, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    # [{"panel", "seat", "expert", "rank"}]; in a matching also "applications"
    result = models.JSONField(default=list)
    figures = models.JSONField(default=dict)  # of a matching: {"total", "least", "bound"}
    reason = models.CharField(max_length=400, blank=True)  # why a redraw
    # The second person of a redraw: whoever voided the draw before.
    agreed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=400, blank=True)
    voided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-prepared_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("call",), condition=~models.Q(status="void"), name="one_live_draw_per_call"
            ),
            models.CheckConstraint(
                condition=models.Q(supervisor__isnull=True)
                | ~models.Q(supervisor=models.F("operator")),
                name="draw_operator_is_not_supervisor",
            ),
            models.CheckConstraint(
                condition=models.Q(reason="", agreed_by__isnull=True)
                | models.Q(
                    ~models.Q(reason=""),
                    ~models.Q(agreed_by=models.F("operator")),
                    agreed_by__isnull=False,
                ),
                name="redraw_by_two",
            ),
            models.CheckConstraint(
                condition=models.Q(public_entropy_source="", public_entropy_from__isnull=True)
                | models.Q(
                    ~models.Q(public_entropy_source=""),
                    public_entropy_from__gt=models.F("prepared_at"),
                ),
                name="public_value_named_beforehand",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="drawn")
                | (~models.Q(seed="") & models.Q(drawn_at__isnull=False)),
                name="drawn_has_seed",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ~models.Q(status="void"),
                    voided_at__isnull=True,
                    voided_by__isnull=True,
                    void_reason="",
                )
                | models.Q(
                    ~models.Q(void_reason=""),
                    ~models.Q(voided_by=models.F("operator")),
                    status="void",
                    voided_at__isnull=False,
                    voided_by__isnull=False,
                ),
                name="draw_voided_by_another",
            ),
        )
        triggers = (
            NOT_EMPTIED,
            unchanged(
                "draw_input_frozen",
                (
                    "call",
                    "number",
                    "input",
                    "input_hash",
                    "operator",
                    "salt",
                    "grounds",
                    "public_entropy_source",
                    "public_entropy_from",
                    "reason",
                    "agreed_by",
                    "prepared_at",
                ),
            ),
            unchanged(
                "draw_stands",
                (
                    "supervisor",
                    "operator_commitment",
                    "supervisor_commitment",
                    "operator_secret",
                    "supervisor_secret",
                    "public_entropy",
                    "seed",
                    "result",
                    "figures",
                    "drawn_at",
                ),
                when="OLD.drawn_at IS NOT NULL",
            ),
            unchanged(
                "commitments_stand",
                ("supervisor", "operator_commitment", "supervisor_commitment"),
                when="OLD.status <> 'prepared'",
            ),
            kept("draw_kept"),
        )

    def __str__(self) -> str:
        return self.number


class Stage(models.TextChoices):
    """Which sheet is marked: on paper, or at the hearing that a call's rules may ask for."""

    PAPER = "paper", pgettext_lazy("stage of a review", "paper review")
    HEARING = "hearing", pgettext_lazy("stage of a review", "hearing")


class SeatState(models.TextChoices):
    INVITED = "invited", _("invited")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    REPLACED = "replaced", _("replaced")


class Seat(models.Model):
    """An expert drawn to a seat of a panel; a replacement is a new row that points to the one it
    follows.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="seats")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats")
    code = models.CharField(max_length=40)  # seat id within the panel, a dot, a number
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="seats")
    rank = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=SeatState, default=SeatState.INVITED)
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="successor")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("panel", "expert"),
                condition=models.Q(state__in=("invited", "accepted")),
                name="expert_once_per_panel",
            ),
            models.UniqueConstraint(
                fields=("panel", "code"),
                condition=models.Q(state__in=("invited", "accepted")),
                name="one_expert_per_seat",
            ),
        )
        triggers = (
            NOT_EMPTIED,
            unchanged(
                "seat_stays", ("draw", "panel", "code", "expert", "rank", "invited_at", "follows")
            ),
            kept("seat_kept"),
        )

    def __str__(self) -> str:
        return self.expert.pseudonym
