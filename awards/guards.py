"""Guards of the money: what the services hold, the database holds as well, against any hand.

Plain SQL and not django-pgtrigger, whose triggers a setting of the session can switch off.
Sums are checked when the transaction ends, so that an act may write its rows in any order.
"""

from django.db import migrations

SUMS = """
CREATE FUNCTION awards_envelope_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named bigint[];
    one record;
BEGIN
    IF TG_TABLE_NAME = 'awards_envelope' THEN
        named := ARRAY[NEW.id];
    ELSIF TG_OP = 'INSERT' THEN
        named := ARRAY[NEW.envelope_id];
    ELSIF TG_OP = 'DELETE' THEN
        named := ARRAY[OLD.envelope_id];
    ELSE
        named := ARRAY[NEW.envelope_id, OLD.envelope_id];
    END IF;
    FOR one IN
        SELECT e.id, e.committed, e.paid,
               COALESCE(SUM(CASE WHEN a.revoked_at IS NULL THEN a.amount ELSE a.paid END), 0)
                   AS awarded,
               COALESCE(SUM(a.paid), 0) AS paid_out
        FROM awards_envelope e LEFT JOIN awards_award a ON a.envelope_id = e.id
        WHERE e.id = ANY (named) GROUP BY e.id
    LOOP
        IF one.committed <> one.awarded THEN
            RAISE EXCEPTION 'envelope %: committed %, its awards total %',
                one.id, one.committed, one.awarded USING ERRCODE = '23514';
        END IF;
        IF one.paid <> one.paid_out THEN
            RAISE EXCEPTION 'envelope %: paid %, its awards say %',
                one.id, one.paid, one.paid_out USING ERRCODE = '23514';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER envelope_adds_up AFTER INSERT OR UPDATE OF committed, paid
    ON awards_envelope DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_envelope_adds_up();
CREATE CONSTRAINT TRIGGER award_within_envelope
    AFTER INSERT OR DELETE OR UPDATE OF envelope_id, amount, paid, revoked_at
    ON awards_award DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_envelope_adds_up();

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
        SELECT a.id, a.amount, a.paid, COALESCE(SUM(i.amount), 0) AS parts,
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

CREATE CONSTRAINT TRIGGER award_adds_up AFTER INSERT OR UPDATE OF amount, paid
    ON awards_award DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_award_adds_up();
CREATE CONSTRAINT TRIGGER instalments_add_up
    AFTER INSERT OR DELETE OR UPDATE OF award_id, amount, status
    ON awards_instalment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_award_adds_up();
CREATE CONSTRAINT TRIGGER payments_add_up
    AFTER INSERT OR DELETE OR UPDATE OF instalment_id, amount, voucher_no
    ON awards_payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION awards_award_adds_up();

CREATE FUNCTION awards_payment_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM awards_instalment i JOIN awards_claim c ON c.instalment_id = i.id
    WHERE i.id = NEW.instalment_id AND c.id = NEW.claim_id AND i.amount = NEW.amount
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
"""

SUMS_UNDONE = """
DROP TRIGGER payment_fits ON awards_payment;
DROP TRIGGER payments_add_up ON awards_payment;
DROP TRIGGER instalments_add_up ON awards_instalment;
DROP TRIGGER award_adds_up ON awards_award;
DROP TRIGGER award_within_envelope ON awards_award;
DROP TRIGGER envelope_adds_up ON awards_envelope;
DROP FUNCTION awards_payment_fits();
DROP FUNCTION awards_award_adds_up();
DROP FUNCTION awards_envelope_adds_up();
"""

# Columns that may be filled in once (from NULL or ''), and columns that may change freely.
# Everything else of a row stays as it was written, and no row is deleted.
KEPT: dict[str, tuple[str, str]] = {
    "award": (
        "allocation_id,revoked_by_id,revoked_at,revocation,accepted_by_id,accepted_at,acceptance",
        "paid",
    ),
    "allocationnotice": ("", ""),
    "agreement": (
        "firm_signed_by_id,firm_signed_at,office_signed_by_id,office_signed_at",
        "sign_by,provisional",
    ),
    "instalment": ("", "status"),
    "claim": (
        "verified_by_id,verified_at,verification,returned_by_id,returned_at,return_reason",
        "",
    ),
    "claimfile": ("", ""),
    "payment": ("checked_by_id,checked_at,voucher_no,paid_on,recorded_by_id,recorded_at", ""),
    "envelopechange": (
        "confirmed_by_id,confirmed_at,refused_by_id,refused_at,refusal",
        "",
    ),
    "fundinglist": ("submitted_at,decided_by_id,decided_at,minutes_no,decision_note", "status"),
    "deviation": ("confirmed_by_id,confirmed_at,refused_by_id,refused_at", ""),
    "publicnotice": ("", "ends_on,provisional"),
    "noticeitem": ("", ""),
    "objection": (
        "handled_by_id,handled_at,finding,answered_by_id,answered_at,answer",
        "status,due_at,provisional",
    ),
}

ROWS = """
CREATE FUNCTION awards_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    once text[] := string_to_array(TG_ARGV[0], ',');
    free text[] := string_to_array(TG_ARGV[1], ',');
    was jsonb := to_jsonb(OLD);
    now_is jsonb;
    name text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '%: rows are kept', TG_TABLE_NAME USING ERRCODE = '23001';
    END IF;
    now_is := to_jsonb(NEW);
    IF was - once - free IS DISTINCT FROM now_is - once - free THEN
        RAISE EXCEPTION '%: what was recorded stays', TG_TABLE_NAME USING ERRCODE = '23001';
    END IF;
    FOREACH name IN ARRAY once LOOP
        IF COALESCE(was ->> name, '') <> ''
           AND was -> name IS DISTINCT FROM now_is -> name THEN
            RAISE EXCEPTION '%: % is written once', TG_TABLE_NAME, name
                USING ERRCODE = '23001';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON awards_{table}\n"
    f"    FOR EACH ROW EXECUTE FUNCTION awards_row_stays('{once}', '{free}');\n"
    for table, (once, free) in KEPT.items()
)

ROWS_UNDONE = (
    "".join(f"DROP TRIGGER {table}_stays ON awards_{table};\n" for table in KEPT)
    + "DROP FUNCTION awards_row_stays();"
)

# The small lives: from which state to which.
STEPS: dict[str, str] = {
    "instalment": "planned>claimed claimed>verified claimed>planned verified>entered"
    " entered>released released>paid",
    "fundinglist": "draft>submitted submitted>approved submitted>sent_back",
    "objection": "filed>accepted filed>refused accepted>upheld accepted>rejected",
}

LIVES = """
CREATE FUNCTION awards_state_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.status || '>' || NEW.status) = ANY (string_to_array(TG_ARGV[0], ' ')) THEN
        RAISE EXCEPTION '%: % does not follow on %', TG_TABLE_NAME, NEW.status, OLD.status
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
""" + "".join(
    f"CREATE TRIGGER {table}_state_follows BEFORE UPDATE ON awards_{table} FOR EACH ROW\n"
    f"    WHEN (OLD.status <> NEW.status)\n"
    f"    EXECUTE FUNCTION awards_state_follows('{steps}');\n"
    for table, steps in STEPS.items()
)

LIVES_UNDONE = (
    "".join(f"DROP TRIGGER {table}_state_follows ON awards_{table};\n" for table in STEPS)
    + "DROP FUNCTION awards_state_follows();"
)

# Items and deviations may be written while their list is a draft. On an approved list only two
# things still happen: a project moves up (its sum grows and the time is kept), and a firm answers
# whether it takes a part of what it asked for. A notice's last day is counted anew only while it
# was provisional.
LISTS = """
CREATE FUNCTION awards_item_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    list_id bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.funding_list_id
                           ELSE OLD.funding_list_id END;
    list_status text;
    moved boolean;
    answered boolean;
BEGIN
    SELECT status INTO list_status FROM awards_fundinglist WHERE id = list_id;
    IF list_status = 'draft' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND list_status = 'approved'
       AND to_jsonb(OLD) - ARRAY['outcome', 'amount', 'promoted_at', 'consent', 'consent_by_id',
                                 'consent_at']
         = to_jsonb(NEW) - ARRAY['outcome', 'amount', 'promoted_at', 'consent', 'consent_by_id',
                                 'consent_at'] THEN
        moved := OLD.outcome IN ('reserve', 'partial') AND NEW.outcome IN ('funded', 'partial')
            AND NEW.amount > OLD.amount AND NEW.promoted_at IS NOT NULL
            AND NEW.promoted_at IS DISTINCT FROM OLD.promoted_at;
        answered := (OLD.outcome, OLD.amount) = (NEW.outcome, NEW.amount)
            AND NEW.outcome = 'partial' AND OLD.consent = '' AND NEW.consent <> ''
            AND OLD.promoted_at IS NOT DISTINCT FROM NEW.promoted_at;
        IF moved OR answered THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'the items of a % list stand', list_status USING ERRCODE = '23001';
END
$$;
CREATE TRIGGER item_stands BEFORE INSERT OR UPDATE OR DELETE ON awards_fundingitem
    FOR EACH ROW EXECUTE FUNCTION awards_item_stands();

CREATE FUNCTION awards_deviation_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM awards_fundinglist WHERE id = NEW.funding_list_id AND status = 'draft';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a deviation is asked for and settled while the list is a draft'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER deviation_in_time BEFORE INSERT OR UPDATE ON awards_deviation
    FOR EACH ROW EXECUTE FUNCTION awards_deviation_in_time();

CREATE FUNCTION awards_period_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the period of a public notice stands' USING ERRCODE = '23001';
END
$$;
CREATE TRIGGER period_stands BEFORE UPDATE ON awards_publicnotice FOR EACH ROW
    WHEN (NOT OLD.provisional AND (NEW.ends_on <> OLD.ends_on OR NEW.provisional))
    EXECUTE FUNCTION awards_period_stands();

CREATE FUNCTION awards_notice_names_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM awards_fundingitem i JOIN awards_fundinglist l ON l.id = i.funding_list_id
    WHERE i.id = NEW.item_id AND l.status = 'approved' AND i.application_id = NEW.application_id
      AND i.amount = NEW.amount AND i.outcome IN ('funded', 'partial')
      AND (i.outcome = 'funded' OR i.consent = 'given');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a public notice names what an approved list proposes'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER notice_names_decided BEFORE INSERT ON awards_noticeitem
    FOR EACH ROW EXECUTE FUNCTION awards_notice_names_decided();
"""

LISTS_UNDONE = """
DROP TRIGGER notice_names_decided ON awards_noticeitem;
DROP TRIGGER period_stands ON awards_publicnotice;
DROP TRIGGER deviation_in_time ON awards_deviation;
DROP TRIGGER item_stands ON awards_fundingitem;
DROP FUNCTION awards_notice_names_decided();
DROP FUNCTION awards_period_stands();
DROP FUNCTION awards_deviation_in_time();
DROP FUNCTION awards_item_stands();
"""

OPERATIONS = [
    migrations.RunSQL(SUMS, SUMS_UNDONE),
    migrations.RunSQL(ROWS, ROWS_UNDONE),
    migrations.RunSQL(LIVES, LIVES_UNDONE),
    migrations.RunSQL(LISTS, LISTS_UNDONE),
]
