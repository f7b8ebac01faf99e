"""Correcting figures moves formula leaves and nothing else; correcting back undoes it."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.figures import Figures
from applications.sheet import default_sheet, parse
from reviews.scoring import Given, combine, compute
from reviews.scoring.formulas import FORMULAS
from reviews.selectors.recomputed import digest_of, rank_call
from reviews.selectors.site_standing import standing_of
from reviews.site_figures import CHECKED, corrected, stored
from tests.exhaustive import examples
from tests.reviews import round, sitework

SHEET = parse(default_sheet())


def value_of(name: str) -> st.SearchStrategy[str]:
    spec = CHECKED[name]
    if spec.kind == "yes_no":
        return st.sampled_from(("yes", "no"))
    if spec.kind == "choice":
        return st.sampled_from([key for key, _label in spec.choices])
    whole = st.integers(0, int(min(spec.most, Decimal(10) ** 9)))
    return whole.map(spec.read)


VALUES = {name: value_of(name) for name in CHECKED}
EVERY = st.fixed_dictionaries(VALUES)
SOME = st.fixed_dictionaries({}, optional=VALUES)
MARKS = st.lists(
    st.decimals(0, 24, places=2).map(lambda total: (total, (total / 4).quantize(Decimal("0.01")))),
    min_size=1,
    max_size=7,
)


def submitted(values: dict[str, str]) -> dict[str, object]:
    """A submission's figures: permits as truth values, the sum asked for beside them."""
    return corrected({"requested_yuan": "24000000.00"}, values)


def given_of(marks) -> list[Given]:
    return [
        Given(f"E{n}", quality=total - jobs, employment=jobs, complete=True)
        for n, (total, jobs) in enumerate(marks)
    ]


@given(EVERY, SOME, MARKS)
@settings(max_examples=examples(60), deadline=None)
def test_only_formula_leaves_that_read_a_corrected_figure_move(values, found, marks):
    before = compute(SHEET, Figures.from_content(submitted(values)))
    after = compute(SHEET, Figures.from_content(corrected(submitted(values), found)))
    differing = {name for name, value in found.items() if value != values[name]}
    reading = {
        code for code, leaf in before.items() if differing & set(FORMULAS[leaf.formula].needs)
    }
    assert {code for code in before if before[code] != after[code]} <= reading
    assert before.keys() == after.keys() == {leaf.code for leaf in SHEET.formula_leaves()}
    rated = [combine(SHEET, leaves, given_of(marks), "trimmed", 5) for leaves in (before, after)]
    opinions = [(s.expert_quality, s.expert_employment, s.experts, s.n) for s in rated]
    assert opinions[0] == opinions[1]


@given(EVERY, SOME)
@settings(max_examples=examples(60), deadline=None)
def test_correcting_back_is_as_if_nothing_had_been_found(values, found):
    there = corrected(submitted(values), found)
    back = corrected(there, {name: values[name] for name in found})
    assert back == submitted(values)
    assert {name: stored(name, back[name]) for name in CHECKED} == values


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=5))
def test_the_last_confirmed_finding_stands_once_one_has_differed(findings):
    rows = [
        {
            "digest": str(n),
            "veto": "zone" if veto else "",
            "corrections": [{"field": "land_mu", "submitted": "80", "found": str(n)}]
            if differs
            else [],
        }
        for n, (differs, veto) in enumerate(findings)
    ]
    standing = standing_of(rows)
    if not any(differs or veto for differs, veto in findings):
        assert standing is None
        return
    differs, veto = findings[-1]
    last = len(findings) - 1
    assert standing is not None
    assert (standing.digest, standing.veto) == (str(last), "zone" if veto else "")
    assert standing.found == ({"land_mu": str(last)} if differs else {})


@pytest.mark.django_db
def test_a_ranking_corrected_and_corrected_back_has_its_digest_again(
    ranked_call, officer, officer2, finance, applicant
):
    dossier = round.dossiers(ranked_call)[0]
    first = ranked_call.rankings.get()

    @given(SOME)
    @settings(
        max_examples=examples(6),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def holds(found):
        with transaction.atomic():
            check = sitework.ordered(dossier, officer, officer2, finance)
            sitework.confirmed(check, officer2, finance, applicant, **found)
            assert opinions(rank_call(ranked_call)) == opinions(first.entries.all())
            again = sitework.ordered(dossier, officer, officer2, finance)
            sitework.confirmed(again, finance, officer2, applicant)
            entries = rank_call(ranked_call)
            for entry in entries:
                entry.details.pop("site", None)  # what is recorded stays recorded
            assert digest_of(entries) == first.digest
            transaction.set_rollback(True)

    holds()


def opinions(entries) -> dict[int, object]:
    return {e.application_id: e.details["experts"] for e in entries}
