"""The dossier's sections as the applicant sees them: state, who touched them, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from applications import sections
from applications.models import Application, Attachment, Section
from applications.readiness import Readiness, missing_documents
from calendars.wording import day_text


@dataclass(frozen=True, slots=True)
class Task:
    """One row of `components/sections.html`."""

    code: str
    title: str
    url: str
    state: str
    state_label: str
    by: str
    current: bool = False
    locked: bool = False

    @property
    def done(self) -> bool:
        return self.state == "done"


def task_list(
    application: Application,
    rows: Sequence[Section],
    files: Sequence[Attachment],
    readiness: Readiness,
    *,
    reader: User,
    now: datetime,
    current: str = "",
) -> list[Task]:
    """The ten sections in order; the last is locked until the other nine are complete."""
    by_code = {row.code: row for row in rows}
    tasks = [
        _task(application, by_code[code], files, readiness, reader, now, current)
        for code in sections.CODES
    ]
    if all(t.done or t.state == "warn" for t in tasks[:-1]):
        return tasks
    last = tasks[-1]
    tasks[-1] = Task(
        last.code,
        last.title,
        last.url,
        "locked",
        _("not open yet"),
        _("Opens when the first nine parts are complete"),
        locked=True,
    )
    return tasks


def _task(
    application: Application,
    row: Section,
    files: Sequence[Attachment],
    readiness: Readiness,
    reader: User,
    now: datetime,
    current: str,
) -> Task:
    state, label = _state(application, row, files, readiness)
    is_current = row.code == current
    return Task(
        row.code,
        str(sections.BY_CODE[row.code].title),
        reverse("applications:section", args=[application.pk, row.code]),
        state,
        label,
        _("You are filling this in") if is_current else _touched(row, reader, now),
        current=is_current,
    )


def _state(
    application: Application, row: Section, files: Sequence[Attachment], readiness: Readiness
) -> tuple[str, str]:
    if row.code == "attachments":
        return _files_state(application, files)
    wanted = sections.wanted(row.code, row.data)
    filled = len(wanted) - len(sections.missing(row.code, row.data))
    found = readiness.contradictions_in(row.code)
    if any(c.blocks for c in found):
        return "act", _("contradiction")
    if row.version == 0:
        return "todo", _("not started")
    if filled < len(wanted):
        return "doing", _("in progress %(filled)s/%(all)s") % {"filled": filled, "all": len(wanted)}
    if found:
        return "warn", ngettext("%(n)s to check", "%(n)s to check", len(found)) % {"n": len(found)}
    return "done", _("complete")


def _files_state(application: Application, files: Sequence[Attachment]) -> tuple[str, str]:
    missing = missing_documents(application.call.required_documents, files)
    if not missing:
        return "done", _("complete")
    if not files:
        return "todo", _("not started")
    text = ngettext("%(n)s missing", "%(n)s missing", len(missing)) % {"n": len(missing)}
    return "act", text


def _touched(row: Section, reader: User, now: datetime) -> str:
    if row.updated_by is None or row.updated_at is None:
        return _("Nobody has filled this in yet")
    day = day_text(row.updated_at, get_language() or "zh-hans", year_now=now.year)
    name = _("you") if row.updated_by_id == reader.pk else row.updated_by.name
    return f"{name} {day}"


def next_open(tasks: Sequence[Task], after: str = "") -> Task | None:
    """The next section with something missing, behind `after` first, then from the beginning.

    A figure still to check does not hold anybody up.
    """
    codes = [t.code for t in tasks]
    start = codes.index(after) + 1 if after in codes else 0
    ordered = [*tasks[start:], *tasks[:start]]
    return next(
        (t for t in ordered if t.state not in ("done", "warn", "locked") and t.code != after), None
    )
