import re
from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.figures import (
    CATALOGUE_MATCHES,
    DECIMAL_FIELDS,
    ENERGY_LEVELS,
    PERMITS,
    UNITS,
    Figures,
)
from applications.sheet import FORMULA_REFERENCES, default_sheet, parse
from reviews.scoring import NOTE_KEYS, VETO_KEYS, compute, half_up, subtotal, vetoes
from reviews.scoring.formulas import FORMULAS
from tests.maths.worked import ITEMS_A, ITEMS_B, PROJECT_A, PROJECT_B

SHEET = parse(default_sheet())


def points(figures, references=None):
    return {code: str(item.score) for code, item in compute(SHEET, figures, references).items()}


def one(code, references=None, **changes):
    return compute(SHEET, replace(PROJECT_A, **changes), references)[code]


def test_every_formula_a_sheet_may_name_has_a_rule():
    assert set(FORMULAS) == set(FORMULA_REFERENCES)


@pytest.mark.parametrize(
    ("figures", "items", "quality", "employment", "total"),
    [
        (PROJECT_A, ITEMS_A, "43.97", "21.37", "65.34"),
        (PROJECT_B, ITEMS_B, "30.78", "24.10", "54.88"),
    ],
    ids=["A 四平 换热装备", "B 辽源 袜业"],
)
def test_worked_projects_item_by_item(figures, items, quality, employment, total):
    computed = compute(SHEET, figures)
    assert {code: str(item.score) for code, item in computed.items()} == items
    parts = [subtotal(SHEET, computed, kind) for kind in ("quality", "employment")]
    assert [str(part) for part in parts] == [quality, employment]
    assert str(sum(parts)) == total
    assert vetoes(computed) == ()


@pytest.mark.parametrize(
    ("match", "score", "veto"),
    [
        ("cluster", "8.00", ""),
        ("catalogue", "5.00", ""),
        ("encouraged", "2.00", ""),
        ("none", "0.00", ""),
        ("restricted", "0.00", "restricted_industry"),
    ],
)
def test_catalogue_match(match, score, veto):
    item = one("Q1.1", catalogue_match=match)
    assert (str(item.score), item.veto, item.working) == (score, veto, "")


@pytest.mark.parametrize(
    ("level", "score", "veto"),
    [
        ("advanced", "4.00", ""),
        ("benchmark", "2.00", ""),
        ("no_norm", "3.00", ""),
        ("above", "0.00", "energy_above_norm"),
    ],
)
def test_energy_level(level, score, veto):
    item = one("Q5.1", energy_level=level)
    assert (str(item.score), item.veto) == (score, veto)


def test_both_vetoes_are_collected_in_the_order_of_the_sheet():
    figures = replace(PROJECT_A, catalogue_match="restricted", energy_level="above")
    assert (
        vetoes(compute(SHEET, figures)) == VETO_KEYS == ("restricted_industry", "energy_above_norm")
    )


@pytest.mark.parametrize(
    ("wan_per_mu", "score"),
    [
        ("400", "4.00"),
        ("399", "3.99"),
        ("395", "3.95"),
        ("390", "3.90"),
        ("0.5", "0.01"),
        ("900", "4.00"),
    ],
)
def test_investment_intensity_loses_a_tenth_for_each_ten_wan_short(wan_per_mu, score):
    item = one("Q2.2", fixed_assets_yuan=D(wan_per_mu) * 10_000 * 10, land_mu=D(10))
    assert str(item.score) == score


def test_working_shows_the_sum_with_its_real_figures():
    workings = {code: item.working for code, item in compute(SHEET, PROJECT_A).items()}
    assert workings == {
        "Q1.1": "",
        "Q2.1": "6 × min(1, 32000 ÷ 30000) = 6.00",
        "Q2.2": "max(0, 4 − 0.1 × max(0, 400 − 32000 ÷ 80) ÷ 10) = 4.00",
        "Q2.3": "6 × min(1, (16000 + 10000) ÷ (32000 − 2400)) = 5.27",
        "Q3.2": "5 × min(1, 1344 ÷ 32000 ÷ 0.05) = 4.20",
        "Q4.2": "5 × min(1, 1000 ÷ 80 ÷ 15) = 4.17",
        "Q5.1": "",
        "Q6.1": "5 × 1 = 5.00",
        "Q6.2": "5 × min(1, 12800 ÷ 32000 ÷ 0.6) = 3.33",
        "J1.1": "8 × min(1, (508 − 340) ÷ 200) = 6.72",
        "J2.1": "5 × min(1, (508 − 340) ÷ 3.2 ÷ 80) = 3.28",
        "J2.2": "4 × min(1, (508 − 340) ÷ 24 ÷ 15) = 1.87",
        "J3.1": "4 × min(1, max(0, 340 ÷ 340 − 0.8) ÷ (1 − 0.8)) = 4.00",
        "J3.2": "4 × min(1, max(0, 64800 ÷ 60000 − 0.8) ÷ (1.2 − 0.8)) = 2.80",
        "J4.1": "3 × min(1, 30.24 ÷ (508 − 340) ÷ 0.2) = 2.70",
    }


def test_inputs_and_references_are_kept_with_their_units():
    item = one("Q2.3")
    assert [(x.key, x.value, x.unit) for x in item.inputs] == [
        ("own_funds_yuan", "160000000", "yuan"),
        ("signed_loans_yuan", "100000000", "yuan"),
        ("fixed_assets_yuan", "320000000", "yuan"),
        ("requested_yuan", "24000000", "yuan"),
    ]
    assert [(x.key, x.value, x.unit) for x in item.references] == [("full_ratio", "1", "ratio")]
    assert [(x.key, x.unit) for x in one("Q2.2").references] == [
        ("full_yuan_per_mu", "yuan_per_mu"),
        ("step_yuan_per_mu", "yuan_per_mu"),
        ("points_per_step", "points"),
    ]
    assert [x.unit for x in one("J2.1").references] == ["persons"]
    assert [(x.key, x.value, x.unit) for x in one("Q6.1", permit_eia=False).inputs][3:] == [
        ("permit_eia", "no", "yes_no"),
        ("permit_construction", "yes", "yes_no"),
    ]
    assert [(x.value, x.unit) for x in one("Q5.1").inputs] == [("advanced", "choice")]
    assert one("J1.1").to_data() == {
        "score": "6.72",
        "max": "8",
        "formula": "net_new_jobs",
        "inputs": {"baseline_headcount": "340", "promised_headcount": "508"},
        "references": {"full_persons": "200"},
        "working": "8 × min(1, (508 − 340) ÷ 200) = 6.72",
        "note": "",
        "missing": [],
        "veto": "",
    }


def test_references_of_the_panel_group_are_used_and_shown():
    item = one("J1.1", references={"J1.1": {"full_persons": "400"}})
    assert (str(item.score), item.working) == ("3.36", "8 × min(1, (508 − 340) ÷ 400) = 3.36")


def test_fewer_jobs_than_before_give_nothing_and_say_so():
    item = one("J1.1", promised_headcount=D(300))
    assert (str(item.score), item.working) == ("0.00", "8 × min(1, max(0, 300 − 340) ÷ 200) = 0.00")


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("Q2.2", {"land_mu": D(0)}),
        ("Q2.3", {"requested_yuan": PROJECT_A.fixed_assets_yuan}),
        ("Q2.3", {"requested_yuan": PROJECT_A.fixed_assets_yuan * 2}),
        ("Q3.2", {"revenue_yuan": D(0)}),
        ("Q4.2", {"land_mu": D(0)}),
        ("Q6.2", {"fixed_assets_yuan": D(0)}),
        ("J2.1", {"fixed_assets_yuan": D(0)}),
        ("J2.2", {"requested_yuan": D(0)}),
        ("J3.1", {"employed": D(0)}),
        ("J3.2", {"local_wage_yuan": D(0)}),
        ("J4.1", {"promised_headcount": D(340)}),
        ("J4.1", {"promised_headcount": D(10)}),
    ],
)
def test_dividing_by_nothing_scores_nothing_with_a_note(code, changes):
    item = one(code, **changes)
    assert (str(item.score), item.note, item.working, item.missing) == (
        "0.00",
        "divisor_zero",
        "",
        (),
    )


def test_missing_figures_score_nothing_and_are_named():
    empty = compute(SHEET, Figures())
    assert {item.score for item in empty.values()} == {D("0.00")}
    assert empty["Q2.3"].missing == (
        "own_funds_yuan",
        "signed_loans_yuan",
        "fixed_assets_yuan",
        "requested_yuan",
    )
    assert {code for code, item in empty.items() if item.note == ""} == {"Q6.1"}, (
        "no permit is a fact"
    )
    assert {item.note for item in empty.values()} - {""} <= set(NOTE_KEYS)
    assert one("Q2.3", signed_loans_yuan=None).missing == ("signed_loans_yuan",)


def test_rounding_is_half_up_on_the_exact_value():
    # 8 × 1.25 ÷ 2000 = 0.005 exactly, and a third of three times it, which decimals cannot hold
    assert half_up(Fraction(1, 200)) == D("0.01")
    assert half_up(Fraction(1, 3) * Fraction(3, 200)) == D("0.01")
    assert half_up(D("2.675")) == D("2.68")
    assert half_up(D("-2.675")) == D("-2.68")
    assert half_up(Fraction(0)) == D("0.00") and str(half_up(0)) == "0.00"
    assert str(half_up(Fraction(2, 3), 4)) == "0.6667"
    assert str(half_up(7, 0)) == "7"
    item = one(
        "J1.1",
        {"J1.1": {"full_persons": "3000"}},
        baseline_headcount=D(0),
        promised_headcount=D("1.875"),
    )
    assert str(item.score) == "0.01"


amounts = st.one_of(
    st.none(),
    st.just(D(0)),
    st.decimals(min_value=0, max_value=D("99999999999999.99"), places=2),
)
figures_strategy = st.builds(
    Figures,
    **dict.fromkeys(DECIMAL_FIELDS, amounts),
    **dict.fromkeys(PERMITS, st.booleans()),
    energy_level=st.sampled_from((None, *ENERGY_LEVELS)),
    catalogue_match=st.sampled_from((None, *CATALOGUE_MATCHES)),
)


def recomputed(working):
    """A firm's own sum: the printed text evaluated exactly."""
    text, _, _ = working.rpartition(" = ")
    text = re.sub(r"\d+(?:\.\d+)?", lambda number: f"Fraction('{number.group()}')", text)
    text = text.replace("×", "*").replace("÷", "/").replace("−", "-")
    return eval(text, {"Fraction": Fraction, "min": min, "max": max, "__builtins__": {}})


@given(figures_strategy)
def test_any_figures_give_points_in_range_and_never_raise(figures):
    for code, item in compute(SHEET, figures).items():
        leaf = SHEET.leaf(code)
        assert 0 <= item.score <= leaf.weight
        assert item.score == round(item.score, 2)
        assert (item.note == "missing") == bool(item.missing)
        if item.note:
            assert item.score == 0 and item.working == ""


@given(figures_strategy)
def test_the_printed_sum_gives_the_score(figures):
    for item in compute(SHEET, figures).values():
        if item.working:
            exact = recomputed(item.working)
            assert half_up(exact) == item.score
            assert item.working.endswith(f" = {item.score}")


@given(
    figures_strategy,
    st.sampled_from(["fixed_assets_yuan", "insured", "average_wage_yuan", "tax_yuan"]),
)
def test_the_same_figures_give_the_same_points(figures, field):
    assert UNITS[field] and compute(SHEET, figures) == compute(SHEET, replace(figures))


@given(
    st.decimals(min_value=0, max_value=1000, places=2),
    st.decimals(min_value=0, max_value=1000, places=2),
)
def test_more_jobs_never_score_less(first, second):
    fewer, more = sorted((first, second))
    assert one("J1.1", promised_headcount=fewer).score <= one("J1.1", promised_headcount=more).score
