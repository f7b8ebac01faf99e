"""What becomes of a finding: the firm's view, then another checker's decision."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.selectors import members_by_firm, users_with_role
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from audit.services import record
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import Dispatch, notify_all
from reviews.models import CheckState, FindingState, SiteCheck, SiteFinding, SiteView
from reviews.services.site_checks import lock_check
from reviews.services.site_findings import SHORTEST_TEXT, record_act, require_checker
from reviews.site_rules import may_state_view


@transaction.atomic
def state_view(*, finding: SiteFinding, text: str, by: User) -> SiteView:
    """The firm's view of what was found, once and within its time."""
    if not may_state_view(by, finding):
        raise NotVisible
    check = lock_check(finding.site_check)
    held = _lock_pending(check, finding)
    if held.has_view:
        raise WrongState(_("Your firm has stated its view already."))
    now = clock.now()
    if now > held.view_by and not held.provisional:
        raise TooLate(_("The time for your view has passed."))
    if len(text.strip()) < SHORTEST_TEXT:
        raise Invalid(_("Write your view in at least ten characters."), field="text")
    view = SiteView.objects.create(finding=held, text=text.strip(), stated_by=by, stated_at=now)
    record(
        action="sitecheck.view",
        obj=check,
        by=by,
        role="owner",
        after={"view": sm3(canonical(view.text))},
        scope=check.application.call.number,
    )
    checkers = [c.user for c in check.checkers.select_related("user")]
    notify_all(
        [
            Dispatch(
                kind="sitecheck.viewed",
                recipients=checkers,
                key=f"sitecheck.viewed:{held.pk}",
                context={"number": check.application.number or ""},
                url=f"/site-checks/{check.pk}/",
                about=check.application,
            )
        ]
    )
    return view


def _lock_pending(check: SiteCheck, finding: SiteFinding) -> Any:
    """The finding, held, with `.has_view`; its limit is counted anew while it is provisional."""
    stated = SiteView.objects.filter(finding=OuterRef("pk"))
    rows = SiteFinding.objects.select_for_update(of=("self",)).annotate(has_view=Exists(stated))
    held = rows.get(pk=finding.pk)
    if held.state != FindingState.PENDING or held.site_check_id != check.pk:
        raise WrongState(_("This finding is decided already."))
    if held.provisional:
        days = check.application.call.rule_set.site_view_days
        limit = due(day_of(held.made_at), days, working_days())
        held.view_by, held.provisional = end_of_day(limit.day), limit.provisional
        held.save(update_fields=["view_by", "provisional"])
    return held


@transaction.atomic
def confirm_finding(*, finding: SiteFinding, by: User) -> SiteFinding:
    """Another checker confirms: from now on the formulas take what was found.

    What is held against the firm waits for its view or for the end of its time.
    """
    check = lock_check(finding.site_check)
    held = _to_decide(check, finding, by)
    now = clock.now()
    waits = held.provisional or now <= held.view_by
    if held.is_against_the_firm and waits and not held.has_view:
        raise WrongState(_("The firm may still state its view. Confirm when its time has passed."))
    confirmed = _decide(check, held, FindingState.CONFIRMED, by, now)
    notify_all(_confirmed(check, confirmed))
    return confirmed


@transaction.atomic
def return_finding(*, finding: SiteFinding, reason: str, by: User) -> SiteFinding:
    """Another checker sends the finding back; it stays on record and a new one is due."""
    check = lock_check(finding.site_check)
    held = _to_decide(check, finding, by)
    if len(reason.strip()) < SHORTEST_TEXT:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    held.returned_why = reason.strip()
    returned = _decide(check, held, FindingState.RETURNED, by, clock.now())
    notify_all(
        [
            Dispatch(
                kind="sitecheck.returned",
                recipients=[held.maker],
                key=f"sitecheck.returned:{held.pk}",
                context={"number": check.application.number or "", "reason": held.returned_why},
                url=f"/site-checks/{check.pk}/",
                about=check.application,
            )
        ]
    )
    return returned


def _to_decide(check: SiteCheck, finding: SiteFinding, by: User) -> Any:
    require_checker(check, by)
    held = _lock_pending(check, finding)
    if held.maker_id == by.pk:
        raise NotPermitted(_("Whoever recorded the finding may not confirm it. Ask a colleague."))
    return held


def _decide(
    check: SiteCheck, finding: SiteFinding, state: FindingState, by: User, now: datetime
) -> SiteFinding:
    finding.state, finding.checker, finding.decided_at = state, by, now
    finding.save(update_fields=["state", "checker", "decided_at", "returned_why"])
    confirmed = state == FindingState.CONFIRMED
    check.state = CheckState.CONFIRMED if confirmed else CheckState.ORDERED
    check.save(update_fields=["state"])
    record_act(
        check,
        "sitecheck.confirm" if confirmed else "sitecheck.return",
        by,
        source=CheckState.RECORDED,
        reason=finding.returned_why,
        after={"state": check.state, "finding": finding.version, "digest": finding.digest},
    )
    return finding


def _confirmed(check: SiteCheck, finding: SiteFinding) -> list[Dispatch]:
    about, call = check.application, check.application.call
    firm = members_by_firm([about.firm_id], Level.OWNER).get(about.firm_id, [])
    told = [
        Dispatch(
            kind="sitecheck.confirmed",
            recipients=firm,
            key=f"sitecheck.confirmed:{finding.pk}",
            context={"title": about.title},
            url=f"/site-checks/{check.pk}/own/",
            about=about,
        )
    ]
    if finding.is_against_the_firm:
        told.append(
            Dispatch(
                kind="sitecheck.rank_again",
                recipients=users_with_role(Role.PROGRAMME_OFFICER),
                key=f"sitecheck.rank_again:{finding.pk}",
                context={"number": about.number or "", "call": call},
                url=f"/ranking/{call.number}/",
                about=about,
            )
        )
    return told
