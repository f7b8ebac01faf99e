"""Who may read a dossier and who may take which step with it.

Predicates only; services ask them again inside their transaction. A firm's people are known by
guardian's permissions on the dossier (kept in step with memberships by
`applications.services.sharing`), everybody else by role, region and the dossier's state.
"""

from accounts.models import User
from accounts.roles import Role
from accounts.rules import Person, covered_regions, has_any_role, has_role, may_edit_for
from applications.models import (
    Application,
    ApplicationUserObjectPermission,
    Attachment,
    Call,
    CallStatus,
    Submission,
)
from applications.workflow import BY_NAME, Actor, Status
from audit.refusals import NotPermitted, NotVisible

VIEW, EDIT, SUBMIT = "view_application", "edit_application", "submit_application"
SCORE, SERVE = "score_application", "serve_application"

# Province-wide readers of everything that was submitted.
READERS = (
    Role.PROGRAMME_OFFICER,
    Role.APPROVER,
    Role.SUPERVISOR,
    Role.FINANCE_OFFICER,
)
# From the award on, the secretaries' lead sees the project too.
AWARDED = frozenset(
    {Status.AWARDED, Status.AGREED, Status.IN_PROGRESS, Status.COMPLETED, Status.TERMINATED}
)
# What the office knows before it is published: the firm still reads "under review".
UNPUBLISHED = frozenset(
    {
        Status.SCORED,
        Status.HEARING_SCORED,
        Status.PROPOSED,
        Status.RESERVE,
        Status.NOT_FUNDED,
    }
)
# While experts read a dossier's files: on paper, and again for its hearing.
REVIEWED = frozenset({Status.ELIGIBLE, Status.UNDER_REVIEW, Status.SHORTLISTED})
RESULTS_OUT = frozenset({CallStatus.ON_NOTICE, CallStatus.AWARDED, CallStatus.CLOSED})


def holds(user: Person | None, codename: str, application: Application) -> bool:
    """Whether guardian grants this person this permission on this dossier.

    Asked once for each row object: a row locked anew is asked anew.
    """
    if not isinstance(user, User) or not user.is_active or user.is_superuser:
        return False
    known: dict[int, frozenset[str]] = application.__dict__.setdefault("_held_permissions", {})
    if user.pk not in known:
        rows = ApplicationUserObjectPermission.objects.filter(user=user, content_object=application)
        known[user.pk] = frozenset(rows.values_list("permission__codename", flat=True))
    return codename in known[user.pk]


def may_see(user: Person | None, application: Application) -> bool:
    """May this person open the dossier's own page?

    An expert may not: experts read it on the scoring page, without the firm's contacts.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    if application.submitted_at is not None and may_see_as_official(user, application):
        return True
    return any(holds(user, name, application) for name in (VIEW, SERVE))


def may_see_as_official(user: User, application: Application) -> bool:
    """Does an office's role open this submitted dossier to the person?"""
    if has_any_role(user, *READERS):
        return True
    if has_role(user, Role.SECRETARY_LEAD):
        return Status(application.status) in AWARDED
    return has_role(user, Role.REGIONAL_OFFICER) and application.region_id in covered_regions(user)


def may_read_file(user: Person | None, attachment: Attachment) -> bool:
    """The firm reads its draft's files; others only what a submitted version names, and experts
    only as long as the review lasts."""
    application = attachment.application
    if holds(user, EDIT, application) or holds(user, VIEW, application):
        return attachment.removed_at is None or is_submitted_file(attachment)
    reviewed = Status(application.status) in REVIEWED
    reads = may_see(user, application) or (reviewed and holds(user, SCORE, application))
    return reads and is_submitted_file(attachment)


def is_submitted_file(attachment: Attachment) -> bool:
    """Does any submitted version name this file?"""
    return Submission.objects.filter(
        application=attachment.application_id,
        content__attachments__contains=[{"id": attachment.pk}],
    ).exists()


def acts_for_firm(user: Person | None, application: Application) -> bool:
    """Does the person read the dossier as one of the firm's own people?"""
    return holds(user, VIEW, application)


def may_edit(user: Person | None, application: Application) -> bool:
    """May this person fill in the dossier, in a state that can be filled in?"""
    return Status(application.status) in (Status.DRAFT, Status.RETURNED) and holds(
        user, EDIT, application
    )


def may(user: Person | None, step: str, application: Application) -> bool:
    """May this person take this step of the lifecycle, the state left aside? None is the system."""
    actors = BY_NAME[step].actors
    if user is None:
        return Actor.SYSTEM in actors
    if not isinstance(user, User) or not user.is_active:
        return False
    return any(_is_actor(user, actor, application) for actor in actors)


def _is_actor(user: User, actor: Actor, application: Application) -> bool:
    if actor is Actor.SYSTEM:
        return False
    if actor is Actor.OWNER:
        return holds(user, SUBMIT, application)
    if actor is Actor.REGIONAL_OFFICER:
        return (
            has_role(user, Role.REGIONAL_OFFICER)
            and application.submitted_at is not None
            and application.region_id in covered_regions(user)
        )
    return application.submitted_at is not None and has_role(user, Role(actor.value))


def acting_role(user: User | None, step: str, application: Application) -> str:
    """As what the person takes the step: the first actor of the table that fits."""
    if user is None:
        return Actor.SYSTEM
    for actor in sorted(BY_NAME[step].actors):
        if _is_actor(user, actor, application):
            return actor
    return ""


def require_sight(user: Person | None, application: Application) -> None:
    """404 for whoever may not know of the dossier."""
    if not may_see(user, application):
        raise NotVisible


def require(user: Person | None, step: str, application: Application) -> None:
    """404 for whoever may not know of the dossier, 403 for whoever may not take the step."""
    if not may(user, step, application):
        if user is not None:
            require_sight(user, application)
        raise NotPermitted


def shown_status(application: Application, call: Call, *, to_firm: bool) -> Status:
    """The state as this reader may know it: a firm learns its place when results are out."""
    status = Status(application.status)
    if to_firm and status in UNPUBLISHED and call.status not in RESULTS_OUT:
        heard = status is not Status.SCORED and call.rule_set.has_hearing
        return Status.SHORTLISTED if heard else Status.UNDER_REVIEW
    return status


def may_start(user: Person | None, firm_id: int) -> bool:
    """May this person open a dossier for the firm?"""
    return may_edit_for(user, firm_id)


def may_see_call(user: Person | None, call: Call) -> bool:
    """Drafts are the office's; what was published is everybody's."""
    if call.status not in (CallStatus.DRAFT, CallStatus.PROPOSED):
        return True
    return may_read_draft_calls(user)


def may_read_draft_calls(user: Person | None) -> bool:
    """The office, who decides in it, and who watches it."""
    return has_any_role(user, Role.PROGRAMME_OFFICER, Role.APPROVER, Role.SUPERVISOR)


def may_write_call(user: Person | None) -> bool:
    """Programme officers set up and publish calls."""
    return has_role(user, Role.PROGRAMME_OFFICER)
