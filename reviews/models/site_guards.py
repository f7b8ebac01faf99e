"""Database triggers of the site check: two people, in order, and nothing altered afterwards."""

import pgtrigger

REFUSE = "USING ERRCODE = 'check_violation'"

# Every change of a check's state that there is.
CHECK_MOVES: dict[str, tuple[str, ...]] = {
    "ordered": ("recorded", "called_off"),
    "recorded": ("ordered", "confirmed"),
    "confirmed": (),
    "called_off": (),
}


def check_starts() -> pgtrigger.Trigger:
    """A check is ordered between the ranking and the decision on the funding list."""
    return pgtrigger.Trigger(
        name="site_check_starts",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
            IF NEW.state <> 'ordered' OR NOT EXISTS (
                SELECT 1 FROM applications_application a
                  JOIN applications_call c ON c.id = a.call_id
                 WHERE a.id = NEW.application_id AND c.status = 'ranked') THEN
                RAISE EXCEPTION 'a site check is ordered once the call is ranked' {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (a constant of this module)
    )


def check_moves() -> pgtrigger.Trigger:
    """Only the moves of `CHECK_MOVES`, each with the finding it rests on."""
    allowed = ", ".join(f"'{a}>{b}'" for a, ends in CHECK_MOVES.items() for b in ends)
    return pgtrigger.Trigger(
        name="site_check_moves",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
        declare=[("last_state", "text")],
        func=f"""
            SELECT f.state INTO last_state FROM reviews_sitefinding f
             WHERE f.site_check_id = NEW.id ORDER BY f.version DESC LIMIT 1;
            IF OLD.state || '>' || NEW.state NOT IN ({allowed})
               OR (NEW.state = 'recorded' AND last_state IS DISTINCT FROM 'pending')
               OR (NEW.state = 'confirmed' AND last_state IS DISTINCT FROM 'confirmed')
               OR (NEW.state = 'ordered' AND last_state IS DISTINCT FROM 'returned') THEN
                RAISE EXCEPTION 'site check %: from % to %', OLD.id, OLD.state, NEW.state {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (constants of this module)
    )


def checker_is_apart() -> pgtrigger.Trigger:
    """No expert and no scribe of the call checks a dossier of it."""
    return pgtrigger.Trigger(
        name="checker_is_apart",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        declare=[("of_call", "bigint")],
        func=f"""
            SELECT a.call_id INTO of_call FROM reviews_sitecheck k
              JOIN applications_application a ON a.id = k.application_id
             WHERE k.id = NEW.site_check_id;
            IF EXISTS (SELECT 1 FROM reviews_seat s JOIN reviews_draw d ON d.id = s.draw_id
                         JOIN reviews_expert e ON e.id = s.expert_id
                        WHERE d.call_id = of_call AND e.user_id = NEW.user_id
                          AND s.state <> 'declined')
               OR EXISTS (SELECT 1 FROM reviews_scribe c JOIN reviews_panel p ON p.id = c.panel_id
                           WHERE p.call_id = of_call AND c.user_id = NEW.user_id) THEN
                RAISE EXCEPTION 'person % took part in the review', NEW.user_id {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (a constant of this module)
    )


_IS_CHECKER = """EXISTS (SELECT 1 FROM reviews_sitechecker c
    WHERE c.site_check_id = NEW.site_check_id AND c.user_id = {person})"""


def finding_starts() -> pgtrigger.Trigger:
    """A finding comes, undecided, from one of at least two checkers, about the same dossier."""
    return pgtrigger.Trigger(
        name="finding_starts",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
            IF NEW.state <> 'pending' OR NOT {_IS_CHECKER.format(person="NEW.maker_id")} THEN
                RAISE EXCEPTION 'a finding begins undecided, with a checker' {REFUSE};
            END IF;
            IF (SELECT count(*) FROM reviews_sitechecker c
                 WHERE c.site_check_id = NEW.site_check_id) < 2 THEN
                RAISE EXCEPTION 'a site check takes at least two people' {REFUSE};
            END IF;
            IF NOT EXISTS (SELECT 1 FROM reviews_sitecheck k
                             JOIN applications_submission s ON s.application_id = k.application_id
                            WHERE k.id = NEW.site_check_id AND k.state = 'ordered'
                              AND s.id = NEW.submission_id) THEN
                RAISE EXCEPTION 'site check %: no finding is due', NEW.site_check_id {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (constants of this module)
    )


def finding_decided() -> pgtrigger.Trigger:
    """Another checker decides; what is held against the firm, after its view or its time."""
    return pgtrigger.Trigger(
        name="finding_decided",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition("OLD.state = 'pending' AND NEW.state <> 'pending'"),
        func=f"""
            IF NOT {_IS_CHECKER.format(person="NEW.checker_id")} THEN
                RAISE EXCEPTION 'person % is no checker', NEW.checker_id {REFUSE};
            END IF;
            IF NEW.state = 'confirmed' AND (NEW.corrections > 0 OR NEW.veto <> '')
               AND (NEW.provisional OR steelyard_now() <= NEW.view_by)
               AND NOT EXISTS (SELECT 1 FROM reviews_siteview v WHERE v.finding_id = NEW.id) THEN
                RAISE EXCEPTION 'finding %: the firm may still state its view', NEW.id {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (constants of this module)
    )


def figure_of_its_check() -> pgtrigger.Trigger:
    """Figures are written with their finding, and rest on files of the same check."""
    return pgtrigger.Trigger(
        name="figure_of_its_check",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
            IF NOT EXISTS (SELECT 1 FROM reviews_sitefinding f
                            WHERE f.id = NEW.finding_id AND f.state = 'pending'
                              AND (NEW.evidence_id IS NULL OR EXISTS (
                                   SELECT 1 FROM reviews_siteevidence e
                                    WHERE e.id = NEW.evidence_id
                                      AND e.site_check_id = f.site_check_id))) THEN
                RAISE EXCEPTION 'finding %: not a figure of it', NEW.finding_id {REFUSE};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (a constant of this module)
    )


def view_in_time() -> pgtrigger.Trigger:
    """A view is stated before the time is over and before the finding is decided."""
    return pgtrigger.Trigger(
        name="view_in_time",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
            PERFORM 1 FROM reviews_sitefinding f
              WHERE f.id = NEW.finding_id AND f.state = 'pending'
                AND (f.provisional OR steelyard_now() <= f.view_by)
                FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'finding %: no view is due', NEW.finding_id {REFUSE};
            END IF;
            RETURN NEW;
        """,
    )
