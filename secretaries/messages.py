"""The words of the messages about service secretaries."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def register_all() -> None:
    """Make the kinds known; called once from `AppConfig.ready()`."""
    kinds.register(
        "secretary.appointed",
        title=_("You are appointed to serve %(title)s"),
        body=_(
            "You are the service secretary of “%(title)s” (%(firm)s, %(region)s). Please sign for "
            "it and make the first contact by %(due)s."
        ),
        act=True,
    )
    kinds.register(
        "secretary.backup",
        title=_("You stand in for %(name)s at %(title)s"),
        body=_("While %(name)s is on leave, please serve “%(title)s” (%(firm)s, %(region)s)."),
    )
    kinds.register(
        "secretary.backup_ended",
        title=_("You do not stand in for %(name)s at %(title)s any more"),
        body=_("Somebody else, or nobody, stands in at “%(title)s” (%(firm)s, %(region)s)."),
    )
    kinds.register(
        "secretary.appointed_firm",
        title=_("%(name)s is your project's service secretary"),
        body=_(
            "%(name)s (%(reach)s) will follow “%(title)s” all the way and contact you by "
            "%(due)s. You may raise requests to your secretary at any time."
        ),
    )
    kinds.register(
        "secretary.unserved",
        title=_("%(name)s is on leave from %(first)s to %(last)s and nobody stands in"),
        body=_(
            "On some of these days nobody serves: %(titles)s. Name who stands in, or ask for other "
            "days."
        ),
        act=True,
    )
    kinds.register(
        "secretary.gap",
        title=_("No secretary is free for %(title)s (%(region)s)"),
        body=_(
            "The rules found nobody. Secretaries who serve the place: %(local)s; of them full: "
            "%(load)s, on leave: %(leave)s, in other industries: %(industry)s, out of their term: "
            "%(term)s. Please appoint one by hand by %(due)s; the rules try again when "
            "somebody is free."
        ),
        act=True,
    )
    kinds.register(
        "secretary.gap_filled",
        title=_("%(title)s now has a secretary: %(name)s"),
        body=_("The project that waited for a secretary is served by %(name)s since %(at)s."),
    )
    kinds.register(
        "secretary.handed_over",
        title=_("%(title)s was handed over to %(name)s"),
        body=_("%(name)s (%(unit)s) now serves “%(title)s”. Note: %(note)s"),
    )
    kinds.register(
        "visit.recorded",
        title=_("Please confirm the visit of %(day)s"),
        body=_("%(name)s recorded a visit to “%(title)s” on %(day)s: %(summary)s"),
        act=True,
    )
    kinds.register(
        "visit.confirmed",
        title=_("The firm confirmed the visit of %(day)s"),
        body=_("The visit to “%(title)s” on %(day)s was confirmed by %(name)s."),
    )
    kinds.register(
        "request.raised",
        title=_("%(number)s: %(subject)s, due %(due)s"),
        body=_("“%(title)s” (%(firm)s) raised a request (%(category)s, %(level)s): %(text)s"),
        act=True,
    )
    kinds.register(
        "request.raised_for_firm",
        title=_("%(number)s was raised for you: %(subject)s"),
        body=_(
            "Your secretary raised a request for “%(title)s”; the answer is due %(due)s: %(text)s"
        ),
    )
    kinds.register(
        "request.answered",
        title=_("%(number)s was answered: please confirm"),
        body=_("Answer to “%(subject)s”: %(text)s"),
        act=True,
    )
    kinds.register(
        "request.reopened",
        title=_("%(number)s was reopened, due %(due)s"),
        body=_("The firm is not satisfied with the answer to “%(subject)s”: %(text)s"),
        act=True,
    )
    kinds.register(
        "request.unsatisfied",
        title=_("%(number)s: the firm is not satisfied after the second answer"),
        body=_("“%(subject)s” of “%(title)s” waits for your decision: %(text)s"),
        act=True,
    )
    kinds.register(
        "request.closed",
        title=_("%(number)s is closed"),
        body=_("“%(subject)s” was closed: %(how)s. %(text)s"),
    )
    clock_kinds()
    reply_kinds()
    inquiry_kinds()


def clock_kinds() -> None:
    """What the clocks of requests tell: pauses, more time, the ladder."""
    kinds.register(
        "request.replied",
        title=_("%(number)s: a first reply"),
        body=_("First reply to “%(subject)s”; it is settled by %(due)s: %(text)s"),
    )
    kinds.register(
        "request.paused",
        title=_("The clock of %(number)s stands still: %(why)s"),
        body=_("“%(subject)s” waits: %(text)s"),
    )
    kinds.register(
        "request.extension",
        title=ngettext_lazy(
            "%(number)s: %(days)s working day more is asked for",
            "%(number)s: %(days)s working days more are asked for",
            "days",
        ),
        body=_("“%(subject)s” of “%(title)s” (%(firm)s), due %(due)s: %(text)s"),
        act=True,
    )
    kinds.register(
        "request.extended",
        title=ngettext_lazy(
            "%(number)s: %(days)s working day more, now due %(due)s",
            "%(number)s: %(days)s working days more, now due %(due)s",
            "days",
        ),
        body=_("“%(subject)s” of “%(title)s”: %(text)s"),
    )
    kinds.register(
        "request.not_extended",
        title=_("%(number)s: no more time, due %(due)s"),
        body=_("“%(subject)s” of “%(title)s”: %(text)s"),
    )
    kinds.register(
        "request.half_used",
        title=_("%(number)s has used half of its time, due %(due)s"),
        body=_("“%(subject)s” of “%(title)s” (%(firm)s) is not answered yet; now with %(unit)s."),
    )
    kinds.register(
        "request.near_due",
        title=_("%(number)s has nearly used up its time, due %(due)s"),
        body=_("“%(subject)s” of “%(title)s” (%(firm)s) is not answered yet."),
        act=True,
    )
    kinds.register(
        "request.overdue",
        title=_("%(number)s is overdue since %(due)s"),
        body=_(
            "“%(subject)s” of “%(title)s” (%(firm)s) was not answered in time. Secretary: %(name)s."
        ),
        act=True,
    )
    kinds.register(
        "request.overdue_city",
        title=ngettext_lazy(
            "%(number)s is %(days)s working day overdue",
            "%(number)s is %(days)s working days overdue",
            "days",
        ),
        body=_(
            "For the city's convenor: “%(subject)s” of “%(title)s” (%(firm)s) was due %(due)s; now "
            "with %(unit)s, secretary %(name)s."
        ),
        act=True,
    )
    kinds.register(
        "request.overdue_province",
        title=ngettext_lazy(
            "%(number)s is %(days)s working day overdue: the province is told",
            "%(number)s is %(days)s working days overdue: the province is told",
            "days",
        ),
        body=_(
            "For the provincial task force: “%(subject)s” of “%(title)s” (%(firm)s) was due "
            "%(due)s; now with %(unit)s, secretary %(name)s."
        ),
        act=True,
    )


def reply_kinds() -> None:
    """What the clocks of first replies tell, and that of signing."""
    waits = _("“%(subject)s” of “%(title)s” (%(firm)s) has no first reply yet; now with %(unit)s.")
    kinds.register(
        "request.reply_half_used",
        title=_("%(number)s: half of the time for the first reply is used, due %(due)s"),
        body=waits,
    )
    kinds.register(
        "request.reply_near_due",
        title=_("%(number)s: the time for the first reply is nearly used up, due %(due)s"),
        body=waits,
        act=True,
    )
    kinds.register(
        "request.reply_overdue",
        title=_("%(number)s: the first reply is overdue since %(due)s"),
        body=_(
            "“%(subject)s” of “%(title)s” (%(firm)s) got no first reply in time. Secretary: "
            "%(name)s."
        ),
        act=True,
    )
    kinds.register(
        "request.reply_overdue_city",
        title=ngettext_lazy(
            "%(number)s: the first reply is %(days)s working day overdue",
            "%(number)s: the first reply is %(days)s working days overdue",
            "days",
        ),
        body=_(
            "For the city's convenor: the first reply to “%(subject)s” of “%(title)s” (%(firm)s) "
            "was due %(due)s; now with %(unit)s, secretary %(name)s."
        ),
        act=True,
    )
    kinds.register(
        "request.reply_overdue_province",
        title=ngettext_lazy(
            "%(number)s: the first reply is %(days)s working day overdue, the province is told",
            "%(number)s: the first reply is %(days)s working days overdue, the province is told",
            "days",
        ),
        body=_(
            "For the provincial task force: the first reply to “%(subject)s” of “%(title)s” "
            "(%(firm)s) was due %(due)s; now with %(unit)s, secretary %(name)s."
        ),
        act=True,
    )
    kinds.register(
        "request.unsigned",
        title=_("%(number)s: %(unit)s did not sign for it in time"),
        body=_(
            "“%(subject)s” of “%(title)s” (%(firm)s) was to be signed for by %(due)s. Have it "
            "signed for and dealt with, or passed on. Secretary: %(name)s."
        ),
        act=True,
    )


def inquiry_kinds() -> None:
    """What overdue inquiries and appraisals tell."""
    title = ngettext_lazy(
        "Inquiry into %(number)s: %(clock)s %(days)s working day overdue",
        "Inquiry into %(number)s: %(clock)s %(days)s working days overdue",
        "days",
    )
    body = ngettext_lazy(
        "“%(subject)s” of “%(title)s” (%(firm)s): most of the time, %(step_days)s working day, "
        "went by at %(step)s. The secretary explains, the lead decides.",
        "“%(subject)s” of “%(title)s” (%(firm)s): most of the time, %(step_days)s working "
        "days, went by at %(step)s. The secretary explains, the lead decides.",
        "step_days",
    )
    kinds.register("inquiry.opened", title=title, body=body, act=True)
    kinds.register("inquiry.opened_watch", title=title, body=body)
    kinds.register(
        "inquiry.explained",
        title=_("Inquiry into %(number)s: the explanation is there"),
        body=_("“%(subject)s” of “%(title)s”: %(text)s"),
        act=True,
    )
    kinds.register(
        "inquiry.closed",
        title=_("The inquiry into %(number)s is closed: %(finding)s"),
        body=_("“%(subject)s” of “%(title)s”. Measures: %(measures)s"),
    )
    kinds.register(
        "secretary.appraised",
        title=_("Your appraisal of %(quarter)s is there: %(score)s points"),
        body=_("The page shows every indicator with its count and its formula."),
    )
