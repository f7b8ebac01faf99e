"""Separation of duties as database triggers, so that no path around the services breaks it.

Both triggers take the person's row first: two parallel grants, or a grant beside a membership,
wait for each other and the second one sees the first.
"""

import pgtrigger

from accounts.roles import FORBIDDEN_PAIRS

# Both constants below are our own words; nothing a person typed enters this SQL.
_LOCK = "PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;"


def _pairs() -> str:
    both = sorted(
        f"('{a}', '{b}')" for pair in FORBIDDEN_PAIRS for a in pair for b in pair if a != b
    )
    return ", ".join(both)


def grants_stand_apart() -> pgtrigger.Trigger:
    """Refuse a live grant beside one of a forbidden pair, or beside a live membership."""
    return pgtrigger.Trigger(
        name="grants_stand_apart",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF NEW.revoked_at IS NOT NULL THEN RETURN NEW; END IF;
            {_LOCK}
            IF EXISTS (
                SELECT 1 FROM accounts_rolegrant held
                JOIN (VALUES {_pairs()}) AS pair (one, other)
                  ON pair.one = NEW.role AND pair.other = held.role
                WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL
                  AND held.id IS DISTINCT FROM NEW.id
            ) THEN
                RAISE EXCEPTION 'roles that one person may not hold together'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (
                SELECT 1 FROM accounts_membership
                WHERE user_id = NEW.user_id AND ended_at IS NULL
            ) THEN
                RAISE EXCEPTION 'who acts for a firm holds no role'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (see above)
    )


def members_hold_no_role() -> pgtrigger.Trigger:
    """Refuse a live membership for whoever holds, or is proposed for, a role."""
    return pgtrigger.Trigger(
        name="members_hold_no_role",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF NEW.ended_at IS NOT NULL THEN RETURN NEW; END IF;
            {_LOCK}
            IF EXISTS (
                SELECT 1 FROM accounts_rolegrant
                WHERE user_id = NEW.user_id AND revoked_at IS NULL
            ) THEN
                RAISE EXCEPTION 'who holds a role acts for no firm'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (see above)
    )


def grant_keeps_its_history() -> pgtrigger.Trigger:
    """A grant is confirmed once and revoked once; whom and what it names never changes."""
    return pgtrigger.Trigger(
        name="grant_keeps_its_history",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
            IF (NEW.user_id, NEW.role, NEW.region_id, NEW.proposed_by_id, NEW.proposed_at,
                NEW.bootstrap)
               IS DISTINCT FROM
               (OLD.user_id, OLD.role, OLD.region_id, OLD.proposed_by_id, OLD.proposed_at,
                OLD.bootstrap)
               OR (OLD.confirmed_at IS NOT NULL
                   AND (NEW.confirmed_at, NEW.confirmed_by_id)
                       IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id))
               OR OLD.revoked_at IS NOT NULL
            THEN
                RAISE EXCEPTION 'a grant keeps its history' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def never_deleted(name: str) -> pgtrigger.Protect:
    """Rows are ended or revoked; what was, stays readable."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)
