"""What verification compares: signed sheets, recusals, draws and rankings with their digests.

A sheet is taken again from the marks as they stand in their rows, so that a mark altered behind the
application's back is named, not only an altered sheet.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from audit.digests import canonical, sm3
from audit.models import Event
from audit.witnesses import last_after
from reviews.draw import protocol
from reviews.models import (
    Analysis,
    Assignment,
    Draw,
    HearingMinutes,
    MinutesCorrection,
    PointsStatement,
    Ranking,
    RankingEntry,
    Recusal,
    ScoreSheet,
    Scribe,
    SheetImport,
    Shortlist,
    ShortlistEntry,
)
from reviews.selectors.draws import grounds_hold
from reviews.selectors.recomputed import digest_of
from reviews.selectors.sheets import sheet_content
from reviews.selectors.shortlists import digest_of as digest_of_shortlist
from reviews.selectors.shortlists import is_in_order
from reviews.services.analyses import digest_of as digest_of_analysis
from reviews.services.statements import statement_facts

# Recusals of the draw's frozen input, whose digest the log keeps.
FROM_THE_INPUT = ("system", "named")


def sheets() -> Iterator[str]:
    """Every signed sheet still says what its rows say, what its digest and what the log say."""
    signed = Assignment.objects.select_related("application", "submission").prefetch_related(
        "marks"
    )
    rows = ScoreSheet.objects.select_related("panel__call", "expert").prefetch_related(
        Prefetch("assignments", signed)
    )
    for sheet in rows.iterator(chunk_size=100):
        name = _("score sheet %(pk)s (%(call)s, panel %(panel)s, %(expert)s)") % {
            "pk": sheet.pk,
            "call": sheet.panel.call.number,
            "panel": sheet.panel.number,
            "expert": sheet.expert.pseudonym,
        }
        if sm3(canonical(sheet.content)) != sheet.digest:
            yield _("%(row)s: the content was altered") % {"row": name}
        for number in _altered(sheet):
            yield _("%(row)s: the marks of %(number)s are not those that were signed") % {
                "row": name,
                "number": number,
            }
    yield from last_after(ScoreSheet.objects.select_related("expert"), ("digest",))


def _altered(sheet: ScoreSheet) -> list[str]:
    """Numbers of the dossiers whose rows differ from the signed content."""
    now = _by_number(sheet_content(sheet.panel, sheet.assignments.all(), sheet.stage))
    signed = _by_number(sheet.content)
    return sorted(n for n in now.keys() | signed.keys() if now.get(n) != signed.get(n))


def _by_number(content: dict[str, Any]) -> dict[str, Any]:
    return {str(dossier["application"]): dossier for dossier in content["dossiers"]}


def recusals() -> Iterator[str]:
    """Every recusal that a person recorded is in the log with its reason, and what the office found
    with its kind and what shows it.
    """
    pairs = {
        str(pk): (expert, application)
        for pk, expert, application in Assignment.objects.values_list(
            "pk", "expert_id", "application_id"
        )
    }
    events = Event.objects.filter(action="recusal.record", object_type="reviews.assignment")
    told = {
        (*pairs[pk], reason, *_of(after or {}))
        for pk, reason, after in events.values_list("object_id", "reason", "after")
        if pk in pairs
    }
    found_by_people = Recusal.objects.exclude(found__in=FROM_THE_INPUT)
    for recusal in found_by_people.select_related("expert", "application"):
        grounds = _of({"ground": recusal.ground, "evidence": recusal.evidence})
        pair = recusal.expert_id, recusal.application_id
        if (*pair, recusal.reason, *grounds) not in told:
            yield _("recusal of %(expert)s from %(number)s: the log does not tell of it") % {
                "expert": recusal.expert.pseudonym,
                "number": recusal.application.number,
            }


def _of(facts: Mapping[str, Any]) -> tuple[str, str]:
    """The kind of a conflict and what shows it; empty where the office did not find it."""
    return facts.get("ground", ""), facts.get("evidence", "")


def draws() -> Iterator[str]:
    """Every draw has the input, the seed and the result that the log keeps of it, and the grounds
    that the input binds.
    """
    told: dict[str, dict[str, Any]] = {}
    events = Event.objects.filter(object_type="reviews.draw").order_by("id")
    for pk, after in events.values_list("object_id", "after"):
        told.setdefault(pk, {}).update(after or {})
    for draw in Draw.objects.order_by("pk"):
        said = told.get(str(draw.pk), {})
        now = {"input_hash": protocol.input_hash(draw.input)}
        if draw.drawn_at is not None:
            now |= {"seed": draw.seed, "result": sm3(canonical(draw.result))}
            if draw.figures or "figures" in said:
                now["figures"] = draw.figures
        if not grounds_hold(draw):
            yield _(
                "draw %(number)s: the grounds of its recusals are not those that were frozen"
            ) % {"number": draw.number}
        for fact, value in now.items():
            if said.get(fact) != value:
                yield _("draw %(number)s: its %(fact)s is not what the log says") % {
                    "number": draw.number,
                    "fact": fact,
                }


def rankings() -> Iterator[str]:
    """Every ranking's entries still give the digest that the ranking and the log name."""
    entries = RankingEntry.objects.select_related("application")
    for ranking in Ranking.objects.select_related("call").prefetch_related(
        Prefetch("entries", entries)
    ):
        if digest_of(list(ranking.entries.all())) != ranking.digest:
            yield _("ranking %(call)s, version %(version)s: an entry was altered") % {
                "call": ranking.call.number,
                "version": ranking.version,
            }
    yield from last_after(Ranking, ("digest",))


def shortlists() -> Iterator[str]:
    """Every shortlist's entries still give its digest, which the log names, and the order of its
    hearing still follows from the draw's seed.
    """
    entries = ShortlistEntry.objects.select_related("application", "panel")
    rows = Shortlist.objects.select_related("call", "draw").prefetch_related(
        Prefetch("entries", entries)
    )
    for row in rows:
        name = {"call": row.call.number}
        if digest_of_shortlist(list(row.entries.all())) != row.digest:
            yield _("shortlist of %(call)s: an entry was altered") % name
        if not is_in_order(row):
            yield _("shortlist of %(call)s: the order is not that of the lot") % name
    yield from last_after(Shortlist, ("digest",))
    yield from last_after(
        HearingMinutes.objects.select_related("entry__application"), ("came", "number", "text")
    )
    yield from last_after(MinutesCorrection, ("version", "number", "text", "reason", "accepted"))


def analyses() -> Iterator[str]:
    """Every analysis still gives its digest, which the log names."""
    for row in Analysis.objects.select_related("ranking__call"):
        if digest_of_analysis(row.data) != row.digest:
            yield _("analysis of ranking %(call)s, version %(version)s: it was altered") % {
                "call": row.ranking.call.number,
                "version": row.ranking.version,
            }
    yield from last_after(Analysis, ("digest",))


def imports() -> Iterator[str]:
    """Every workbook typed in or uploaded still says what its digests and the log say, and every
    scribe was named on record.
    """
    for row in SheetImport.objects.select_related("seat__expert").iterator(chunk_size=100):
        if sm3(canonical(row.content)) != row.content_digest:
            yield _("sheets filled offline %(pk)s (%(expert)s): the content was altered") % {
                "pk": row.pk,
                "expert": row.seat.expert.pseudonym,
            }
    yield from last_after(
        SheetImport.objects.select_related("seat__expert"),
        ("kind", "digest", "content_digest", "scan_digest"),
    )
    yield from last_after(Scribe.objects.select_related("panel__call"), _named)


def _named(scribe: Scribe) -> dict[str, Any]:
    return {"user": scribe.user_id, "panel": scribe.panel.number}


def statements() -> Iterator[str]:
    """Every statement of points says what was given out."""
    for row in PointsStatement.objects.order_by("pk").iterator(chunk_size=100):
        if sm3(canonical(row.content)) != row.digest:
            yield _("statement %(number)s: the content was altered") % {"number": row.number}
    yield from last_after(PointsStatement, statement_facts)
