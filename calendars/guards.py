"""The days of a notice stand once a second person has confirmed it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION calendars_days_stand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    notice bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.year_id ELSE NEW.year_id END;
BEGIN
    -- Days are entered while their notice is proposed. Those of the release have no proposer.
    PERFORM 1 FROM calendars_calendaryear y WHERE y.id = notice
        AND (y.state = 'proposed' OR (TG_OP = 'INSERT' AND y.proposed_by_id IS NULL));
    IF NOT FOUND OR (TG_OP = 'UPDATE' AND OLD.year_id <> NEW.year_id) THEN
        RAISE EXCEPTION 'the days of a notice in force stand: % refused', TG_OP
            USING ERRCODE = '23001';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER days_stand BEFORE INSERT OR UPDATE OR DELETE ON calendars_calendarday
    FOR EACH ROW EXECUTE FUNCTION calendars_days_stand();
"""

UNDONE = """
DROP TRIGGER days_stand ON calendars_calendarday;
DROP FUNCTION calendars_days_stand();
"""

OPERATIONS = [migrations.RunSQL(GUARD, UNDONE)]
