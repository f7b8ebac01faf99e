"""What happened is in the ledger, and the ledger holds nothing else.

An entry comes after what caused it, and is held against that before it takes the envelope: the
cause's own row is locked first, so that of two entries for one cause the second sees the first. A
cause is held against its entries when the transaction ends. Either way a row is asked for its own
entries alone, which costs the same however many a year has; planning that anew each time would cost
four times as much. As every entry names its causes, the balances follow: reserved is what approved
lists still propose, committed and paid what awards and vouchers say.
"""

from awards.ledger import CAUSES as CAUSED_BY
from awards.ledger import DOCUMENTED, MOVES

# Each kind has its own pair of accounts and its own causes, and no other: what an entry says of
# them in one line, and the lines there are. As a CHECK it would be put together for each INSERT
# anew, which takes longer than all else that is asked here.
_CAUSES = ", ".join(f"NEW.{cause}_id IS NOT NULL" for cause in CAUSED_BY)
_LINES = (
    " ".join((kind, move.credit, move.debit, *("ft"[cause in move.causes] for cause in CAUSED_BY)))
    for kind, move in MOVES.items()
)
_BOOK = "'{" + ",".join(f'"{line}"' for line in _LINES) + "}'::text[]"

_DOCUMENTED = "(" + ", ".join(f"'{kind}'" for kind in sorted(DOCUMENTED)) + ")"

# In these states an item of an approved list still holds its sum.
_HOLDS = "('proposed', 'on_notice', 'objection_hold')"

CAUSES = """
CREATE FUNCTION awards_item_booked(
    named bigint, coming numeric DEFAULT 0, in_envelope bigint DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE held numeric; booked numeric; of_year boolean;
BEGIN
    SELECT CASE WHEN l.status = 'approved' AND i.outcome IN ('funded', 'partial')
                AND a.status IN {holds} THEN i.amount ELSE 0 END,
           in_envelope IS NULL OR EXISTS (
               SELECT 1 FROM applications_call c
               JOIN awards_envelope v ON v.scheme_id = c.scheme_id AND v.year = c.year
               WHERE c.id = l.call_id AND v.id = in_envelope)
    INTO held, of_year
    FROM awards_fundingitem i
    JOIN awards_fundinglist l ON l.id = i.funding_list_id
    JOIN applications_application a ON a.id = i.application_id
    WHERE i.id = named;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT coming + COALESCE(SUM(CASE kind WHEN 'reserved' THEN amount ELSE -amount END), 0)
    INTO booked FROM awards_ledgerentry WHERE item_id = named;
    IF held <> booked THEN
        RAISE EXCEPTION 'item %: the list holds %, % is reserved', named, held, booked
            USING ERRCODE = '23514';
    END IF;
    IF NOT of_year THEN
        RAISE EXCEPTION 'item %: its year has another envelope', named USING ERRCODE = '23514';
    END IF;
END
$$;

CREATE FUNCTION awards_award_booked(
    named bigint, coming_kind text DEFAULT '', coming numeric DEFAULT 0,
    in_envelope bigint DEFAULT NULL, of_item bigint DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE award record; told record;
BEGIN
    SELECT a.amount, a.paid,
           CASE WHEN a.revoked_at IS NULL THEN a.cut ELSE a.amount - a.paid END AS due_back,
           a.envelope_id <> COALESCE(in_envelope, a.envelope_id)
               OR of_item IS NOT NULL AND a.application_id <> (
                   SELECT i.application_id FROM awards_fundingitem i WHERE i.id = of_item)
               AS astray
    INTO award FROM awards_award a WHERE a.id = named;
    SELECT COALESCE(SUM(amount) FILTER (WHERE kind = 'awarded'), 0) AS awarded,
           COALESCE(SUM(amount) FILTER (WHERE kind = 'paid'), 0) AS paid,
           COALESCE(SUM(amount) FILTER (WHERE kind = 'released'), 0) AS released,
           COALESCE(SUM(amount) FILTER (WHERE kind = 'recovered'), 0) AS recovered
    INTO told FROM (
        SELECT kind, amount FROM awards_ledgerentry WHERE award_id = named
        UNION ALL SELECT coming_kind, coming) entry;
    IF award.astray IS DISTINCT FROM false THEN
        RAISE EXCEPTION 'award %: of another year or dossier', named USING ERRCODE = '23514';
    END IF;
    IF told.awarded <> award.amount THEN
        RAISE EXCEPTION 'award %: % awarded, the ledger says %', named, award.amount, told.awarded
            USING ERRCODE = '23514';
    END IF;
    IF told.paid <> award.paid THEN
        RAISE EXCEPTION 'award %: % paid, the ledger says %', named, award.paid, told.paid
            USING ERRCODE = '23514';
    END IF;
    IF told.released <> award.due_back THEN
        RAISE EXCEPTION 'award %: % due back, the ledger says %',
            named, award.due_back, told.released USING ERRCODE = '23514';
    END IF;
    IF told.recovered > award.paid THEN
        RAISE EXCEPTION 'award %: % paid, the ledger says % clawed back',
            named, award.paid, told.recovered USING ERRCODE = '23514';
    END IF;
END
$$;

CREATE FUNCTION awards_ceiling_booked(of_envelope bigint, coming numeric DEFAULT 0) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE granted numeric; ordered numeric;
BEGIN
    SELECT coming + v.ceiling - COALESCE((SELECT SUM(e.amount) FROM awards_ledgerentry e
               WHERE e.envelope_id = v.id AND e.kind = 'carried_in'), 0),
           COALESCE((SELECT c.ceiling FROM awards_envelopechange c
               WHERE c.envelope_id = v.id AND c.confirmed_at IS NOT NULL
               ORDER BY c.id DESC LIMIT 1), 0)
    INTO granted, ordered FROM awards_envelope v WHERE v.id = of_envelope;
    IF granted <> ordered THEN
        RAISE EXCEPTION 'envelope %: % confirmed by document, the ledger says %',
            of_envelope, ordered, granted USING ERRCODE = '23514';
    END IF;
END
$$;

CREATE FUNCTION awards_entry_has_cause() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
DECLARE named boolean := true;
BEGIN
    PERFORM 1 FROM accounts_user WHERE id = NEW.by_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an entry names who made it' USING ERRCODE = '23514';
    END IF;
    IF NOT concat_ws(' ', NEW.kind, NEW.credit, NEW.debit, {causes}) = ANY ({book}) THEN
        RAISE EXCEPTION 'no entry of the book: % from % to %', NEW.kind, NEW.credit, NEW.debit
            USING ERRCODE = '23514', DETAIL = 'Its accounts, or what it names as its cause.';
    END IF;
    IF NEW.document = '' AND NEW.kind IN {documented} THEN
        RAISE EXCEPTION 'an entry names its document: %', NEW.kind USING ERRCODE = '23514';
    END IF;
    IF NEW.item_id IS NOT NULL THEN
        PERFORM 1 FROM awards_fundingitem WHERE id = NEW.item_id FOR NO KEY UPDATE;
        named := FOUND;
        PERFORM awards_item_booked(NEW.item_id,
            CASE NEW.kind WHEN 'reserved' THEN NEW.amount ELSE -NEW.amount END, NEW.envelope_id);
    END IF;
    IF NEW.award_id IS NOT NULL THEN
        IF NEW.item_id IS NULL THEN
            PERFORM 1 FROM awards_award WHERE id = NEW.award_id FOR NO KEY UPDATE;
        END IF;
        PERFORM awards_award_booked(
            NEW.award_id, NEW.kind, NEW.amount, NEW.envelope_id, NEW.item_id);
    END IF;
    IF NEW.payment_id IS NOT NULL THEN
        PERFORM 1 FROM awards_payment p JOIN awards_instalment n ON n.id = p.instalment_id
        WHERE p.id = NEW.payment_id AND p.amount = NEW.amount AND p.voucher_no IS NOT NULL
          AND n.award_id = NEW.award_id;
        named := named AND FOUND;
    END IF;
    IF NEW.repayment_id IS NOT NULL THEN
        PERFORM 1 FROM awards_repayment r JOIN awards_clawback c ON c.id = r.clawback_id
        WHERE r.id = NEW.repayment_id AND r.principal = NEW.amount AND r.confirmed_at IS NOT NULL
          AND c.award_id = NEW.award_id;
        named := named AND FOUND;
    END IF;
    IF NEW.change_id IS NOT NULL THEN
        PERFORM 1 FROM awards_envelopechange c WHERE c.id = NEW.change_id
          AND c.envelope_id = NEW.envelope_id AND c.confirmed_at IS NOT NULL;
        named := named AND FOUND;
        PERFORM awards_ceiling_booked(NEW.envelope_id,
            CASE NEW.kind WHEN 'ceiling_raised' THEN NEW.amount ELSE -NEW.amount END);
    END IF;
    IF NEW.carry_id IS NOT NULL THEN
        PERFORM 1 FROM awards_carryover c WHERE c.id = NEW.carry_id AND c.amount = NEW.amount
          AND c.confirmed_at IS NOT NULL AND NEW.envelope_id
            = CASE NEW.kind WHEN 'carried_out' THEN c.source_id ELSE c.target_id END;
        named := named AND FOUND;
    END IF;
    IF NOT named THEN
        RAISE EXCEPTION 'an entry names its cause, of its own year and sum'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
-- Triggers fire by name: this one before `entry_moves`, which takes the envelope.
CREATE TRIGGER entry_has_cause BEFORE INSERT ON awards_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION awards_entry_has_cause();
"""
for _name, _sql in (
    ("{holds}", _HOLDS),
    ("{causes}", _CAUSES),
    ("{book}", _BOOK),
    ("{documented}", _DOCUMENTED),
):
    CAUSES = CAUSES.replace(_name, _sql)

BOOKED = """
CREATE FUNCTION awards_booked() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'awards_fundingitem' THEN
        PERFORM awards_item_booked(NEW.id);
    WHEN 'awards_fundinglist' THEN
        PERFORM awards_item_booked(id) FROM awards_fundingitem WHERE funding_list_id = NEW.id;
    WHEN 'applications_application' THEN
        PERFORM awards_item_booked(id) FROM awards_fundingitem WHERE application_id = NEW.id;
    WHEN 'awards_award' THEN
        PERFORM awards_award_booked(NEW.id);
    WHEN 'awards_envelopechange' THEN
        PERFORM awards_ceiling_booked(NEW.envelope_id);
    WHEN 'awards_repayment' THEN
        -- Its principal is booked once it is confirmed, and all of them are within the order's.
        PERFORM 1 FROM awards_repayment r JOIN awards_clawback c ON c.id = r.clawback_id
        WHERE r.id = NEW.id
          AND (SELECT COUNT(*) FROM awards_ledgerentry WHERE repayment_id = r.id)
            = CASE WHEN r.confirmed_at IS NULL OR r.principal = 0 THEN 0 ELSE 1 END
          AND c.principal >= (SELECT SUM(o.principal) FROM awards_repayment o
                              WHERE o.clawback_id = c.id AND o.refused_at IS NULL);
        IF NOT FOUND AND NEW.refused_at IS NULL THEN
            RAISE EXCEPTION 'repayment %: not booked as confirmed, or more than was ordered',
                NEW.id USING ERRCODE = '23514';
        END IF;
    WHEN 'awards_carryover' THEN
        -- As it is by now, not as it was when this was put off.
        PERFORM 1 FROM awards_carryover c
        JOIN awards_envelope s ON s.id = c.source_id JOIN awards_envelope t ON t.id = c.target_id
        WHERE c.id = NEW.id AND t.scheme_id = s.scheme_id AND t.year = s.year + 1
          AND (SELECT COUNT(*) FROM awards_ledgerentry WHERE carry_id = c.id)
            = CASE WHEN c.confirmed_at IS NULL THEN 0 ELSE 2 END;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'carrying over %: not into the next year, or not as confirmed', NEW.id
                USING ERRCODE = '23514';
        END IF;
    END CASE;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER item_booked AFTER UPDATE OF outcome, amount ON awards_fundingitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION awards_booked();
CREATE CONSTRAINT TRIGGER list_booked AFTER UPDATE OF status ON awards_fundinglist
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'approved')
    EXECUTE FUNCTION awards_booked();
CREATE CONSTRAINT TRIGGER dossier_booked AFTER UPDATE OF status ON applications_application
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.status IN {holds}) <> (NEW.status IN {holds}))
    EXECUTE FUNCTION awards_booked();
CREATE CONSTRAINT TRIGGER award_booked
    AFTER INSERT OR UPDATE OF envelope_id, amount, paid, cut, revoked_at
    ON awards_award
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION awards_booked();
CREATE CONSTRAINT TRIGGER change_booked AFTER INSERT OR UPDATE OF confirmed_at
    ON awards_envelopechange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.confirmed_at IS NOT NULL)
    EXECUTE FUNCTION awards_booked();
CREATE CONSTRAINT TRIGGER repayment_booked AFTER INSERT OR UPDATE OF confirmed_at
    ON awards_repayment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION awards_booked();
CREATE CONSTRAINT TRIGGER carry_booked AFTER INSERT OR UPDATE OF confirmed_at ON awards_carryover
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION awards_booked();
""".replace("{holds}", _HOLDS)

CAUSES_UNDONE = """
DROP TRIGGER entry_has_cause ON awards_ledgerentry;
DROP FUNCTION awards_entry_has_cause();
DROP FUNCTION awards_ceiling_booked(bigint, numeric);
DROP FUNCTION awards_award_booked(bigint, text, numeric, bigint, bigint);
DROP FUNCTION awards_item_booked(bigint, numeric, bigint);
"""

BOOKED_UNDONE = """
DROP TRIGGER repayment_booked ON awards_repayment;
DROP TRIGGER carry_booked ON awards_carryover;
DROP TRIGGER change_booked ON awards_envelopechange;
DROP TRIGGER award_booked ON awards_award;
DROP TRIGGER dossier_booked ON applications_application;
DROP TRIGGER list_booked ON awards_fundinglist;
DROP TRIGGER item_booked ON awards_fundingitem;
DROP FUNCTION awards_booked();
"""
