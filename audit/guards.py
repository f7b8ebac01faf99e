"""The clock, the queue of the sealer, and the guards of the log.

Plain SQL and not django-pgtrigger, whose triggers a setting of the session can switch off.
TRUNCATE passes only with `steelyard.emptying` on, which the tests' own server sets; whoever sets it
elsewhere is betrayed by the anchors.
"""

from django.db import migrations

CLOCK = """
CREATE FUNCTION steelyard_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT clock_timestamp() + COALESCE(
        (SELECT "offset" FROM audit_installation WHERE is_rehearsal), interval '0')
$$;

CREATE FUNCTION steelyard_mark_as_rehearsal() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_installation (id, log_id, is_rehearsal, "offset")
    VALUES (1, gen_random_uuid(), false, interval '0') ON CONFLICT DO NOTHING;
    PERFORM 1 FROM audit_installation WHERE is_rehearsal;
    IF FOUND THEN RETURN true; END IF;
    PERFORM 1 FROM audit_event LIMIT 1;
    IF FOUND THEN RETURN false; END IF;
    UPDATE audit_installation SET is_rehearsal = true;
    RETURN true;
END
$$;

CREATE FUNCTION audit_guard_installation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what this database is cannot be deleted' USING ERRCODE = '23001';
    END IF;
    IF NEW.is_rehearsal AND (TG_OP = 'INSERT' OR NOT OLD.is_rehearsal)
       AND EXISTS (SELECT 1 FROM audit_event) THEN
        RAISE EXCEPTION 'a database with a history cannot become a rehearsal''s'
            USING ERRCODE = '23001';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.is_rehearsal AND NOT NEW.is_rehearsal THEN
        RAISE EXCEPTION 'a rehearsal''s database stays one' USING ERRCODE = '23001';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW."offset" < OLD."offset"
       AND EXISTS (SELECT 1 FROM audit_event) THEN
        RAISE EXCEPTION 'a rehearsal''s clock moves forward only' USING ERRCODE = '23001';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.log_id <> OLD.log_id
       AND current_setting('steelyard.emptying', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'the log keeps its identity' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER guard_installation BEFORE INSERT OR UPDATE OR DELETE ON audit_installation
    FOR EACH ROW EXECUTE FUNCTION audit_guard_installation();

INSERT INTO audit_installation (id, log_id, is_rehearsal, "offset")
VALUES (1, gen_random_uuid(), false, interval '0');
"""

CLOCK_UNDONE = """
DROP TRIGGER guard_installation ON audit_installation;
DROP FUNCTION audit_guard_installation();
DROP FUNCTION steelyard_mark_as_rehearsal();
DROP FUNCTION steelyard_now();
TRUNCATE audit_installation;
"""

GUARDS = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('steelyard.emptying', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23001';
END
$$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER seal_not_emptied BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

CREATE FUNCTION audit_queue_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (event_id) SELECT id FROM added;
    RETURN NULL;
END
$$;

CREATE TRIGGER event_waits_for_seal AFTER INSERT ON audit_event
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_queue_for_seal();
"""

GUARDS_UNDONE = """
DROP TRIGGER event_waits_for_seal ON audit_event;
DROP TRIGGER event_append_only ON audit_event;
DROP TRIGGER event_not_emptied ON audit_event;
DROP TRIGGER seal_append_only ON audit_seal;
DROP TRIGGER seal_not_emptied ON audit_seal;
DROP FUNCTION audit_queue_for_seal();
DROP FUNCTION audit_append_only();
"""

OPERATIONS = [
    migrations.RunSQL(CLOCK, CLOCK_UNDONE),
    migrations.RunSQL(GUARDS, GUARDS_UNDONE),
]
