from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from awards.models.agreements import Award

USER = settings.AUTH_USER_MODEL

RECALL_STATES = {
    "issued": pgettext_lazy("recall", "waiting for the firm's reply"),
    "replied": pgettext_lazy("recall", "replied to by the firm"),
    "lifted": pgettext_lazy("recall", "lifted"),
    "upheld": pgettext_lazy("recall", "upheld, termination put forward"),
}
TERMINATION_STATES = {
    "proposed": pgettext_lazy("termination", "waiting for the approver"),
    "confirmed": pgettext_lazy("termination", "in force"),
    "refused": pgettext_lazy("termination", "refused by the approver"),
    "withdrawn": pgettext_lazy("termination", "taken back by who put it forward"),
}
GROUNDS = {
    "idle": pgettext_lazy("termination", "idle beyond the limit"),
    "failed": pgettext_lazy("termination", "not accepted"),
    "false": pgettext_lazy("termination", "false figures"),
    "firm": pgettext_lazy("termination", "given up by the firm"),
    "other": pgettext_lazy("termination", "another reason"),
}


class Recall(models.Model):
    """收回通知: the project has been idle too long; the firm answers, the office settles it."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="recalls")
    status = models.CharField(max_length=10, choices=list(RECALL_STATES.items()), default="issued")
    idle_since = models.DateField()
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settlement = models.TextField(blank=True)

    class Meta:
        ordering = ("award_id", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("award",),
                condition=Q(status__in=("issued", "replied")),
                name="one_open_recall",
            ),
            models.CheckConstraint(
                condition=Q(replied_by__isnull=True, replied_at__isnull=True, reply="")
                & ~Q(status="replied")
                | Q(replied_by__isnull=False, replied_at__isnull=False) & ~Q(reply=""),
                name="recall_replied_who_when_what",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True, settlement="")
                & Q(status__in=("issued", "replied"))
                | Q(settled_by__isnull=False, settled_at__isnull=False)
                & Q(status__in=("lifted", "upheld"))
                & ~Q(settlement=""),
                name="recall_settled_who_when_why",
            ),
        )

    def __str__(self) -> str:
        return str(self.award)


class Termination(models.Model):
    """终止: an officer puts it forward with what is clawed back, an approver decides."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="terminations")
    status = models.CharField(
        max_length=10, choices=list(TERMINATION_STATES.items()), default="proposed"
    )
    ground = models.CharField(max_length=10, choices=list(GROUNDS.items()))
    reason = models.TextField()
    claw_back = models.DecimalField(max_digits=16, decimal_places=2)  # principal, yuan; 0: nothing
    recall = models.ForeignKey(Recall, models.PROTECT, null=True, related_name="terminations")
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settlement = models.TextField(blank=True)

    class Meta:
        ordering = ("award_id", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("award",),
                condition=Q(status__in=("proposed", "confirmed")),
                name="one_standing_termination",
            ),
            models.CheckConstraint(
                condition=Q(claw_back__gte=0) & ~Q(reason=""), name="termination_says_why"
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True, settlement="")
                & Q(status="proposed")
                | Q(settled_by__isnull=False, settled_at__isnull=False)
                & ~Q(status="proposed")
                & ~Q(settlement=""),
                name="termination_settled_who_when_why",
            ),
            models.CheckConstraint(
                condition=~Q(settled_by=F("proposed_by")) & ~Q(status="withdrawn")
                | Q(settled_by=F("proposed_by"), status="withdrawn")
                | Q(settled_by__isnull=True, status="proposed"),
                name="termination_by_two",
            ),
        )

    def __str__(self) -> str:
        return str(self.award)


class Clawback(models.Model):
    """追回: what a terminated project owes, with interest at one rate until it is paid back.

    Ordered by the finance department's letter, for what the two decided who ended the project.
    """

    award = models.OneToOneField(Award, models.PROTECT, related_name="clawback")
    termination = models.OneToOneField(Termination, models.PROTECT, related_name="clawback")
    principal = models.DecimalField(max_digits=16, decimal_places=2)
    interest = models.DecimalField(max_digits=16, decimal_places=2)  # until the day of the order
    rate = models.DecimalField(max_digits=4, decimal_places=2)  # percent a year
    document_no = models.CharField(max_length=80, unique=True)
    ordered_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    ordered_on = models.DateField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)  # everything is paid back

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(principal__gt=0, interest__gte=0, rate__gte=0) & ~Q(document_no=""),
                name="clawback_positive",
            ),
        )

    def __str__(self) -> str:
        return str(self.award)


class Repayment(models.Model):
    """缴回: one part paid back by the treasury's receipt; interest first. Entered by one finance
    officer, confirmed by another."""

    clawback = models.ForeignKey(Clawback, models.PROTECT, related_name="repayments")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    interest = models.DecimalField(max_digits=16, decimal_places=2)
    principal = models.DecimalField(max_digits=16, decimal_places=2)
    paid_on = models.DateField()
    document_no = models.CharField(max_length=80)
    entered_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("clawback_id", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    amount__gt=0,
                    interest__gte=0,
                    principal__gte=0,
                    amount=F("interest") + F("principal"),
                ),
                name="repayment_divides",
            ),
            models.UniqueConstraint(
                fields=("document_no",),
                condition=Q(refused_at__isnull=True),
                name="one_repayment_per_receipt",
            ),
            models.UniqueConstraint(
                fields=("clawback",),
                condition=Q(confirmed_at__isnull=True, refused_at__isnull=True),
                name="one_pending_repayment",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("entered_by")), name="repayment_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(refused_at__isnull=True),
                name="repayment_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="repayment_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=True, refused_at__isnull=True, refusal="")
                | Q(refused_by__isnull=False, refused_at__isnull=False) & ~Q(refusal=""),
                name="repayment_refused_who_when_why",
            ),
        )

    @property
    def award(self) -> Award:
        return self.clawback.award

    @property
    def is_pending(self) -> bool:
        return self.confirmed_at is None and self.refused_at is None

    @property
    def is_withdrawn(self) -> bool:
        return self.refused_at is not None and self.refused_by_id == self.entered_by_id

    def __str__(self) -> str:
        return f"{self.clawback} · {self.document_no}"
