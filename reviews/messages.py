"""The words of the messages about draw, invitation and scoring."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def register_all() -> None:
    """Make the kinds known; called once from `AppConfig.ready()`."""
    kinds.register(
        "draw.prepared",
        title=_("Draw %(number)s is prepared and waits for your number"),
        body=_(
            "The list of candidates of draw %(number)s is frozen. Please enter or generate your "
            "number, keep it to yourself, and reveal it when both numbers are sealed."
        ),
        act=True,
    )
    kinds.register(
        "draw.revealed",
        title=_("Draw %(number)s: the supervisor has revealed; you can press the draw"),
        body=_("Enter the number you sealed for draw %(number)s to draw the experts."),
        act=True,
    )
    kinds.register(
        "seat.invited",
        title=_("You were drawn as an expert for %(call)s"),
        body=ngettext_lazy(
            "You were drawn to judge %(dossiers)s dossier. Please accept or decline, then "
            "declare conflicts of interest for it; nothing opens before that. Please keep the "
            "invitation confidential.",
            "You were drawn to judge %(dossiers)s dossiers. Please accept or decline, then "
            "declare conflicts of interest for each dossier; nothing opens before that. Please "
            "keep the invitation confidential.",
            "dossiers",
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "seat.vacant",
        title=_("Panel %(panel)s of %(call)s has a vacant seat and nobody left in the drawn order"),
        body=_(
            "Every expert who could follow in panel %(panel)s is used up. A new draw may be needed."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "scoring.opened",
        title=_("Scoring of %(call)s is open until %(due)s"),
        body=_("Please mark every dossier of your panel, then sign once for all, by %(due)s."),
        act=True,
        secret=True,
    )
    kinds.register(
        "recusal.filed",
        title=_("Panel %(panel)s: expert %(expert)s has left dossier %(number)s"),
        body=_(
            "In %(call)s expert %(expert)s no longer marks dossier %(number)s. Check whether "
            "enough experts are left for it."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "conflict.found",
        title=_("Panel %(panel)s: a conflict of expert %(expert)s with dossier %(number)s"),
        body=_(
            "%(name)s has recorded it in %(call)s, with the reason “%(reason)s”. Marks given on "
            "this dossier do not count. The page of the progress says whether enough experts are "
            "left."
        ),
        secret=True,
    )
    kinds.register(
        "conflict.recused",
        title=_("%(call)s: you are recused from dossier %(number)s"),
        body=_(
            "The office has recorded a conflict of interest: %(ground)s. The dossier is closed to "
            "you and what you marked on it does not count; your other dossiers are not touched. "
            "If this is a mistake, tell the programme officer."
        ),
        secret=True,
    )
    kinds.register(
        "conflict.voided",
        title=_("%(call)s: your marks on dossier %(number)s no longer count"),
        body=_(
            "The office has recorded a conflict of interest: %(ground)s. Your signed marks on this "
            "dossier are void; what you signed stays on record, and your other dossiers are not "
            "touched. If this is a mistake, tell the programme officer."
        ),
        secret=True,
    )
    kinds.register(
        "quorum.short",
        title=_("Dossier %(number)s can get only %(possible)s of %(needed)s scores"),
        body=_(
            "Too many experts are recused from dossier %(number)s of %(call)s, and no seat can "
            "change hands. The page of the progress says what can be done."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "shortfall.proposed",
        title=ngettext_lazy(
            "%(call)s: %(count)s dossier with too few scores waits for a second person",
            "%(call)s: %(count)s dossiers with too few scores wait for a second person",
            "count",
        ),
        body=_(
            "An officer has given the reason why they go on all the same. They would not be "
            "ranked. Read the reason; agree, or talk to the officer."
        ),
        act=True,
    )
    kinds.register(
        "draw.voided",
        title=_("Draw %(number)s was voided by the supervisor"),
        body=_("Reason: %(reason)s. What was drawn stays on record. A new draw needs a reason."),
        act=True,
    )
    kinds.register(
        "seat.released",
        title=_("Your invitation to the review of %(call)s has ended"),
        body=_("The seat is no longer yours; nothing is left for you to do. Thank you."),
        secret=True,
    )
    kinds.register(
        "scoring.extended",
        title=_("Scoring of %(call)s now runs until %(due)s"),
        body=_("The office has given every expert more time. Reason: %(reason)s"),
        secret=True,
    )
    _of_the_hearing()
    kinds.register(
        "tie.proposed",
        title=_("%(call)s: the joint decision on tied dossiers waits for a second person"),
        body=_("Minutes %(minutes)s. Compare the order with the minutes and confirm it."),
        act=True,
    )
    kinds.register(
        "scribe.appointed",
        title=_("You are a scribe of panel %(panel)s in %(call)s"),
        body=_(
            "You type in what the experts of panel %(panel)s marked on paper, or check what "
            "another scribe typed in. Keep it to yourself until all sheets are locked. In this "
            "call you act for the office in no other way."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "sheets.to_check",
        title=_("Sheets of expert %(expert)s, panel %(panel)s of %(call)s, wait for your check"),
        body=_("Another scribe typed them in. Type the scores again from the signed paper."),
        act=True,
        secret=True,
    )
    kinds.register(
        "sheets.returned",
        title=_("Sheets of expert %(expert)s, panel %(panel)s of %(call)s, were returned"),
        body=_("The second scribe found something that differs from the paper. Type them in anew."),
        act=True,
        secret=True,
    )
    kinds.register(
        "sheets.locked",
        title=_("What you marked on paper for %(call)s is typed in and locked"),
        body=_(
            "Two scribes typed your signed sheets in. Compare them under “My reviews” with your "
            "copy and tell the programme officer at once if anything differs. Digest: %(digest)s"
        ),
        secret=True,
    )


def _of_the_hearing() -> None:
    kinds.register(
        "hearing.sitting",
        title=_("Hearing of %(call)s: panel %(panel)s sits from %(begins)s"),
        body=_(
            "Place: %(venue)s. The dossiers on the shortlist are before you again, in the order "
            "drawn by lot. Mark each from its own hour on, then sign once for all, by %(due)s."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "hearing.slot",
        title=_("Hearing of %(number)s: %(begins)s"),
        body=_(
            "“%(title)s” is number %(place)s in the order drawn by lot. Place: %(venue)s. Who does "
            "not come cannot be ranked."
        ),
        act=True,
    )
    kinds.register(
        "minutes.to_confirm",
        title=_("%(call)s: a correction of the minutes of %(number)s waits for a second person"),
        body=_("Compare it with what was said at the hearing, then confirm or refuse it."),
        act=True,
    )
    kinds.register(
        "hearing.absent",
        title=_("%(number)s is recorded as not having come to the hearing"),
        body=_(
            "“%(title)s” gets no points at the hearing and cannot be ranked. If that is wrong, "
            "write to the complaint line of the call at once."
        ),
    )
