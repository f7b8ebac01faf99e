"""Database triggers that hold whatever writes: a service, a script or plain SQL."""

import pgtrigger
from django.db import models

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

# TRUNCATE passes by every trigger of a row; it is let through where the log's is (`audit.guards`).
NOT_EMPTIED = pgtrigger.Trigger(
    name="not_emptied",
    operation=pgtrigger.Truncate,
    when=pgtrigger.Before,
    level=pgtrigger.Statement,
    func="""
        IF current_setting('steelyard.emptying', true) IS DISTINCT FROM 'on' THEN
            RAISE EXCEPTION 'cannot empty %', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """,
)


class Altered(pgtrigger.Condition):
    """True when one of the fields differs between the old row and the new, while `when` holds."""

    def __init__(self, fields: tuple[str, ...], when: str) -> None:
        super().__init__(when)
        self.fields, self.when = fields, when

    def resolve(self, model: type[models.Model]) -> str:
        columns = [model._meta.get_field(name).column for name in self.fields]  # type: ignore[union-attr]
        differ = " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns)
        return f"(({self.when}) AND ({differ}))"


def unchanged(name: str, fields: tuple[str, ...], when: str = "TRUE") -> pgtrigger.Trigger:
    """Refuse an update that changes one of the fields while the SQL condition `when` holds."""
    return pgtrigger.Protect(
        name=name,
        operation=pgtrigger.Update,
        condition=Altered(fields, when),
    )


def closing_instant() -> pgtrigger.Trigger:
    """Refuse a first submission at or after its call's closing instant, by the database's clock."""
    return pgtrigger.Trigger(
        name="before_closing",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        declare=[("closing", "timestamptz")],
        condition=pgtrigger.Condition("NEW.version = 1"),
        func="""
            SELECT c.closes_at INTO closing FROM applications_call c
              JOIN applications_application a ON a.call_id = c.id
             WHERE a.id = NEW.application_id;
            IF steelyard_now() >= closing THEN
                RAISE EXCEPTION 'the call closed at %', closing USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def kept_once_proposed() -> pgtrigger.Trigger:
    """A call may be deleted only as a draft that was never proposed, as the log tells."""
    return pgtrigger.Trigger(
        name="call_kept",
        operation=pgtrigger.Delete,
        when=pgtrigger.Before,
        func="""
            IF OLD.status <> 'draft' OR EXISTS (
                SELECT 1 FROM audit_event WHERE object_type = 'applications.call'
                   AND object_id = OLD.id::text AND action = 'call.propose'
            ) THEN
                RAISE EXCEPTION 'call % was proposed and is kept', OLD.number
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN OLD;
        """,
    )


def stays_published() -> pgtrigger.Trigger:
    """A published call goes back to a draft only before it opens and with nothing received."""
    return pgtrigger.Trigger(
        name="call_stays_published",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition(
            "OLD.status NOT IN ('draft', 'proposed') AND NEW.status IN ('draft', 'proposed')"
        ),
        func="""
            IF OLD.status <> 'published' OR OLD.last_application_no > 0
               OR steelyard_now() >= OLD.opens_at THEN
                RAISE EXCEPTION 'call % has opened and stays published', OLD.number
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
