"""What must be found when all is over: told acts there, untold ones absent or whole, mails once."""

import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from applications.models import Application, Attachment, Section, Submission
from audit.models import Event
from config.embedded_places import BASE
from notifications import letters
from notifications.models import Delivery, Job, Message, Outgoing
from tests.faults.journal import (
    ABSENT,
    ACKNOWLEDGED,
    ACTS,
    MAILS,
    POSTS,
    UNKNOWN,
    WHOLE,
    lines,
)

Line = dict[str, Any]
PROCESSES = 2  # of the demo's worker, each with one mail in its hands


def look(place: Path, cuts: int) -> tuple[dict[str, Any], list[str]]:
    """The figures, and a line for everything that is not as it must be. `cuts`: so often a worker
    may have died, or lost its database, between a mail and its note."""
    acts, posts, mails = (lines(place / name) for name in (ACTS, POSTS, MAILS))
    fates: Counter[str] = Counter()
    wrong = [
        *acts_are_there(acts),
        *posts_are_there(posts, fates),
        *sections_are_there(posts, fates),
        *mails_came(mails, cuts * PROCESSES),
        *letters_came(posts, mails),
        *nothing_waits(),
        *commands_agree(),
    ]
    found = {
        "acts": dict(Counter(line["fate"] for line in acts)),
        "posts": {
            ACKNOWLEDGED: sum(line["fate"] == ACKNOWLEDGED for line in posts),
            **fates,
        },
        "messages": Message.objects.count(),
        "mails": len(mails),
        "twice": len(mails) - len({mail["id"] for mail in mails}),
        "events": Event.objects.count(),
    }
    return found, wrong


def acts_are_there(acts: list[Line]) -> Iterator[str]:
    """Each event by its number and MAC, each receipt; nothing of what was absent."""
    stored = dict(Event.objects.filter(origin="rehearsal").values_list("pk", "mac"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM faults.receipt")
        receipts = {token for (token,) in cursor.fetchall()}
    told = set()
    for line in acts:
        there = [stored.get(number) == mac for number, mac in line["events"]]
        if line["token"]:
            there.append(line["token"] in receipts)
        if line["fate"] != ABSENT:
            told |= {number for number, _mac in line["events"]}
        if not all(there) if line["fate"] != ABSENT else any(there):
            yield f"act: {line} {there}"
    if untold := sorted(stored.keys() - told):
        yield f"events of no act that was told: {untold}"


def posts_are_there(posts: list[Line], fates: Counter[str]) -> Iterator[str]:
    """A post that was answered is there once; of another one its rows and its event, or neither."""
    looks: dict[str, Callable[[Line], tuple[int, ...]]] = {
        "file": file_of,
        "start": started,
        "submit": submitted,
        "read": read,
    }
    submissions = Counter(line["dossier"] for line in posts if line["what"] == "submit")
    for line in posts:
        if line["what"] not in looks:
            continue
        parts = looks[line["what"]](line)
        whole = set(parts) == {1}
        if line["fate"] == UNKNOWN:
            is_tried_again = line["what"] == "submit" and submissions[line["dossier"]] > 1
            fates[WHOLE if whole else ABSENT] += not is_tried_again
            if not whole and set(parts) != {0}:
                yield f"post: {line} is torn: {parts}"
        elif not whole:
            yield f"post: {line} is not there: {parts}"


def events(action: str, **facts: Any) -> int:
    return Event.objects.filter(action=action, **facts).count()


def file_of(line: Line) -> tuple[int, ...]:
    rows = Attachment.objects.filter(application=line["dossier"], name=line["name"])
    told = events("application.add_file", object_id=str(line["dossier"]), after__name=line["name"])
    same = [
        row
        for row in rows
        if hashlib.sha256(row.file.open("rb").read()).hexdigest() == line["sha256"]
    ]
    return (len(rows), told, len(same))


def started(line: Line) -> tuple[int, ...]:
    rows = Application.objects.filter(call__number=line["call"], title=line["title"])
    return (rows.count(), events("application.start", after__title=line["title"]))


def submitted(line: Line) -> tuple[int, ...]:
    number = line["dossier"]
    told = events("application.submit", object_type="applications.application", object_id=number)
    return (Submission.objects.filter(application=number).count(), told)


def read(line: Line) -> tuple[int, ...]:
    return (Message.objects.filter(pk=line["message"]).exclude(read_at=None).count(),)


def sections_are_there(posts: list[Line], fates: Counter[str]) -> Iterator[str]:
    """Every version of a section is one event; each answered save is one of them, each other one
    that is there was sent, and the last stands in the row."""
    saves = [line for line in posts if line["what"] == "save"]
    for dossier, code in sorted({(line["dossier"], line["section"]) for line in saves}):
        mine = [line for line in saves if (line["dossier"], line["section"]) == (dossier, code)]
        row = Section.objects.get(application=dossier, code=code)
        told = Counter(
            Event.objects.filter(
                action="application.save_section", object_id=str(dossier), after__section=code
            ).values_list("after__version", flat=True)
        )
        where = f"section {code} of {dossier}"
        if told != Counter(range(1, row.version + 1)):
            yield f"{where}: version {row.version}, but the log tells of {sorted(told.elements())}"
        answered = [line["version"] + 1 for line in mine if line["fate"] == ACKNOWLEDGED]
        if len(set(answered)) != len(answered) or not set(answered) <= set(told):
            yield f"{where}: answered {answered}, log {sorted(told)}"
        first = min(line["version"] for line in mine)
        extra = row.version - first - len(answered)
        unknown = [line for line in mine if line["fate"] == UNKNOWN]
        fates[WHOLE] += extra
        fates[ABSENT] += len(unknown) - extra
        if not 0 <= extra <= len(unknown):
            yield f"{where}: {extra} versions that nobody was told of, {len(unknown)} unanswered"
        last = [line["text"] for line in mine if line["version"] + 1 == row.version]
        if row.data[mine[-1]["field"]] not in last:
            yield f"{where}: it reads {row.data[mine[-1]['field']]!r}, sent were {last}"


def mails_came(mails: list[Line], most_twice: int) -> Iterator[str]:
    """Each delivery came. Of a worker that died between the server's yes and its own note the mail
    comes again, under the same Message-ID, which is how its reader's side knows it.
    """
    came = Counter(mail["key"] for mail in mails)
    identities: dict[str, set[str]] = {}
    for mail in mails:
        identities.setdefault(mail["key"], set()).add(mail["id"])
    rows = Delivery.objects.filter(channel="email").select_related("message")
    wanted = {f"{row.message.key}:email": row.attempts for row in rows}
    wanted |= dict(Job.objects.filter(task=letters.TASK).values_list("key", "attempts"))
    if (again := len(mails) - len(came)) > most_twice:
        yield f"mail: {again} came again, more than workers were cut off"
    for key in sorted(wanted.keys() - came.keys()):
        yield f"mail: {key} never came"
    for key, count in sorted(came.items()):
        if key in wanted and count > wanted[key]:
            yield f"mail: {key} came {count} times in {wanted[key]} attempts"
        if key not in wanted:
            yield f"mail: {key} is of no delivery"
        if len(identities[key]) != 1:
            yield f"mail: {key} came under {len(identities[key])} identities"


def letters_came(posts: list[Line], mails: list[Line]) -> Iterator[str]:
    """One for each that was asked for and answered, and perhaps of those that were not."""
    asked = [line for line in posts if line["what"] == "letter"]
    for to in sorted({line["to"] for line in asked}):
        came = {m["key"] for m in mails if m["to"] == to and m["key"].startswith("letter:")}
        fates = Counter(line["fate"] for line in asked if line["to"] == to)
        if not fates[ACKNOWLEDGED] <= len(came) <= fates.total():
            yield f"letters to {to}: {fates}, came {sorted(came)}"


def nothing_waits() -> Iterator[str]:
    for model in (Delivery, Job):
        for row in model.objects.exclude(state=Outgoing.DONE).order_by("pk")[:10]:
            yield f"{model.__name__} {row} is {row.state} after {row.attempts}: {row.error}"


def commands_agree() -> Iterator[str]:
    """`check_invariants` is silent, `verify_audit` finds nothing."""
    for command, is_silent in (("check_invariants", True), ("verify_audit", False)):
        done = subprocess.run(
            [sys.executable, BASE / "manage.py", command],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or (is_silent and done.stdout):
            yield f"{command}: exit {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-2000:]}"
