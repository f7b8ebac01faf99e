"""How a project ends: by two people, on record, and then it stands."""

# The states in which nothing of a row changes any more.
FINAL: dict[str, tuple[str, ...]] = {
    "progressreport": ("confirmed", "returned"),
    "acceptance": ("accepted", "failed", "returned"),
}

CLOSING = (
    """
CREATE FUNCTION awards_settled_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: what was settled stays', TG_TABLE_NAME USING ERRCODE = '23001';
END
$$;
"""
    + "".join(
        f"CREATE TRIGGER {table}_settled BEFORE UPDATE ON awards_{table} FOR EACH ROW\n"
        f"    WHEN (OLD.status IN {states}) EXECUTE FUNCTION awards_settled_stays();\n"
        for table, states in FINAL.items()
    )
    + """
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
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER award_ended_on_record AFTER INSERT OR UPDATE OF accepted_at
    ON awards_award DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION awards_ended_on_record();
"""
)

CLOSING_UNDONE = (
    """
DROP TRIGGER award_ended_on_record ON awards_award;
DROP FUNCTION awards_ended_on_record();
"""
    + "".join(f"DROP TRIGGER {table}_settled ON awards_{table};\n" for table in FINAL)
    + "DROP FUNCTION awards_settled_stays();"
)
