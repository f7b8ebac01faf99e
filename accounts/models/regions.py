from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class RegionLevel(models.TextChoices):
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    COUNTY = "county", _("county")


class Region(models.Model):
    """An administrative division with its GB/T 2260 code and its own reporting line.

    `parent` is geography; `reports_to` is who recommends upward. They differ for 梅河口,
    which lies in 通化 and reports to the province. `in_zone` marks the 承接产业转移示范区.
    """

    code = models.CharField(_("division code"), max_length=6, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    level = models.CharField(max_length=10, choices=RegionLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    reports_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reporting"
    )
    in_zone = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{6}$"), name="region_code_six_digits"
            ),
            models.CheckConstraint(
                condition=models.Q(level=RegionLevel.PROVINCE, reports_to__isnull=True)
                | (~models.Q(level=RegionLevel.PROVINCE) & models.Q(reports_to__isnull=False)),
                name="region_reports_to_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(reports_to__isnull=True) | ~models.Q(reports_to=models.F("id")),
                name="region_never_reports_to_itself",
            ),
        )

    @property
    def line(self) -> "Region":
        """Its reporting line below the province (四平, 辽源, 通化, 梅河口): itself, or the one
        above.
        """
        above = self.reports_to
        return self if above is None or above.level == RegionLevel.PROVINCE else above

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh
