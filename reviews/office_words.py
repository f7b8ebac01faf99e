"""Words of the office's pages that come from data: causes of shortages, grounds of recusals."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from applications.models import Industry
from reviews.draw.supply import Shortage
from reviews.models.pool import Kind

CAUSES: Mapping[str, Promise] = {
    "panel_too_small": _("the panel has fewer seats than the scores every dossier needs"),
    "kind": _("too few experts of this kind in the pool"),
    "specialty": _("too few experts of this kind know the specialty"),
    "recusals": _("too many of the fitting experts are barred from the panel's dossiers"),
    "institution": _("too many of the fitting experts share an employer"),
    "min_scores": _("with the fitting experts some dossier would get too few scores"),
    "overlap": _("the same experts are needed on several seats of the panel"),
    "max_panels": _("the fitting experts are needed on other panels as well"),
    "load": _("too few experts who are not barred from the dossier and have room left"),
}
WAYS_OUT: Mapping[str, Promise] = {
    "panel_too_small": _("Ask for more seats."),
    "kind": _("Admit more experts of this kind, or ask for another kind."),
    "specialty": _("Take the specialty off the seat, or admit specialists."),
    "recusals": _("Move the dossiers they are barred from, or admit experts from elsewhere."),
    "institution": _("Admit experts of other employers."),
    "min_scores": _(
        "Move the dossier most experts are barred from, or admit experts from elsewhere."
    ),
    "overlap": _("Admit more experts, or ask for other kinds."),
    "max_panels": _("Admit more experts, or form fewer panels."),
    "load": _("Admit more experts; the rules fix how many dossiers one may have."),
}
# Why an expert may not judge a dossier, as the system or a person recorded it.
GROUNDS: Mapping[str, Promise] = {
    "employer": _("works for the applicant"),
    "member": _("acts or acted for the applicant"),
    "employment": _("worked for the applicant"),
    "share": _("holds shares of the applicant"),
    "kin": _("close kin at the applicant"),
    "work": _("paid work for the applicant within three years"),
    "region": _("at home where the project is built"),
    "named": _("named by the applicant"),
}
# How a recusal was found that an earlier draw of the call left behind.
FOUND: Mapping[str, Promise] = {
    "system": _("found by the system at an earlier draw"),
    "declared": _("declared by the expert"),
    "unable": _("could not judge"),
    "later": _("found later"),
}
# Why the system gave a seat to the next in the drawn order.
SEAT_REASONS: Mapping[str, Promise] = {
    "too many recusals": _("recused from too many dossiers of the panel"),
    "too few scores": _("recused from a dossier that would have got too few scores"),
}
DECIDED_BY: Mapping[str, Promise] = {
    "employment": _("tie: employment contribution"),
    "net_new_jobs": _("tie: net new jobs"),
    "quality": _("tie: project quality"),
    "joint": _("tie: joint decision"),
}
# Why a dossier does not come to the hearing, as its firm reads it.
OFF_SHORTLIST: Mapping[str, Promise] = {
    "beyond": _("The shortlist of the call's rules ends above its place in the paper review."),
    "below_floor": _("It does not reach the merit floor in the paper review."),
    "vetoed": _("It meets a veto of the score sheet."),
    "too_few": _("It has too few valid scores in the paper review."),
}
ENTRY_STATES: Mapping[str, Promise] = {
    "ranked": pgettext_lazy("entry of a ranking", "ranked"),
    "below_floor": pgettext_lazy("entry of a ranking", "below the entry score"),
    "vetoed": pgettext_lazy("entry of a ranking", "vetoed"),
    "too_few": pgettext_lazy("entry of a ranking", "too few valid scores"),
    "absent": pgettext_lazy("entry of a ranking", "did not come to the hearing"),
    "beyond": pgettext_lazy("entry of a ranking", "not shortlisted for the hearing"),
}
# What the funding list says of a dossier.
OUTCOMES: Mapping[str, Promise] = {
    "funded": pgettext_lazy("outcome of the review", "funded"),
    "partial": pgettext_lazy("outcome of the review", "funded in part"),
    "reserve": pgettext_lazy("outcome of the review", "on the reserve list"),
    "passed_over": pgettext_lazy(
        "outcome of the review", "passed over for a quota, on the reserve list"
    ),
    "not_funded": pgettext_lazy("outcome of the review", "not funded"),
    "disqualified": pgettext_lazy("outcome of the review", "taken off the list"),
}
# Which quota passed a dossier over, as a short mark and as a sentence.
QUOTA_MARKS: Mapping[str, Promise] = {
    "industry_quota": _("passed over: quota of its industry"),
    "prefecture_quota": _("passed over: quota of its prefecture"),
    "panel_quota": _("passed over: share of its panel"),
}
QUOTA_SENTENCES: Mapping[str, Promise] = {
    "industry_quota": _("Its industry had what the call's quota allows before its turn came."),
    "prefecture_quota": _("Its prefecture had what the call's quota allows before its turn came."),
    "panel_quota": _("Its panel's share of the money was used up before its turn came."),
}
SEAT_STATES: Mapping[str, Promise] = {
    "invited": pgettext_lazy("state of a seat", "invited"),
    "accepted": pgettext_lazy("state of a seat", "accepted"),
    "declined": pgettext_lazy("state of a seat", "declined"),
    "replaced": pgettext_lazy("state of a seat", "replaced"),
}


def joined(words: Iterable[object]) -> str:
    """Several words as a list in the reader's language."""
    return gettext(", ").join(str(word) for word in words)


def ground_words(ground: str) -> str:
    """Why a draw keeps a pair apart: a ground on record, or how an earlier recusal was found."""
    return str({**FOUND, **GROUNDS}.get(ground, ground))


def kind_name(kind: str) -> str:
    return str(dict(Kind.choices).get(kind, kind))


def seat_name(kind: str, specialty: str | None, industries: Mapping[str, Industry]) -> str:
    """The expert a seat is for: kind, and the specialty where one is asked for."""
    if not specialty:
        return kind_name(kind)
    industry = industries.get(specialty)
    return gettext("%(kind)s, specialty %(specialty)s") % {
        "kind": kind_name(kind),
        "specialty": industry or specialty,
    }


def shortage_words(
    shortage: Shortage, seats: Mapping[str, Any], industries: Mapping[str, Industry]
) -> dict[str, Any]:
    """A shortage for reading: where, how many of how many, why, the experts left, the way out."""
    seat = seats.get(shortage.seat)
    detail = shortage.detail
    return {
        "panel": shortage.panel,
        "seat": seat_name(seat["kind"], seat["specialty"], industries) if seat else shortage.seat,
        "needed": shortage.needed,
        "available": shortage.available,
        "cause": CAUSES[shortage.cause],
        "way_out": WAYS_OUT[shortage.cause],
        "named": shortage.named,
        "counts": [detail["kind"], detail["specialty"], detail["recusals"]] if detail else [],
    }
