"""Database triggers of scoring: what is signed stays as it was signed, whatever writes.

They hold against services, scripts and plain SQL alike. An assignment moves only along `MOVES`,
opens only on a declaration without conflict, and leaves the lock only by a recorded recusal.
"""

import pgtrigger

from applications.models.guards import APPEND_ONLY, NOT_EMPTIED, unchanged

__all__ = [
    "APPEND_ONLY",
    "MOVES",
    "NOT_EMPTIED",
    "assignment_moves",
    "assignment_starts",
    "decided_once",
    "import_moves",
    "import_starts",
    "kept",
    "marks_while_open",
    "signed_on_paper",
    "unchanged",
]

# Every change of an assignment's state that there is.
MOVES: dict[str, tuple[str, ...]] = {
    "to_declare": ("open", "recused", "void"),
    "open": ("finished", "recused", "void"),
    "finished": ("open", "locked", "recused", "void"),
    "recused": ("void",),
    "locked": ("void",),
    "void": (),
}

REFUSE = "USING ERRCODE = 'check_violation'"

_RECUSED = """EXISTS (SELECT 1 FROM reviews_recusal r
    WHERE r.expert_id = NEW.expert_id AND r.application_id = NEW.application_id)"""


def kept(name: str) -> pgtrigger.Trigger:
    """Rows are never deleted."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)


_DECLARED = """EXISTS (SELECT 1 FROM reviews_declaration d WHERE d.seat_id = NEW.seat_id
    AND d.application_id = NEW.application_id AND NOT d.conflict)"""
_ON_SHORTLIST = """EXISTS (SELECT 1 FROM reviews_shortlistentry e
    WHERE e.application_id = NEW.application_id AND e.place IS NOT NULL)"""


def assignment_starts() -> pgtrigger.Trigger:
    """An assignment begins with a declaration due, or recused with the recusal on record; at the
    hearing, of a dossier on the shortlist, with what was declared on paper.
    """
    return pgtrigger.Trigger(
        name="assignment_starts",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
            IF NEW.stage = 'hearing' THEN
                IF NEW.sheet_id IS NOT NULL OR NEW.state <> 'open' OR NOT {_DECLARED}
                   OR {_RECUSED} OR NOT {_ON_SHORTLIST} THEN
                    RAISE EXCEPTION 'a hearing is of who declared no conflict, on the shortlist'
                        {REFUSE};
                END IF;
                RETURN NEW;
            END IF;
            IF NEW.sheet_id IS NOT NULL OR NEW.state NOT IN ('to_declare', 'recused') THEN
                RAISE EXCEPTION 'an assignment begins with a declaration due' {REFUSE};
            END IF;
            IF NEW.state = 'recused' AND NOT {_RECUSED} THEN
                RAISE EXCEPTION 'no recusal is on record' {REFUSE};
            END IF;
            RETURN NEW;
        """,
    )


def assignment_moves() -> pgtrigger.Trigger:
    """Only the moves of `MOVES`, each with what it rests on; comments only while it is open."""
    allowed = ", ".join(f"'{a}>{b}'" for a, ends in MOVES.items() for b in ends)
    return pgtrigger.Trigger(
        name="assignment_moves",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
            IF OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({allowed}) THEN
                RAISE EXCEPTION 'assignment %: from % to %', OLD.id, OLD.state, NEW.state {REFUSE};
            END IF;
            IF OLD.state = 'to_declare' AND NEW.state = 'open' AND NOT {_DECLARED} THEN
                RAISE EXCEPTION 'assignment %: nothing was declared', OLD.id {REFUSE};
            END IF;
            IF (NEW.state = 'recused' OR (OLD.state = 'locked' AND NEW.state = 'void'))
               AND NOT {_RECUSED} THEN
                RAISE EXCEPTION 'assignment %: no recusal is on record', OLD.id {REFUSE};
            END IF;
            IF OLD.sheet_id IS DISTINCT FROM NEW.sheet_id AND NOT (
                OLD.state = 'finished' AND NEW.state = 'locked' AND EXISTS (
                    SELECT 1 FROM reviews_scoresheet s WHERE s.id = NEW.sheet_id
                       AND s.panel_id = NEW.panel_id AND s.expert_id = NEW.expert_id
                       AND s.stage = NEW.stage)) THEN
                RAISE EXCEPTION 'assignment %: the sheet is bound at signing', OLD.id {REFUSE};
            END IF;
            IF NEW.state <> 'open' AND (OLD.overall_comment <> NEW.overall_comment
               OR OLD.overall_version <> NEW.overall_version) THEN
                RAISE EXCEPTION 'assignment %: it is not open', OLD.id {REFUSE};
            END IF;
            IF OLD.state IN ('locked', 'void')
               AND OLD.finished_at IS DISTINCT FROM NEW.finished_at THEN
                RAISE EXCEPTION 'assignment %: it is %', OLD.id, OLD.state {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (constants of this module)
    )


def marks_while_open() -> pgtrigger.Trigger:
    """A mark is written only while its dossier is open; waits for a signature under way."""
    return pgtrigger.Trigger(
        name="mark_while_open",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        declare=[("standing", "text"), ("owner", "bigint")],
        func=f"""
            owner := CASE WHEN TG_OP = 'INSERT' THEN NEW.assignment_id ELSE OLD.assignment_id END;
            SELECT a.state INTO standing FROM reviews_assignment a WHERE a.id = owner FOR SHARE;
            IF standing IS DISTINCT FROM 'open' THEN
                RAISE EXCEPTION 'marks of assignment %: it is %', owner, standing {REFUSE};
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608  (a constant of this module)
    )


def decided_once() -> pgtrigger.Trigger:
    """A joint decision is confirmed once, and never after that touched."""
    return unchanged(
        "decided_once", ("confirmed_by", "confirmed_at"), when="OLD.confirmed_at IS NOT NULL"
    )


_IS_SCRIBE = """EXISTS (
    SELECT 1 FROM reviews_scribe c JOIN reviews_seat s ON s.panel_id = c.panel_id
     WHERE s.id = NEW.seat_id AND c.user_id = {person})"""


def import_starts() -> pgtrigger.Trigger:
    """Filled sheets come, undecided, from the seat's own expert or from a scribe of its panel."""
    return pgtrigger.Trigger(
        name="import_starts",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
            IF NEW.status <> 'pending' THEN
                RAISE EXCEPTION 'filled sheets begin undecided' {REFUSE};
            END IF;
            IF NEW.kind = 'own' AND NOT EXISTS (
                SELECT 1 FROM reviews_seat s JOIN reviews_expert e ON e.id = s.expert_id
                 WHERE s.id = NEW.seat_id AND e.user_id = NEW.maker_id) THEN
                RAISE EXCEPTION 'seat % is another expert''s', NEW.seat_id {REFUSE};
            END IF;
            IF NEW.kind = 'paper' AND NOT {_IS_SCRIBE.format(person="NEW.maker_id")} THEN
                RAISE EXCEPTION 'the maker is no scribe of seat %', NEW.seat_id {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (constants of this module)
    )


def import_moves() -> pgtrigger.Trigger:
    """Whoever checks sheets from paper is a scribe of the panel, too."""
    return pgtrigger.Trigger(
        name="import_moves",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
            IF NEW.checker_id IS NOT NULL
               AND NOT {_IS_SCRIBE.format(person="NEW.checker_id")} THEN
                RAISE EXCEPTION 'the checker is no scribe of seat %', NEW.seat_id {REFUSE};
            END IF;
            RETURN NEW;
        """,
    )


def signed_on_paper() -> pgtrigger.Trigger:
    """A sheet signed on paper rests on confirmed sheets of the same seat's paper and stage."""
    return pgtrigger.Trigger(
        name="signed_on_paper",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition("NEW.paper_id IS NOT NULL"),
        func=f"""
            IF NOT EXISTS (SELECT 1 FROM reviews_sheetimport i
                             JOIN reviews_seat s ON s.id = i.seat_id
                            WHERE i.id = NEW.paper_id AND i.kind = 'paper'
                              AND i.status = 'confirmed' AND i.stage = NEW.stage
                              AND s.panel_id = NEW.panel_id
                              AND s.expert_id = NEW.expert_id) THEN
                RAISE EXCEPTION 'no confirmed paper of this expert' {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (constants of this module)
    )
