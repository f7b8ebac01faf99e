"""A list, its deviations and its public notice stand once they were decided."""

# Items and deviations may be written while their list is a draft. On an approved list only three
# things still happen: a project moves up (its sum grows and the time is kept), a firm is asked by
# a date whether it takes a part of what it asked for, and it answers or lets the date pass. A
# notice's last day is counted anew only while it was provisional. A list goes on only when its
# call's site checks are settled and in its ranking.
LISTS = """
CREATE FUNCTION awards_item_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    list_id bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.funding_list_id
                           ELSE OLD.funding_list_id END;
    list_status text;
    free text[] := ARRAY['outcome', 'amount', 'promoted_at', 'consent', 'consent_by_id',
                         'consent_at', 'answer_due', 'answer_provisional'];
    moved boolean;
    asked boolean;
    answered boolean;
BEGIN
    SELECT status INTO list_status FROM awards_fundinglist WHERE id = list_id;
    IF list_status = 'draft' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND list_status = 'approved'
       AND to_jsonb(OLD) - free = to_jsonb(NEW) - free THEN
        moved := OLD.outcome IN ('reserve', 'passed_over', 'partial')
            AND NEW.outcome IN ('funded', 'partial')
            AND NEW.amount > OLD.amount AND NEW.promoted_at IS NOT NULL
            AND NEW.promoted_at IS DISTINCT FROM OLD.promoted_at;
        asked := (OLD.outcome, OLD.amount, OLD.consent) = ('partial', NEW.amount, '')
            AND (NEW.outcome, NEW.consent) = ('partial', '')
            AND OLD.promoted_at IS NOT DISTINCT FROM NEW.promoted_at
            AND (OLD.answer_due IS NULL OR OLD.answer_provisional);
        answered := (OLD.outcome, OLD.amount) = (NEW.outcome, NEW.amount)
            AND NEW.outcome = 'partial' AND OLD.consent = '' AND NEW.consent <> ''
            AND OLD.promoted_at IS NOT DISTINCT FROM NEW.promoted_at
            AND OLD.answer_due IS NOT DISTINCT FROM NEW.answer_due
            AND (NEW.consent <> 'silent'
                 OR (NOT OLD.answer_provisional AND NEW.consent_at > OLD.answer_due));
        IF moved OR asked OR answered THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'the items of a % list stand', list_status USING ERRCODE = '23001';
END
$$;
CREATE TRIGGER item_stands BEFORE INSERT OR UPDATE OR DELETE ON awards_fundingitem
    FOR EACH ROW EXECUTE FUNCTION awards_item_stands();

CREATE FUNCTION awards_list_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reviews_sitecheck k
                 JOIN applications_application a ON a.id = k.application_id
                WHERE a.call_id = NEW.call_id AND k.state IN ('ordered', 'recorded')) THEN
        RAISE EXCEPTION 'a site check of call % is open', NEW.call_id USING ERRCODE = '23514';
    END IF;
    IF EXISTS (SELECT 1 FROM reviews_sitefinding f
                 JOIN reviews_sitecheck k ON k.id = f.site_check_id
                 JOIN applications_application a ON a.id = k.application_id
                 JOIN reviews_ranking r ON r.id = NEW.ranking_id
                WHERE a.call_id = NEW.call_id AND f.state = 'confirmed'
                  AND (f.corrections > 0 OR f.veto <> '') AND f.decided_at > r.computed_at) THEN
        RAISE EXCEPTION 'ranking % is older than a site check', NEW.ranking_id
            USING ERRCODE = '23514';
    END IF;
    IF NEW.status = 'approved' AND NOT EXISTS (
        SELECT 1 FROM awards_minutes m WHERE m.id = NEW.minutes_id AND m.call_id = NEW.call_id
           AND m.held_on >= (NEW.submitted_at AT TIME ZONE 'Asia/Shanghai')::date) THEN
        RAISE EXCEPTION 'the minutes are not of a meeting on this list of call %', NEW.call_id
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER list_waits BEFORE UPDATE ON awards_fundinglist FOR EACH ROW
    WHEN (NEW.status IN ('submitted', 'approved') AND NEW.status <> OLD.status)
    EXECUTE FUNCTION awards_list_waits();

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

CREATE FUNCTION awards_review_is_above() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM awards_objection o JOIN awards_publicnotice n ON n.id = o.notice_id
       JOIN awards_minutes m ON m.id = NEW.minutes_id AND m.call_id = n.call_id
      WHERE o.id = NEW.objection_id
        AND m.held_on >= (NEW.asked_at AT TIME ZONE 'Asia/Shanghai')::date
        AND NEW.decided_by_id NOT IN (o.answered_by_id, o.handled_by_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a review is decided by a meeting after it was asked for, and by another'
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER review_is_above BEFORE UPDATE ON awards_objectionreview FOR EACH ROW
    WHEN (NEW.status <> 'asked') EXECUTE FUNCTION awards_review_is_above();

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
DROP TRIGGER review_is_above ON awards_objectionreview;
DROP TRIGGER period_stands ON awards_publicnotice;
DROP TRIGGER deviation_in_time ON awards_deviation;
DROP TRIGGER list_waits ON awards_fundinglist;
DROP TRIGGER item_stands ON awards_fundingitem;
DROP FUNCTION awards_notice_names_decided();
DROP FUNCTION awards_review_is_above();
DROP FUNCTION awards_period_stands();
DROP FUNCTION awards_deviation_in_time();
DROP FUNCTION awards_list_waits();
DROP FUNCTION awards_item_stands();
"""
