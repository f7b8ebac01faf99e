"""What every page of one dossier fetches and guards, once."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.http import SignedInRequest
from accounts.models import Membership, Region
from accounts.selectors import memberships_of
from applications import calculations, readiness, rules, tasklist
from applications.models import Application, Attachment, CorrectionRequest, Industry, Section
from applications.selectors import corrections, dossiers
from applications.wording import STANDING, STATUS_NAMES
from applications.workflow import Status
from audit.refusals import NotVisible


class Desk:
    """One dossier on one person's desk; parts are fetched when a page first needs them.

    Raises NotVisible unless the person may read the dossier.
    """

    def __init__(self, request: SignedInRequest, pk: int) -> None:
        found = dossiers.dossier(pk)
        if found is None or not rules.may_see(request.user, found):
            raise NotVisible
        self.request = request
        self.user = request.user
        self.application: Application = found

    @property
    def now(self) -> Any:
        return self.request.clock.now

    @cached_property
    def is_official(self) -> bool:
        return self.application.submitted_at is not None and rules.may_see_as_official(
            self.user, self.application
        )

    @cached_property
    def of_firm(self) -> bool:
        return rules.acts_for_firm(self.user, self.application)

    @cached_property
    def may_edit(self) -> bool:
        return rules.may_edit(self.user, self.application)

    @cached_property
    def may_submit(self) -> bool:
        return rules.holds(self.user, rules.SUBMIT, self.application)

    @cached_property
    def status(self) -> Status:
        """The state as this reader may know it."""
        return rules.shown_status(
            self.application, self.application.call, to_firm=not self.is_official
        )

    @cached_property
    def correction(self) -> CorrectionRequest | None:
        if self.application.status != Status.RETURNED:
            return None
        return corrections.open_correction(self.application)

    @cached_property
    def is_fillable(self) -> bool:
        """Can anything be saved now: an open call's draft, or a correction within its time."""
        if self.application.status == Status.DRAFT:
            return self.application.call.is_open(self.now)
        return self.correction is not None and not self.correction.is_over(self.now)

    @cached_property
    def rows(self) -> list[Section]:
        return dossiers.sections_of(self.application)

    @cached_property
    def data(self) -> dict[str, dict[str, str]]:
        return readiness.data_of(self.rows)

    @cached_property
    def files(self) -> list[Attachment]:
        return dossiers.live_files(self.application)

    @cached_property
    def readiness(self) -> readiness.Readiness:
        return readiness.readiness_of(self.application, self.data, self.files)

    @cached_property
    def members(self) -> list[Membership]:
        return list(memberships_of(self.application.firm))

    @cached_property
    def names(self) -> dict[str, str]:
        """Every region's and industry's name by code."""
        regions = {r.code: str(r) for r in Region.objects.all()}
        return regions | {i.code: str(i) for i in Industry.objects.all()}

    def names_in(self, sections: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Names for the codes of these sections: mostly the dossier's own, which are at hand."""
        near = (self.application.region, self.application.industry)
        own = {place.code: str(place) for place in near if place is not None}
        project = sections.get("project", {})
        wanted = {project.get("region"), project.get("industry")} - {None, ""}
        return own if wanted <= own.keys() else self.names

    def tasks(self, current: str = "") -> list[tasklist.Task]:
        return tasklist.task_list(
            self.application,
            self.rows,
            self.files,
            self.readiness,
            reader=self.user,
            now=self.now,
            current=current,
        )

    def calculations(self, code: str) -> list[calculations.Calculation]:
        return calculations.for_section(self.application, self.data, code)

    def context(self, **more: Any) -> dict[str, Any]:
        """What the head of every page of the dossier shows."""
        application = self.application
        return {
            "application": application,
            "call": application.call,
            "desk": self,
            "now": self.now,
            "base": "base.html" if self.is_official else "base_public.html",
            "status": self.status,
            "status_label": STATUS_NAMES[self.status],
            "standing": STANDING[self.status],
            "number": application.number or "",
            "in_hand_clock": self.of_firm and dossiers.is_fillable(application.status),
            "nav_current": "applications:dossier_list",
            "home": reverse("applications:dossier", args=[application.pk]),
            **more,
        }
