"""The words of the lifecycle: one name for a state, one for a step, everywhere."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

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
    Status.SHORTLISTED: _("shortlisted for the hearing"),
    Status.NOT_SHORTLISTED: _("not shortlisted"),
    Status.HEARING_SCORED: _("hearing scored"),
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
    "shortlist": _("Shortlisted for the hearing"),
    "leave_off_shortlist": _("Not shortlisted for the hearing"),
    "close_hearing": _("Hearing closed"),
    "propose": _("Proposed for funding"),
    "put_in_reserve": _("Put on the reserve list"),
    "decline": _("Not funded in this round"),
    "decline_part": _("The part offered was declined"),
    "lapse_part": _("The part offered was not answered in time"),
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

# The same steps while they lie ahead.
AHEAD_NAMES: dict[str, Promise] = {
    "submit": _("Submission"),
    "recommend": _("Regional check and recommendation"),
    "declare_eligible": _("Eligibility screening"),
    "start_review": _("Expert review"),
    "put_on_notice": _("Public notice"),
    "award": _("Award"),
    "agree": _("Agreement"),
    "begin": _("First instalment"),
    "complete": _("Acceptance"),
}

# Who brings a dossier into a state of the main way; said of the steps ahead.
HOLDERS: dict[Status, Promise] = {
    Status.SUBMITTED: _("your firm's owner"),
    Status.RECOMMENDED: _("the county's or city's authority"),
    Status.ELIGIBLE: _("the provincial authority"),
    Status.UNDER_REVIEW: _("experts drawn at random"),
    Status.ON_NOTICE: _("the provincial authority"),
    Status.AWARDED: _("after the notice period"),
    Status.AGREED: _("both sides"),
    Status.IN_PROGRESS: _("treasury"),
    Status.COMPLETED: _("the provincial authority"),
}

# One sentence under the title: who has it now, and what comes.
STANDING: dict[Status, Promise] = {
    Status.DRAFT: _("Only your firm can read it. It counts when it is submitted before closing."),
    Status.SUBMITTED: _("With the county's or city's authority, which checks and recommends."),
    Status.RETURNED: _(
        "Returned for correction. Correct it and submit it again before the due date."
    ),
    Status.RECOMMENDED: _(
        "With the provincial authority, which screens it against the guide's list."
    ),
    Status.NOT_RECOMMENDED: _("It does not go on in this call. The reason stands in its history."),
    Status.ELIGIBLE: _("Passed the screening; it waits for the expert review."),
    Status.INELIGIBLE: _("It does not go on in this call. The reason stands in its history."),
    Status.UNDER_REVIEW: _(
        "Under review by experts drawn at random. Results come by public notice."
    ),
    Status.SCORED: _("Scoring is closed; the ranking is being drawn up."),
    Status.SHORTLISTED: _(
        "Shortlisted for the hearing; order, day and place stand below under “Hearing”."
    ),
    Status.NOT_SHORTLISTED: _(
        "Not shortlisted for the hearing; it does not go on in this call. The reason stands in its "
        "history."
    ),
    Status.HEARING_SCORED: _("The hearing is closed; the ranking is being drawn up."),
    Status.PROPOSED: _("Proposed for funding; the public notice comes next."),
    Status.RESERVE: _("On the reserve list; it moves up if a project above it drops out."),
    Status.NOT_FUNDED: _("Not funded in this call."),
    Status.ON_NOTICE: _("On public notice; objections may be raised until the period ends."),
    Status.OBJECTION_HOLD: _("Held until an objection is answered."),
    Status.AWARDED: _("Awarded. The agreement comes next."),
    Status.AGREED: _("The agreement is signed by both sides."),
    Status.IN_PROGRESS: _("Under way; instalments follow the agreement."),
    Status.COMPLETED: _("Accepted as completed."),
    Status.WITHDRAWN: _("Withdrawn by the applicant."),
    Status.DISQUALIFIED: _("Disqualified. The reason stands in its history."),
    Status.TERMINATED: _("Terminated. The reason stands in its history."),
}


def on_record(text: str | Promise) -> str:
    """A sentence of ours as the log keeps it: in the installation's own language."""
    with override(settings.LANGUAGE_CODE):
        return str(text)
