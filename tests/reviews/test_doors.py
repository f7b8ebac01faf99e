"""No second door: every row of the review is written by the services that are known to."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


WRITES = {
    "create", "bulk_create", "update", "bulk_update", "delete", "get_or_create",
    "update_or_create", "save", "copy",
}  # fmt: skip
# Every function that writes these rows. A new one here is a new door: ask whether it locks, asks
# the rule and records as the others do.
DOORS = {
    "Mark": {"reviews/services/scoring.py:_write"},
    "ScoreSheet": {"reviews/services/signing.py:sign"},
    "Recusal": {
        "reviews/services/seating.py:_lay_out",
        "reviews/services/succession.py:_write_rows",
    },
    "Declaration": {"reviews/services/declarations.py:_keep_words"},
    "Scribe": {"reviews/services/scribes.py:appoint_scribe"},
    "SheetImport": {
        "reviews/services/imports.py:decide",
        "reviews/services/offline.py:take_own",
        "reviews/services/paper.py:file_paper",
    },
    "Shortlist": {"reviews/services/hearing.py:draw_up_shortlist"},
    "ShortlistEntry": {"reviews/services/hearing.py:draw_up_shortlist"},
    "Sitting": {"reviews/services/hearing.py:set_sitting"},
    "HearingMinutes": {"reviews/services/hearing_minutes.py:record_minutes"},
    "Ranking": {"reviews/services/ranking.py:_rank"},
    "RankingEntry": {"reviews/services/entries.py:write_entries"},
    "SiteFinding": {
        "reviews/services/site_deciding.py:_decide",
        "reviews/services/site_findings.py:_write",
        "reviews/services/site_recounts.py:recount",
    },
    "Assignment": {
        "reviews/services/voiding.py:void_draw",
        "reviews/services/opening.py:_take_withdrawn",
        "reviews/services/hearing.py:_lay_out",
        "reviews/services/hearing_minutes.py:_void_sheets",
        "reviews/services/ranking.py:_end_marking",
        "reviews/services/scoring.py:_finish",
        "reviews/services/scoring.py:_reopen",
        "reviews/services/seating.py:_lay_out",
        "reviews/services/succession.py:_move",
        "reviews/services/succession.py:_write_rows",
        "reviews/services/signing.py:sign",
    },
}
RELATED = {
    "marks": "Mark", "sheets": "ScoreSheet", "recusals": "Recusal", "entries": "RankingEntry",
    "declarations": "Declaration", "rankings": "Ranking", "assignments": "Assignment",
    "scribes": "Scribe", "imports": "SheetImport", "COPY_ENTRIES": "RankingEntry",
}  # fmt: skip
OWN_FIELDS = {
    "overall_comment": "Assignment", "finished_at": "Assignment", "tier": "Mark",
    "checker": "SheetImport", "returned_why": "SiteFinding",
}  # fmt: skip


def model_written(call: ast.Call, known: dict[str, str]) -> str:
    """The model whose rows a call writes; "" when it writes none of these."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return ""
    if call.func.attr == "copy" and call.args and isinstance(call.args[0], ast.Name):
        return RELATED.get(call.args[0].id, "")
    for keyword in call.keywords:
        if keyword.arg == "update_fields" and isinstance(keyword.value, ast.List):
            named = {c.value for c in keyword.value.elts if isinstance(c, ast.Constant)}
            if named & OWN_FIELDS.keys():
                return OWN_FIELDS[max(named & OWN_FIELDS.keys())]
    for node in chain(call.func.value):
        if isinstance(node, ast.Attribute) and node.attr in RELATED and call.func.attr != "save":
            return RELATED[node.attr]
        if isinstance(node, ast.Name) and node.id in known:
            return known[node.id]
    return ""


def chain(node: ast.expr) -> Iterator[ast.expr]:
    """What the calls hang on, from the last to the first; not their arguments."""
    while True:
        yield node
        match node:
            case ast.Call(func=inner) | ast.Attribute(value=inner):
                node = inner
            case _:
                return


def doors() -> dict[str, set[str]]:
    """Model → "file:function" of everything in the project that writes its rows."""
    found: dict[str, set[str]] = {name: set() for name in DOORS}
    for path in sorted(settings.BASE_DIR.rglob("*.py")):
        where = path.relative_to(settings.BASE_DIR)
        if where.parts[0] in ("tests", "bench") or where.parts[0].startswith("."):
            continue
        if "migrations" in where.parts:
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for name in written_in(function):
                    found[name].add(f"{where.as_posix()}:{function.name}")
    return found


def written_in(function: ast.FunctionDef) -> set[str]:
    known = {name: name for name in DOORS}
    for node in ast.walk(function):
        made = node.value if isinstance(node, ast.Assign) else None
        for call in ast.walk(made) if made is not None else ():
            if isinstance(call, ast.Name) and call.id in DOORS:
                known |= {t.id: call.id for t in node.targets if isinstance(t, ast.Name)}
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
    return {name for name in (model_written(call, known) for call in calls) if name}


def test_every_row_of_the_review_has_only_its_known_doors():
    assert doors() == DOORS


def test_no_sql_of_the_project_writes_the_rows_of_the_review():
    tables = [apps.get_model("reviews", name)._meta.db_table for name in DOORS]
    verbs = ("insert into ", "update ", "delete from ", "truncate ", "copy ")
    found = [
        f"{path.name}: {verb}{name}"
        for path in Path(settings.BASE_DIR).rglob("*.py")
        if not {"tests", "migrations", ".venv", "bench"}
        & set(path.relative_to(settings.BASE_DIR).parts)
        for text in [path.read_text(encoding="utf-8").lower()]
        for name in tables
        for verb in verbs
        if f"{verb}{name}" in text
    ]
    assert found == []
