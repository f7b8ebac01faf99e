"""The working-day table: one notice of the State Council a year, and the days it sets apart."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Holiday(models.TextChoices):
    """The codes of `calendars.holidays`, with their names in both languages."""

    NEW_YEAR = "new_year", _("New Year's Day")
    SPRING_FESTIVAL = "spring_festival", _("Spring Festival")
    TOMB_SWEEPING = "tomb_sweeping", _("Tomb-sweeping Day")
    LABOUR = "labour", _("Labour Day")
    DRAGON_BOAT = "dragon_boat", _("Dragon Boat Festival")
    MID_AUTUMN = "mid_autumn", _("Mid-autumn Festival")
    NATIONAL = "national", _("National Day")
    OTHER = "other", _("day set by its own decision")


class YearState(models.TextChoices):
    PROPOSED = "proposed", _("proposed, waits for the second person")
    PUBLISHED = "published", _("in force")
    SUPERSEDED = "superseded", _("replaced by a later notice")
    WITHDRAWN = "withdrawn", _("withdrawn")


class CalendarYear(models.Model):
    """The notice for one year. Entered by one person, put in force by another.

    People are kept as number and name, not as references. Years that came with the release
    have nobody.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    source_no = models.CharField(_("number of the notice"), max_length=40)
    state = models.CharField(_("state"), max_length=12, choices=YearState.choices)
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by_name = models.CharField(_("entered by"), max_length=150, blank=True)
    proposed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_name = models.CharField(_("confirmed by"), max_length=150, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        constraints = [
            models.UniqueConstraint(
                fields=["year"], condition=Q(state="published"), name="one_calendar_in_force"
            ),
            models.UniqueConstraint(
                fields=["year"], condition=Q(state="proposed"), name="one_calendar_proposed"
            ),
            models.CheckConstraint(condition=Q(year__range=(2000, 2100)), name="calendar_year"),
            models.CheckConstraint(
                condition=Q(proposed_by_id=None)
                | Q(confirmed_by_id=None)
                | ~Q(confirmed_by_id=F("proposed_by_id")),
                name="calendar_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_id=None, confirmed_at=None)
                | Q(confirmed_by_id__isnull=False, confirmed_at__isnull=False),
                name="calendar_confirmed_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by_id=None)
                | Q(state__in=["proposed", "withdrawn"])
                | Q(confirmed_by_id__isnull=False),
                name="calendar_in_force_by_two",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by_id__isnull=False)
                | Q(state__in=["published", "superseded"]),
                name="calendar_proposed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.source_no}"


class CalendarDay(models.Model):
    """A day that differs from Monday to Friday: off in the week, or worked at a weekend."""

    year = models.ForeignKey(CalendarYear, models.PROTECT, related_name="days")
    date = models.DateField(_("day"))
    is_working = models.BooleanField(_("worked"))
    holiday = models.CharField(_("holiday"), max_length=16, choices=Holiday.choices)
    name = models.CharField(_("name in the notice"), max_length=40)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["year", "date"], name="calendar_day_once_a_notice"),
            # 1 is Sunday and 7 Saturday, as Django counts.
            models.CheckConstraint(
                condition=Q(is_working=True, date__week_day__in=[1, 7])
                | Q(is_working=False, date__week_day__in=[2, 3, 4, 5, 6]),
                name="calendar_day_differs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date.isoformat()} {self.name}"
