"""The words of the lifecycle: one name for a state, one for a step, everywhere."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.workflow import Status

STATUS_NAMES: dict[Status, Promise] = {
    Status.DRAFT: _("draft"),
    Status.SUBMITTED: _("submitted"),
    Status.RETURNED: _("returned for correction"),
    Status.RECOMMENDED: _("recommended"),
    Status.NOT_RECOMMENDED: _("not recommended"),
    Status.ELIGIBLE: _("eligible"),
    Status.INELIGIBLE: _("ineligible"),
    Status.UNDER_REVIEW: _("under review"),
    Status.SCORED: _("scored"),
    Status.PROPOSED: _("proposed for funding"),
    Status.RESERVE: _("on the reserve list"),
    Status.NOT_FUNDED: _("not funded"),
    Status.ON_NOTICE: _("on public notice"),
    Status.OBJECTION_HOLD: _("held by an objection"),
    Status.AWARDED: _("awarded"),
    Status.AGREED: _("agreement signed"),
    Status.IN_PROGRESS: _("in progress"),
    Status.COMPLETED: _("completed"),
    Status.WITHDRAWN: _("withdrawn"),
    Status.DISQUALIFIED: _("disqualified"),
    Status.TERMINATED: _("terminated"),
}

STEP_NAMES: dict[str, Promise] = {
    "start": _("Dossier opened"),
    "submit": _("Application received"),
    "resubmit_to_region": _("Correction received"),
    "resubmit_to_screening": _("Correction received"),
    "return_by_region": _("Returned for correction by the region"),
    "recommend": _("Recommended by the region"),
    "not_recommend": _("Not recommended by the region"),
    "return_by_screening": _("Returned for correction in screening"),
    "declare_eligible": _("Passed the eligibility screening"),
    "declare_ineligible": _("Failed the eligibility screening"),
    "lapse": _("Correction not made in time"),
    "start_review": _("Expert review begun"),
    "close_scoring": _("Scoring closed"),
    "propose": _("Proposed for funding"),
    "put_in_reserve": _("Put on the reserve list"),
    "decline": _("Not funded in this round"),
    "put_on_notice": _("Put on public notice"),
    "hold": _("Held by an objection"),
    "release": _("Objection answered, notice goes on"),
    "disqualify": _("Disqualified"),
    "award": _("Award decided"),
    "agree": _("Agreement signed by both sides"),
    "begin": _("First instalment paid, project under way"),
    "complete": _("Accepted as completed"),
    "terminate": _("Terminated"),
    "withdraw": _("Withdrawn by the applicant"),
}
