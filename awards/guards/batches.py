"""A batch holds released payments, and is settled only when each was paid or taken out."""

BATCHES = """
CREATE FUNCTION awards_line_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM awards_paymentbatch b, awards_payment p
       JOIN awards_instalment i ON i.id = p.instalment_id
      WHERE b.id = NEW.batch_id AND b.status = 'draft'
        AND p.id = NEW.payment_id AND i.status = 'released';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a released payment is put into a batch, while it is formed'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER line_fits BEFORE INSERT ON awards_batchline
    FOR EACH ROW EXECUTE FUNCTION awards_line_fits();

CREATE FUNCTION awards_line_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM awards_payment p
                WHERE p.id = NEW.payment_id AND p.voucher_no IS NOT NULL) THEN
        RAISE EXCEPTION 'what was paid stays in its batch' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER line_leaves BEFORE UPDATE ON awards_batchline FOR EACH ROW
    WHEN (OLD.left_at IS NULL AND NEW.left_at IS NOT NULL)
    EXECUTE FUNCTION awards_line_leaves();

CREATE FUNCTION awards_batch_is_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM awards_batchline l JOIN awards_payment p ON p.id = l.payment_id
                WHERE l.batch_id = NEW.id AND l.left_at IS NULL
                  AND (NEW.status = 'dissolved' OR p.voucher_no IS NULL)) THEN
        RAISE EXCEPTION 'batch % still holds payments', NEW.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER batch_is_done BEFORE UPDATE ON awards_paymentbatch FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND NEW.status IN ('settled', 'dissolved'))
    EXECUTE FUNCTION awards_batch_is_done();
"""

BATCHES_UNDONE = """
DROP TRIGGER batch_is_done ON awards_paymentbatch;
DROP TRIGGER line_leaves ON awards_batchline;
DROP TRIGGER line_fits ON awards_batchline;
DROP FUNCTION awards_batch_is_done();
DROP FUNCTION awards_line_leaves();
DROP FUNCTION awards_line_fits();
"""
