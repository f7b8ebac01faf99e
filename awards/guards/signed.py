"""A side signed an agreement when its file is there, by the same hand at the same instant."""

SIGNED = """
CREATE FUNCTION awards_side_has_its_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.firm_signed_at IS NULL AND NEW.firm_signed_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM awards_signature s WHERE s.agreement_id = NEW.id AND s.side = 'firm'
               AND s.signed_by_id = NEW.firm_signed_by_id AND s.signed_at = NEW.firm_signed_at))
       OR (OLD.office_signed_at IS NULL AND NEW.office_signed_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM awards_signature s WHERE s.agreement_id = NEW.id AND s.side = 'office'
               AND s.signed_by_id = NEW.office_signed_by_id AND s.signed_at = NEW.office_signed_at))
    THEN
        RAISE EXCEPTION '%: no file was signed', NEW.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER agreement_side_has_its_file BEFORE UPDATE ON awards_agreement
    FOR EACH ROW EXECUTE FUNCTION awards_side_has_its_file();

CREATE FUNCTION awards_file_has_its_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM awards_agreement a WHERE a.id = NEW.agreement_id AND
            CASE NEW.side WHEN 'firm' THEN (a.firm_signed_by_id, a.firm_signed_at)
                ELSE (a.office_signed_by_id, a.office_signed_at) END
            = (NEW.signed_by_id, NEW.signed_at))
    THEN
        RAISE EXCEPTION 'the % did not sign', NEW.side USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER signature_has_its_side AFTER INSERT ON awards_signature
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION awards_file_has_its_side();
"""

SIGNED_UNDONE = """
DROP TRIGGER signature_has_its_side ON awards_signature;
DROP FUNCTION awards_file_has_its_side();
DROP TRIGGER agreement_side_has_its_file ON awards_agreement;
DROP FUNCTION awards_side_has_its_file();
"""
