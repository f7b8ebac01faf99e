"""How a project ends: by two people, on record, and then it stands."""

# The states in which nothing of a row changes any more.
FINAL: dict[str, tuple[str, ...]] = {
    "progressreport": ("confirmed", "returned"),
    "amendment": ("granted", "refused", "withdrawn"),
    "recall": ("lifted", "upheld"),
    "termination": ("confirmed", "refused", "withdrawn"),
    "acceptance": ("accepted", "failed", "returned"),
}

_STAYS = "".join(
    f"CREATE TRIGGER {table}_settled BEFORE UPDATE ON awards_{table} FOR EACH ROW\n"
    f"    WHEN (OLD.status IN {states}) EXECUTE FUNCTION awards_settled_stays();\n"
    for table, states in FINAL.items()
)

CLOSING = """
CREATE FUNCTION awards_settled_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: what was settled stays', TG_TABLE_NAME USING ERRCODE = '23001';
END
$$;
{stays}
CREATE FUNCTION awards_ended_on_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.accepted_at IS NOT NULL THEN
        PERFORM 1 FROM awards_acceptance c WHERE c.award_id = NEW.id AND c.status = 'accepted'
            AND c.settled_by_id = NEW.accepted_by_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'award %: accepted without an acceptance by two', NEW.id
                USING ERRCODE = '23514';
        END IF;
    END IF;
    IF NEW.revoked_at IS NOT NULL THEN
        PERFORM 1 FROM awards_termination t WHERE t.award_id = NEW.id AND t.status = 'confirmed'
            AND t.settled_by_id = NEW.revoked_by_id AND t.claw_back <= NEW.paid;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'award %: ended without a termination by two', NEW.id
                USING ERRCODE = '23514';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER award_ended_on_record AFTER INSERT OR UPDATE OF accepted_at, revoked_at
    ON awards_award DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION awards_ended_on_record();

CREATE FUNCTION awards_ordered_as_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM awards_termination t WHERE t.id = NEW.termination_id AND t.status = 'confirmed'
        AND t.award_id = NEW.award_id AND t.claw_back = NEW.principal;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a clawback is ordered as it was decided' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER clawback_as_decided BEFORE INSERT ON awards_clawback
    FOR EACH ROW EXECUTE FUNCTION awards_ordered_as_decided();
""".replace("{stays}", _STAYS)

CLOSING_UNDONE = (
    """
DROP TRIGGER clawback_as_decided ON awards_clawback;
DROP FUNCTION awards_ordered_as_decided();
DROP TRIGGER award_ended_on_record ON awards_award;
DROP FUNCTION awards_ended_on_record();
"""
    + "".join(f"DROP TRIGGER {table}_settled ON awards_{table};\n" for table in FINAL)
    + "DROP FUNCTION awards_settled_stays();"
)
