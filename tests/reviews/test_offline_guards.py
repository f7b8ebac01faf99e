"""What the database itself holds of sheets typed in from paper, and what verification names."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit import clock, witnesses
from reviews import witnessing
from reviews.models import ScoreSheet, Scribe, SheetImport
from reviews.services import paper
from tests.reviews import sheets, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
REASON = "县里会场没有网络，纸质评分"


def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        return True
    return False


def sql(text: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def test_what_is_decided_is_immutable_by_every_path(checked, maker):
    rows = SheetImport.objects.filter(pk=checked.pk)
    acts = {
        **{
            name: lambda name=name, value=value: rows.update(**{name: value})
            for name, value in {
                "status": "pending", "content": [], "content_digest": "0" * 64, "file": "x",
                "digest": "0" * 64, "scan": "x", "scan_digest": "0" * 64, "maker": checked.checker,
                "checker": None, "decided_at": None, "reason": "x", "kind": "own",
            }.items()
        },
        "checker is the maker": lambda: rows.update(checker=maker),
        "delete": checked.delete,
        "sql": lambda: sql("UPDATE reviews_sheetimport SET status = 'withdrawn'"),
        "sql delete": lambda: sql("DELETE FROM reviews_sheetimport"),
        "scribe changed": lambda: sql("UPDATE reviews_scribe SET reason = 'x'"),
        "scribe gone": lambda: sql("DELETE FROM reviews_scribe"),
    }  # fmt: skip
    assert [name for name, act in acts.items() if not refused(act)] == []


def test_what_waits_can_only_be_decided_by_another_scribe(typed, maker, checker, officer):
    rows = SheetImport.objects.filter(pk=typed.pk)
    now = clock.now()
    acts = {
        "by the maker": {"status": "confirmed", "checker": maker, "decided_at": now},
        "by nobody": {"status": "confirmed", "decided_at": now},
        "by no scribe": {"status": "confirmed", "checker": officer, "decided_at": now},
        "at no time": {"status": "confirmed", "checker": checker},
        "returned for nothing": {"status": "returned", "checker": checker, "decided_at": now},
        "content": {"content": []},
        "maker": {"maker": checker},
        "scan": {"scan_digest": ""},
    }
    assert [name for name, v in acts.items() if not refused(lambda v=v: rows.update(**v))] == []


def test_no_import_comes_from_a_stranger_or_decided(scribed, typed, officer, expert):
    paper.return_paper(row=typed, reason="看错一行", by=Scribe.objects.last().user)
    fields = {
        f.attname: getattr(typed, f.attname)
        for f in SheetImport._meta.concrete_fields
        if f.attname not in ("id", "status", "checker_id", "decided_at", "reason")
    }
    wrong = {
        "officer": {"maker_id": officer.pk},
        "own by a scribe": {"kind": "own", "scan_digest": ""},
        "paper by the expert": {"maker_id": expert.pk},
        "without a scan": {"scan_digest": ""},
        "decided": {"status": "withdrawn", "decided_at": clock.now()},
    }
    made = {
        name: lambda change=change: SheetImport(**(fields | change)).save(force_insert=True)
        for name, change in wrong.items()
    }
    assert [name for name, act in made.items() if not refused(act)] == []


def test_a_signature_on_paper_needs_confirmed_paper_of_that_expert(typed, checker, experts):
    other = table.seat(typed.seat.panel, experts[0])
    base = {"panel": typed.seat.panel, "content": {}, "digest": "0" * 64, "signed_by": checker,
            "signed_at": clock.now(), "paper": typed}  # fmt: skip
    make = {
        "pending": lambda: ScoreSheet.objects.create(expert=typed.seat.expert, **base),
        "of another": lambda: ScoreSheet.objects.create(expert=other.expert, **base),
    }
    assert [name for name, act in make.items() if not refused(act)] == []
    paper.confirm_paper(row=typed, by=checker, **sheets.second_typing(typed))
    assert refused(make["of another"])
    assert not refused(make["pending"])


def test_verification_names_an_altered_import(checked):
    assert list(witnessing.imports()) == []
    with transaction.atomic():
        sql("SET LOCAL session_replication_role = 'replica'")
        sql("UPDATE reviews_sheetimport SET content = '[]', scan_digest = %s", "0" * 64)
        sql(
            "UPDATE reviews_scribe SET user_id = (SELECT min(id) FROM accounts_user)"
            " WHERE id = (SELECT min(id) FROM reviews_scribe)"
        )
        sql("SET LOCAL session_replication_role = 'origin'")
    lines = list(witnessing.imports())
    assert len(lines) == 3
    assert "content was altered" in lines[0]
    assert "scan_digest" in lines[1]
    assert "sheets filled offline" in witnesses.registered()
