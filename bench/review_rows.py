"""A call of any size with all its marks locked, written by SQL behind the triggers.

For measuring, and for the test that what is measured is right. Never for a database with a history.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import Organisation, Region, RoleGrant, User
from accounts.roles import Role
from applications.models import Call, CallStatus, Industry, Scheme
from audit import clock

PANEL_OF = 20  # dossiers on a panel
FIGURES = {
    "fixed_assets_yuan": "320000000.00",
    "land_mu": "80",
    "own_funds_yuan": "160000000.00",
    "signed_loans_yuan": "100000000.00",
    "requested_yuan": "24000000.00",
    "baseline_headcount": "112",
    "promised_headcount": "280",
}


def sheet(leaves: int) -> list[dict[str, Any]]:
    """A sheet of so many expert leaves, a divisor of 100, all alike; a quarter is employment."""
    if 100 % leaves:
        raise ValueError("the leaves share 100 points in whole parts")
    most, employment = 100 // leaves, max(1, leaves // 4)
    return [
        _dimension("Q", "quality", leaves - employment, most),
        _dimension("J", "employment", employment, most),
    ]


def _dimension(code: str, kind: str, leaves: int, most: int) -> dict[str, Any]:
    def named(code: str, weight: int) -> dict[str, Any]:
        return {"code": code, "name_zh": code, "name_en": code, "weight": weight}

    tiers = [
        {"label_zh": "A", "label_en": "A", "low": "1.01", "high": f"{most}.00", "base": "2.00"},
        {"label_zh": "B", "label_en": "B", "low": "0.00", "high": "1.00", "base": "1.00"},
    ]
    marked = [
        {**named(f"{code}1.{n}", most), "mode": "expert", "tiers": tiers}
        for n in range(1, leaves + 1)
    ]
    indicator = {**named(f"{code}1", most * leaves), "children": marked}
    return {**named(code, most * leaves), "kind": kind, "children": [indicator]}


@contextmanager
def behind_the_triggers() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def write(dossiers: int, experts: int, leaves: int, **rules: Any) -> tuple[Call, User]:
    """A call whose scoring is closed, so many dossiers judged by so many experts each, and an
    officer who may rank it. One panel for each twenty dossiers, experts of its own.
    """
    with behind_the_triggers():
        officer = _officer()
        call = _call(officer, leaves, {"panel_size": 7, "min_scores": 3, "floor": "20.00", **rules})
        _fill(call, officer, dossiers, experts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return call, officer


def _officer() -> User:
    now = clock.now()
    first, second, officer = (
        User.objects.create(username=f"bench{n}", name=f"bench {n}", email=f"b{n}@example.test")
        for n in range(3)
    )
    RoleGrant.objects.create(
        user=officer,
        role=Role.PROGRAMME_OFFICER,
        proposed_by=first,
        proposed_at=now,
        confirmed_by=second,
        confirmed_at=now,
    )
    return officer


def _call(officer: User, leaves: int, rules: dict[str, Any]) -> Call:
    now = clock.now()
    scheme = Scheme.objects.create(
        code="bench",
        name_zh="bench",
        name_en="bench",
        policy="bench",
        article="十四",
        annual_limit=Decimal("300000000"),
        first_year=2024,
        last_year=2028,
    )
    return Call.objects.create(
        scheme=scheme,
        year=2026,
        sequence=1,
        number="2026-1",
        name_zh="bench",
        name_en="bench",
        opens_at=now - timedelta(days=60),
        closes_at=now - timedelta(days=30),
        envelope=Decimal("300000000"),
        max_request=Decimal("30000000"),
        rules=rules,
        sheet=sheet(leaves),
        status=CallStatus.SCORED,
        created_by=officer,
        created_at=now,
        proposed_by=officer,
        proposed_at=now,
    )


def _fill(call: Call, officer: User, dossiers: int, experts: int) -> None:
    place = Region.objects.get(code="220300")
    firm = Organisation.objects.create(
        kind="firm", name="bench", uscc="91220300MA0000001Y", region=place, created_at=clock.now()
    )
    kinds = [
        Industry.objects.get_or_create(code=f"bench{n}", defaults={"name_zh": "b", "name_en": "b"})[
            0
        ]
        for n in range(8)
    ]
    leaves = [leaf["code"] for d in call.sheet for i in d["children"] for leaf in i["children"]]
    values = {
        "call": call.pk,
        "number": call.number,
        "firm": firm.pk,
        "place": place.pk,
        "officer": officer.pk,
        "kinds": [kind.pk for kind in kinds],
        "dossiers": dossiers,
        "panels": -(-dossiers // PANEL_OF),
        "panel_of": PANEL_OF,
        "experts": experts,
        "figures": json.dumps({"figures": FIGURES}),
        "leaves": leaves,
        "marks": 100 * call.sheet[0]["children"][0]["children"][0]["weight"] + 1,
    }
    with connection.cursor() as cursor:
        for statement in ROWS:
            cursor.execute(statement, values)


# Numbers are given here, so that each table finds the rows of the others by reckoning: the panel of
# dossier n is (n - 1) / 20 + 1, its experts are those of that panel.
ROWS = (
    """INSERT INTO applications_application (id, call_id, firm_id, number, title, industry_id,
        region_id, requested, status, created_by_id, created_at, submitted_at, status_since)
    SELECT n, %(call)s, %(firm)s, %(number)s || '-' || lpad(n::text, 6, '0'), 'project ' || n,
        (%(kinds)s::bigint[])[1 + n %% 8], %(place)s, 24000000 - n, 'scored', %(officer)s,
        now(), now(), now()
    FROM generate_series(1, %(dossiers)s) n""",
    """INSERT INTO applications_submission (id, application_id, version, receipt, content, digest,
        submitted_by_id, submitted_at)
    SELECT n, n, 1, 'r' || n, %(figures)s::jsonb, repeat('0', 64), %(officer)s, now()
    FROM generate_series(1, %(dossiers)s) n""",
    """INSERT INTO reviews_panel (id, call_id, number, name_zh, name_en, "references",
        seats_wanted, status, created_by_id, created_at)
    SELECT n, %(call)s, n, 'panel', 'panel', '{}', '[]', 'closed', %(officer)s, now()
    FROM generate_series(1, %(panels)s) n""",
    """INSERT INTO reviews_panelapplication (panel_id, application_id, "order")
    SELECT (n - 1) / %(panel_of)s + 1, n, n FROM generate_series(1, %(dossiers)s) n""",
    """INSERT INTO reviews_expert (id, user_id, kinds, specialties, employer_id, region_id, title,
        pseudonym, active, admitted_at)
    SELECT n, -n, '{technology}', '{}', %(firm)s, %(place)s, '', 'E' || lpad(n::text, 6, '0'),
        true, now()
    FROM generate_series(1, %(panels)s::integer * %(experts)s) n""",
    """INSERT INTO reviews_draw (id, call_id, number, status, input, input_hash, salt, operator_id,
        operator_commitment, supervisor_commitment, operator_secret, supervisor_secret,
        public_entropy_source, public_entropy, seed, result, grounds, figures, reason, prepared_at,
        drawn_at, void_reason)
    VALUES (1, %(call)s, %(number)s || '-D1', 'drawn', '{}', repeat('0', 64), '', %(officer)s,
        '', '', '', '', '', '', repeat('0', 64), '[]', '[]', '{}', '', now(), now(), '')""",
    """INSERT INTO reviews_seat (id, draw_id, panel_id, code, expert_id, rank, state, invited_at,
        reason)
    SELECT n, 1, (n - 1) / %(experts)s + 1, 'technology.' || n, n, 1, 'accepted', now(), ''
    FROM generate_series(1, %(panels)s::integer * %(experts)s) n""",
    """INSERT INTO reviews_scoresheet (id, panel_id, expert_id, stage, content, digest,
        signed_by_id, signed_at)
    SELECT n, (n - 1) / %(experts)s + 1, n, 'paper', '{}', repeat('0', 64), %(officer)s, now()
    FROM generate_series(1, %(panels)s::integer * %(experts)s) n""",
    """INSERT INTO reviews_assignment (id, seat_id, panel_id, expert_id, application_id,
        submission_id, stage, state, sheet_id, overall_comment, overall_version)
    SELECT (n - 1) * %(experts)s + e, (p - 1) * %(experts)s + e, p, (p - 1) * %(experts)s + e,
        n, n, 'paper', 'locked', (p - 1) * %(experts)s + e, '', 1
    FROM (SELECT n, (n - 1) / %(panel_of)s + 1 AS p FROM generate_series(1, %(dossiers)s) n) d,
        generate_series(1, %(experts)s) e""",
    """INSERT INTO reviews_mark (assignment_id, leaf, tier, score, comment, version, updated_at)
    SELECT a, leaf, 0,
        ((hashtextextended(a || leaf, 0) & 65535) %% %(marks)s / 100.0)::numeric(5, 2), '', 1, now()
    FROM generate_series(1, %(dossiers)s::integer * %(experts)s) a,
        unnest(%(leaves)s::text[]) leaf""",
)
