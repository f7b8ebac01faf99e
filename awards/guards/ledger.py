"""The ledger moves the balances, and nothing else does.

An entry's own INSERT updates the envelope's row once, by both columns, if the account it credits
has as much; else nothing happens and the INSERT says 0 rows. CHECKs of the row stand behind. Every
other UPDATE of an envelope is refused, and no entry is ever changed, deleted or truncated
(`audit.guards` says where truncating passes).
"""

from awards.ledger import HELD, MOVES, Account
from awards.turn import TURN

# What an entry adds to each balance, as SQL: its sum where debited, less where credited.
_DELTAS = ",\n        ".join(
    f"{name} = {name} + NEW.amount * ((NEW.debit = '{name}')::int - (NEW.credit = '{name}')::int)"
    for name in HELD
)
_ENOUGH = " ".join(f"WHEN '{name}' THEN {name} >= NEW.amount" for name in HELD)
_GRANTS = ", ".join(f"'{kind}'" for kind, m in MOVES.items() if m.credit == Account.AUTHORITY)

MOVING = """
CREATE FUNCTION awards_entry_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM {turn};
    UPDATE awards_envelope SET
        {deltas},
        ceiling = ceiling + NEW.amount
            * ((NEW.credit = 'authority')::int - (NEW.debit = 'authority')::int),
        entries_made = entries_made + 1
    WHERE id = NEW.envelope_id AND CASE NEW.credit
        {enough} ELSE true END
    RETURNING entries_made INTO NEW.number;
    IF NOT FOUND THEN RETURN NULL; END IF;
    NEW.at := steelyard_now();
    IF NEW.kind IN ({grants}) THEN
        PERFORM 1 FROM awards_envelope e JOIN applications_scheme s ON s.id = e.scheme_id
        WHERE e.id = NEW.envelope_id AND e.ceiling > s.annual_limit;
        IF FOUND THEN
            RAISE EXCEPTION 'envelope %: beyond what the scheme allows a year', NEW.envelope_id
                USING ERRCODE = '23514';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER entry_moves BEFORE INSERT ON awards_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION awards_entry_moves();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON awards_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER entries_not_emptied BEFORE TRUNCATE ON awards_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

CREATE FUNCTION awards_envelope_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.ceiling <> 0 OR NEW.available <> 0 OR NEW.entries_made <> 0 THEN
            RAISE EXCEPTION 'an envelope begins empty; entries of the ledger fill it'
                USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an envelope stays' USING ERRCODE = '23001';
    END IF;
    -- At a depth of 2 the UPDATE is the entry's own.
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'only entries of the ledger move an envelope' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER envelope_moves BEFORE INSERT OR UPDATE OR DELETE ON awards_envelope
    FOR EACH ROW EXECUTE FUNCTION awards_envelope_moves();
"""
for _name, _sql in (
    ("{turn}", TURN.format("NEW.envelope_id")),
    ("{deltas}", _DELTAS),
    ("{enough}", _ENOUGH),
    ("{grants}", _GRANTS),
):
    MOVING = MOVING.replace(_name, _sql)

MOVING_UNDONE = """
DROP TRIGGER envelope_moves ON awards_envelope;
DROP FUNCTION awards_envelope_moves();
DROP TRIGGER entries_not_emptied ON awards_ledgerentry;
DROP TRIGGER entry_append_only ON awards_ledgerentry;
DROP TRIGGER entry_moves ON awards_ledgerentry;
DROP FUNCTION awards_entry_moves();
"""
