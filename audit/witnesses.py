"""Witnesses: business rows that must agree with what the log says of them.

An app registers a check in its `AppConfig.ready()`; verification runs all of them. A row that
was altered, added or removed behind the application's back no longer agrees with the last
event about it, and is named.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from audit.digests import plain

Check = Callable[[], Iterable[str]]
Facts = Collection[str] | Callable[[Any], Mapping[str, Any]]

_checks: dict[str, Check] = {}
ROWS_AT_ONCE = 2000

# The last event that speaks of each fact of one row: {fact: [value, event's number, action]}.
LAST_SAID = """
(SELECT jsonb_object_agg(said.fact, said.last) FROM (
  SELECT DISTINCT ON (f.key) f.key AS fact, jsonb_build_array(f.value, e.id, e.action) AS last
  FROM audit_event e, jsonb_each(
    CASE WHEN jsonb_typeof(e.after) = 'object' THEN e.after ELSE '{{}}' END) f
  WHERE e.object_type = %s AND e.object_id = {table}.{key}::text
  ORDER BY f.key, e.id DESC) said)
"""

# Objects the log tells of that have no row any more, with their last event.
GONE = """
SELECT DISTINCT ON (e.object_id) e.object_id, e.object_label, e.id, e.action
FROM audit_event e
WHERE e.object_type = %s
  AND NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{key}::text = e.object_id)
ORDER BY e.object_id, e.id DESC
"""


def register(name: str, check: Check) -> None:
    """Run `check` with every verification; it yields one line for each row that disagrees."""
    if _checks.get(name, check) is not check:
        raise ValueError(f"two witnesses are called {name!r}")
    _checks[name] = check


def registered() -> dict[str, Check]:
    """All checks, by name."""
    return dict(_checks)


def last_after(
    rows: type[Model] | QuerySet[Any],
    facts: Facts,
    object_type: str = "",
    *,
    removed_by: Collection[str] = (),
) -> Iterator[str]:
    """One line for each row that does not agree with the last events about it.

    `rows`: a model, or a queryset of it that leaves out rows which no event tells of.
    `facts`: names of fields, or a function of a row giving what the services write into
    `after` (it must ask nothing of the database but what the queryset prefetches).
    For each fact the last event that has it in `after` must say what the row says now. A fact
    that no event has, and an object of the log without a row, are named too; `removed_by` lists
    the actions that end a row rightly. Two queries, whatever the number of rows.
    """
    queryset = rows if isinstance(rows, QuerySet) else QuerySet(rows)
    model = queryset.model
    kind = object_type or model._meta.label_lower
    # Table and column names are quoted by Django, the rest is a constant with one parameter.
    said = RawSQL(_sql(LAST_SAID, model), [kind], JSONField())  # noqa: S611  (see above)
    told = queryset.order_by("pk").annotate(said_of_it=said)
    for row in told.iterator(chunk_size=ROWS_AT_ONCE):
        now = _facts(row, facts)
        yield from _differences(f"{kind} {row.pk} ({row})", now, row.said_of_it or {})
    with connection.cursor() as cursor:
        cursor.execute(_sql(GONE, model), [kind])
        for object_id, label, event, action in cursor.fetchall():
            if action not in removed_by:
                yield _("%(row)s: missing; the last event about it is %(event)s") % {
                    "row": f"{kind} {object_id} ({label})",
                    "event": f"{event} ({action})",
                }


def _sql(template: str, model: type[Model]) -> str:
    quote = connection.ops.quote_name
    return template.format(table=quote(model._meta.db_table), key=quote(str(model._meta.pk.column)))


def _facts(row: Model, facts: Facts) -> Mapping[str, Any]:
    if callable(facts):
        return facts(row)
    return {name: row.serializable_value(name) for name in facts}


def _differences(row: str, now: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    unsaid = [name for name in now if name not in said]
    if unsaid:
        yield _("%(row)s: no event tells of its %(facts)s") % {
            "row": row,
            "facts": ", ".join(unsaid),
        }
    for name, value in now.items():
        if name in said and not same(said[name][0], plain(value)):
            yield _("%(row)s: %(fact)s is %(now)s, event %(event)s says %(said)s") % {
                "row": row,
                "fact": name,
                "now": _show(plain(value)),
                "event": f"{said[name][1]} ({said[name][2]})",
                "said": _show(said[name][0]),
            }


def same(said: Any, now: Any) -> bool:
    """Whether two plain values mean the same: "240" and "240.00" do, and one instant written
    in two zones does."""
    if said == now and isinstance(said, bool) == isinstance(now, bool):
        return True
    if isinstance(said, bool) or isinstance(now, bool):
        return False
    if isinstance(said, (str, int)) and isinstance(now, (str, int)):
        return (
            _number(said) == _number(now) is not None or _instant(said) == _instant(now) is not None
        )
    return False


def _number(value: str | int) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _instant(value: str | int) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _show(value: Any) -> str:
    text = "—" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
