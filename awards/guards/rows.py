"""What was recorded stays, and a state follows only on the one before it."""

# Columns that may be filled in once (from NULL or ''), and columns that may change freely.
# Everything else of a row stays as it was written, and no row is deleted.
KEPT: dict[str, tuple[str, str]] = {
    "award": (
        "allocation_id,revoked_by_id,revoked_at,revocation,accepted_by_id,accepted_at,acceptance",
        "paid,cut",
    ),
    "allocationnotice": ("", ""),
    "agreement": (
        "firm_signed_by_id,firm_signed_at,office_signed_by_id,office_signed_at",
        "sign_by,provisional",
    ),
    "signature": ("", ""),
    "instalment": ("", "status,cut"),
    "claim": (
        (
            "verified_by_id,verified_at,verification,jobs_promised,jobs_achieved,jobs_payable,"
            "returned_by_id,returned_at,return_reason"
        ),
        "",
    ),
    "claimfile": ("", ""),
    "payment": ("checked_by_id,checked_at,voucher_no,paid_on,recorded_by_id,recorded_at", ""),
    "paymentbatch": ("sent_by_id,sent_at,settled_at", "status"),
    "batchline": ("left_at", ""),
    "treasuryanswer": ("", ""),
    "answerline": ("", ""),
    "settlement": ("confirmed_by_id,confirmed_at,refused_by_id,refused_at", ""),
    "envelopechange": (
        "confirmed_by_id,confirmed_at,refused_by_id,refused_at,refusal",
        "",
    ),
    "carryover": ("confirmed_by_id,confirmed_at,refused_by_id,refused_at,refusal", ""),
    "fundinglist": ("submitted_at,decided_by_id,decided_at,minutes_id,decision_note", "status"),
    "minutes": ("", ""),
    "deviation": ("confirmed_by_id,confirmed_at,refused_by_id,refused_at", ""),
    "publicnotice": ("", "ends_on,provisional"),
    "noticeitem": ("", ""),
    "objectionfile": ("", ""),
    "objectionreview": (
        "minutes_id,decision,decided_by_id,decided_at",
        "status,due_at,provisional",
    ),
    "objection": (
        "handled_by_id,handled_at,finding,answered_by_id,answered_at,answer",
        "status,due_at,provisional,review_until,review_provisional",
    ),
    "progressreport": ("settled_by_id,settled_at,settlement", "status"),
    "midtermcheck": ("", ""),
    "amendment": (
        "endorsed_by_id,endorsed_at,settled_by_id,settled_at,settlement,version,content,digest",
        "status",
    ),
    "recall": (
        "reply,replied_by_id,replied_at,settled_by_id,settled_at,settlement",
        "status,due_at,provisional",
    ),
    "termination": ("settled_by_id,settled_at,settlement", "status"),
    "clawback": ("settled_at", "due_at,provisional"),
    "repayment": ("confirmed_by_id,confirmed_at,refused_by_id,refused_at,refusal", ""),
    "acceptance": (
        "settled_by_id,settled_at,settlement",
        "status,points,grade,reasons,graded_by_id,graded_at",
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
    " entered>released released>paid claimed>forfeited planned>forfeited",
    "fundinglist": "draft>submitted submitted>approved submitted>sent_back",
    "acceptance": "applied>graded applied>returned graded>applied graded>accepted graded>failed",
    "progressreport": "submitted>confirmed submitted>returned",
    "amendment": "proposed>endorsed proposed>granted proposed>refused endorsed>granted"
    " endorsed>refused proposed>withdrawn endorsed>withdrawn",
    "recall": "issued>replied issued>lifted issued>upheld replied>lifted replied>upheld",
    "termination": "proposed>confirmed proposed>refused proposed>withdrawn",
    "paymentbatch": "draft>sent draft>dissolved sent>settled",
    "objectionreview": "asked>upheld asked>rejected",
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
