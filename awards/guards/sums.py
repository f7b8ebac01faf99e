"""Award, instalments and payments add up, whoever writes them."""

SUMS = """
CREATE FUNCTION awards_award_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named bigint[];
    one record;
BEGIN
    IF TG_TABLE_NAME = 'awards_award' THEN
        named := ARRAY[NEW.id];
    ELSIF TG_TABLE_NAME = 'awards_payment' THEN
        SELECT array_agg(award_id) INTO named FROM awards_instalment
        WHERE id IN (NEW.instalment_id, OLD.instalment_id);
    ELSIF TG_OP = 'INSERT' THEN
        named := ARRAY[NEW.award_id];
    ELSIF TG_OP = 'DELETE' THEN
        named := ARRAY[OLD.award_id];
    ELSE
        named := ARRAY[NEW.award_id, OLD.award_id];
    END IF;
    FOR one IN
        SELECT a.id, a.amount, a.paid, a.cut, COALESCE(SUM(i.amount), 0) AS parts,
               COALESCE(SUM(i.cut), 0) AS cuts,
               COALESCE(SUM(p.amount) FILTER (WHERE p.voucher_no IS NOT NULL), 0) AS vouchers,
               COALESCE(BOOL_OR((i.status = 'paid') <> (p.voucher_no IS NOT NULL)), false)
                   AS odd
        FROM awards_award a
        LEFT JOIN awards_instalment i ON i.award_id = a.id
        LEFT JOIN awards_payment p ON p.instalment_id = i.id
        WHERE a.id = ANY (named) GROUP BY a.id
    LOOP
        IF one.amount <> one.parts THEN
            RAISE EXCEPTION 'award %: % awarded, its instalments total %',
                one.id, one.amount, one.parts USING ERRCODE = '23514';
        END IF;
        IF one.cut <> one.cuts THEN
            RAISE EXCEPTION 'award %: % cut, its instalments say %', one.id, one.cut, one.cuts
                USING ERRCODE = '23514';
        END IF;
        IF one.paid <> one.vouchers THEN
            RAISE EXCEPTION 'award %: % paid, its vouchers total %',
                one.id, one.paid, one.vouchers USING ERRCODE = '23514';
        END IF;
        IF one.odd THEN
            RAISE EXCEPTION 'award %: an instalment is paid without a voucher, or the other way',
                one.id USING ERRCODE = '23514';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER award_adds_up AFTER INSERT OR UPDATE OF amount, paid, cut
    ON awards_award DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_award_adds_up();
CREATE CONSTRAINT TRIGGER instalments_add_up
    AFTER INSERT OR DELETE OR UPDATE OF award_id, amount, cut, status
    ON awards_instalment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_award_adds_up();
CREATE CONSTRAINT TRIGGER payments_add_up
    AFTER INSERT OR DELETE OR UPDATE OF instalment_id, amount, voucher_no
    ON awards_payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_award_adds_up();

CREATE FUNCTION awards_payment_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM awards_instalment i JOIN awards_claim c ON c.instalment_id = i.id
    WHERE i.id = NEW.instalment_id AND c.id = NEW.claim_id AND i.amount - i.cut = NEW.amount
      AND c.verified_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a payment is the sum of its own instalment, by a verified claim of it'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER payment_fits BEFORE INSERT ON awards_payment
    FOR EACH ROW EXECUTE FUNCTION awards_payment_fits();

CREATE FUNCTION awards_cut_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'instalment %: what is cut stands, and nothing is cut of a payment', NEW.id
        USING ERRCODE = '23001';
END
$$;
CREATE TRIGGER cut_stands BEFORE UPDATE ON awards_instalment FOR EACH ROW
    WHEN (NEW.cut <> OLD.cut AND (NEW.cut < OLD.cut OR OLD.status NOT IN ('planned', 'claimed')))
    EXECUTE FUNCTION awards_cut_stands();
"""

SUMS_UNDONE = """
DROP TRIGGER cut_stands ON awards_instalment;
DROP FUNCTION awards_cut_stands();
DROP TRIGGER payment_fits ON awards_payment;
DROP TRIGGER payments_add_up ON awards_payment;
DROP TRIGGER instalments_add_up ON awards_instalment;
DROP TRIGGER award_adds_up ON awards_award;
DROP FUNCTION awards_payment_fits();
DROP FUNCTION awards_award_adds_up();
"""
