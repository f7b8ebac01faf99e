"""Twins of the house in full swing: the same rows with the same ids and times, but other hidden
facts in the call under review.

Written by SQL with the triggers off, since no service would let anybody do it. What a twin may
differ in is said at its function; digests and seals stay, they tell nothing of what they are of.
"""

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from applications.models import CallStatus
from reviews.models import Assignment, Draw, Expert, Seat
from tests.matrix import objects


@dataclass(frozen=True)
class Parts:
    """Who plays in the twins: the face's own expert keeps everything as it is; `leaves` sits on
    their panel and gives the seat to `comes`, who had none; the rest of the table is `others`."""

    call: int
    number: str
    draw: int
    drawn: str
    face: Expert
    leaves: Expert
    comes: Expert
    others: list[int]


def parts() -> Parts:
    seat = objects.seat_at_work()
    draw = Draw.objects.get(call__status=CallStatus.IN_REVIEW)
    sitting = Seat.objects.filter(draw=draw, state="accepted").order_by("pk")
    beside = sitting.filter(panel=seat.panel_id).exclude(expert=seat.expert_id)
    leaves = beside.filter(assignments__state="locked").first().expert
    # The first without a seat is `expert2`, who looks on.
    comes = Expert.objects.exclude(seats__draw=draw).order_by("pk")[1]
    taken = {seat.expert_id, leaves.pk}
    others = [s.expert_id for s in sitting if s.expert_id not in taken]
    return Parts(
        draw.call_id, draw.call.number, draw.pk, draw.number, seat.expert, leaves, comes, others
    )


class Scribe:
    """Runs statements and counts the rows each changed, so that no twin is a twin in name only."""

    def __init__(self) -> None:
        self.changed: dict[str, int] = {}

    def __call__(self, what: str, sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            self.changed[what] = self.changed.get(what, 0) + cursor.rowcount


@contextmanager
def triggers_off():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")


OF_CALL = """a.panel_id IN (SELECT id FROM reviews_panel WHERE call_id = %s)"""


def other_marks(who: Parts) -> dict[str, int]:
    """Every score, tier, comment and version that is not the face's own, signed or not; what is not
    begun has marks as well."""
    write = Scribe()
    mine = f"FROM reviews_assignment a WHERE a.id = m.assignment_id AND {OF_CALL}"
    with triggers_off():
        write(
            "marks",
            "UPDATE reviews_mark m SET tier = (COALESCE(tier, 0) + 1) %% 3, version = version + 3,"
            " score = round(COALESCE(score, 50) * 0.37 + 1.11, 2),"
            f" comment = 'twin ' || md5(m.id::text) {mine} AND a.expert_id <> %s",
            who.call,
            who.face.pk,
        )
        write(
            "marks begun",
            "INSERT INTO reviews_mark (assignment_id, leaf, tier, score, comment, version,"
            " updated_at) SELECT DISTINCT ON (a.id, m.leaf) a.id, m.leaf, m.tier, m.score,"
            " 'twin', 1, m.updated_at FROM reviews_assignment a, reviews_mark m"
            f" WHERE {OF_CALL} AND a.expert_id <> %s AND a.state = 'open' AND NOT EXISTS"
            " (SELECT 1 FROM reviews_mark o WHERE o.assignment_id = a.id) ORDER BY a.id, m.leaf",
            who.call,
            who.face.pk,
        )
        write(
            "comments",
            "UPDATE reviews_assignment a SET overall_comment = 'twin ' || md5(a.id::text),"
            f" overall_version = overall_version + 2 WHERE {OF_CALL} AND expert_id <> %s",
            who.call,
            who.face.pk,
        )
        write(
            "marks at the hearing",
            "UPDATE reviews_mark m SET score = round(score * 0.41 + 0.07, 2),"
            " version = version + 1, comment = 'twin ' || md5(m.id::text)"
            " FROM reviews_assignment a WHERE a.id = m.assignment_id AND a.stage = 'hearing'"
            " AND a.expert_id <> %s",
            who.face.pk,
        )
        write(
            "sheets",
            "UPDATE reviews_scoresheet a SET content = %s::jsonb"
            f" WHERE {OF_CALL} AND expert_id <> %s",
            json.dumps({"dossiers": [{"application": "twin", "marks": []}]}),
            who.call,
            who.face.pk,
        )
    return write.changed


def other_people(who: Parts) -> dict[str, int]:
    """One seat is another expert's, with all that hangs on it; others have come less far, left a
    dossier, or declared otherwise; the draw has other numbers, another seed and result."""
    write = Scribe()
    with triggers_off():
        _exchange(write, who)
        _exchange_traces(write, who)
        _come_less_far(write, who)
        _leave_a_dossier(write, who)
        write(
            "draw",
            "UPDATE reviews_draw SET operator_secret = md5('a') || md5('b'), seed = md5('c') ||"
            " md5('d'), supervisor_secret = md5('e') || md5('f'),"
            " result = replace(result::text, %s, %s)::jsonb WHERE id = %s",
            f'"{who.leaves.pseudonym}"',
            f'"{who.comes.pseudonym}"',
            who.draw,
        )
    return write.changed


def _exchange(write: Scribe, who: Parts) -> None:
    rows = {
        "reviews_seat": ("expert_id", "draw_id = %s", who.draw),
        "reviews_assignment": ("expert_id", f"{OF_CALL}", who.call),
        "reviews_scoresheet": ("expert_id", f"{OF_CALL}", who.call),
        "reviews_recusal": ("expert_id", f"{OF_CALL}", who.call),
        "reviews_declaration": (
            "expert_id",
            "seat_id IN (SELECT id FROM reviews_seat WHERE draw_id = %s)",
            who.draw,
        ),
    }
    for table, (column, where, value) in rows.items():
        write(
            # Whoever leaves need not have been recused; somebody else is, below.
            "recusals" if table == "reviews_recusal" else f"exchanged {table}",
            f"UPDATE {table} a SET {column} = %s WHERE {where} AND {column} = %s",
            who.comes.pk,
            value,
            who.leaves.pk,
        )
    write(
        "sheets",
        f"UPDATE reviews_scoresheet a SET signed_by_id = %s WHERE {OF_CALL} AND signed_by_id = %s",
        who.comes.user_id,
        who.call,
        who.leaves.user_id,
    )
    write(
        "permissions",
        "UPDATE applications_applicationuserobjectpermission SET user_id = %s WHERE user_id = %s"
        " AND content_object_id IN (SELECT id FROM applications_application WHERE call_id = %s)",
        who.comes.user_id,
        who.leaves.user_id,
        who.call,
    )


def _exchange_traces(write: Scribe, who: Parts) -> None:
    """What was told, and what the log keeps."""
    write(
        "messages",
        "UPDATE notifications_message SET recipient_id = %s WHERE recipient_id = %s AND"
        " created_at >= (SELECT prepared_at FROM reviews_draw WHERE id = %s)"
        " AND (kind LIKE 'seat.%%' OR kind LIKE 'scoring.%%')",
        who.comes.user_id,
        who.leaves.user_id,
        who.draw,
    )
    write(
        "events",
        "UPDATE audit_event SET actor_id = %s, actor_name = %s, origin = 'twin',"
        " object_label = replace(object_label, %s, %s)"
        " WHERE scope = %s AND actor_id = %s AND role IN ('expert', '')",
        who.comes.user_id,
        who.comes.user.name,
        who.leaves.pseudonym,
        who.comes.pseudonym,
        who.number,
        who.leaves.user_id,
    )


def _come_less_far(write: Scribe, who: Parts) -> None:
    """Who had signed has only finished, who had finished is at it again; so says the log."""
    write(
        "unsigned",
        f"UPDATE reviews_assignment a SET state = 'finished', sheet_id = NULL WHERE {OF_CALL}"
        " AND expert_id = %s AND state = 'locked'",
        who.call,
        who.comes.pk,
    )
    write(
        "unfinished",
        f"UPDATE reviews_assignment a SET state = 'open', finished_at = NULL, sheet_id = NULL"
        f" WHERE {OF_CALL} AND expert_id = ANY(%s) AND state IN ('finished', 'locked')",
        who.call,
        who.others[:2],
    )
    write(
        "acts",
        "UPDATE audit_event SET action = 'score.reopen', source = 'finished', target = 'open'"
        " WHERE scope = %s AND role = 'expert' AND action IN ('score.sign', 'score.finish')"
        " AND actor_id <> %s",
        who.number,
        who.face.user_id,
    )


def _leave_a_dossier(write: Scribe, who: Parts) -> None:
    [left] = Assignment.objects.filter(
        panel__call=who.call, expert=who.others[-1], state__in=("open", "finished", "locked")
    ).order_by("pk")[:1]
    write(
        "recusals",
        "INSERT INTO reviews_recusal (panel_id, expert_id, application_id, found, reason,"
        " ground, evidence, recorded_at) SELECT panel_id, expert_id, application_id, 'declared',"
        " '近亲属任职', '', '', now()"
        " FROM reviews_assignment WHERE id = %s",
        left.pk,
    )
    write(
        "recused",
        "UPDATE reviews_assignment SET state = 'recused', sheet_id = NULL WHERE id = %s",
        left.pk,
    )
    write(
        "declarations",
        "UPDATE reviews_declaration SET conflict = true, kind = 'kin', reason = '近亲属任职'"
        " WHERE seat_id = %s AND application_id = %s",
        left.seat_id,
        left.application_id,
    )
    write(
        "permissions",
        "DELETE FROM applications_applicationuserobjectpermission"
        " WHERE user_id = (SELECT user_id FROM reviews_expert WHERE id = %s)"
        " AND content_object_id = %s",
        left.expert_id,
        left.application_id,
    )


TWINS: dict[str, Callable[[Parts], dict[str, int]]] = {
    "marks": other_marks,
    "people": other_people,
}
