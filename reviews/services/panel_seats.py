"""Which experts a panel wants: the usual mix, and what an officer enters instead."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from applications.models import Industry
from audit.refusals import Invalid
from reviews.models import Expert
from reviews.models.pool import Kind

SEAT_ID = re.compile(r"[a-z0-9_-]{1,34}")


def default_seats(
    size: int, industries: Sequence[str], supply_of: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The mix of a panel of `size` (技术/产业/财务/就业): one seat each for finance and employment,
    the rest technology and industry, technology ahead.

    `industries`: the panel's, most dossiers first; a technology seat is kept for a specialist of
    each where the pool, `supply_of` {industry: technology experts}, has at least two.
    """
    rest = size - 2
    technology = (rest + 1) // 2
    wanted = [code for code in industries if supply_of.get(code, 0) >= 2][:technology]
    seats = [_seat(f"technology-{code}", Kind.TECHNOLOGY, code, 1) for code in wanted]
    seats.append(_seat("technology", Kind.TECHNOLOGY, None, technology - len(wanted)))
    seats.append(_seat("industry", Kind.INDUSTRY, None, rest - technology))
    seats.append(_seat("finance", Kind.FINANCE, None, 1))
    seats.append(_seat("employment", Kind.EMPLOYMENT, None, 1))
    return [seat for seat in seats if seat["count"]]


def _seat(id_: str, kind: Kind, specialty: str | None, count: int) -> dict[str, Any]:
    return {"id": id_, "kind": kind.value, "specialty": specialty, "count": count}


def technology_experts() -> Counter[str]:
    """How many active technology experts each industry has."""
    rows = Expert.objects.filter(active=True, kinds__contains=[Kind.TECHNOLOGY.value])
    return Counter(code for codes in rows.values_list("specialties", flat=True) for code in codes)


def checked(seats: Sequence[Mapping[str, Any]], size: int) -> list[dict[str, Any]]:
    """The seats in their stored form. Raises Invalid."""
    known = set(Industry.objects.values_list("code", flat=True))
    wanted = []
    for seat in seats:
        kind, specialty, count = seat["kind"], seat["specialty"] or None, int(seat["count"])
        if kind not in Kind.values:
            raise Invalid(_("Choose the kind of expert of every seat."), field="kind")
        if specialty is not None and specialty not in known:
            raise Invalid(
                _("Choose specialties from the catalogue of industries."), field="specialty"
            )
        if count < 1 or not SEAT_ID.fullmatch(seat["id"]):
            raise Invalid(_("Every seat is for at least one expert."), field="count")
        wanted.append({"id": seat["id"], "kind": kind, "specialty": specialty, "count": count})
    if len({seat["id"] for seat in wanted}) < len(wanted):
        raise Invalid(_("Two rows ask for the same experts. Join them."), field="kind")
    total = sum(seat["count"] for seat in wanted)
    if total != size:
        raise Invalid(
            ngettext_lazy(
                "The seats make %(total)s expert; the call's rules ask for %(size)s.",
                "The seats make %(total)s experts; the call's rules ask for %(size)s.",
                total,
            )
            % {"total": total, "size": size},
            field="count",
        )
    return wanted
