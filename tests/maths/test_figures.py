from dataclasses import fields
from decimal import Decimal as D

import pytest

from applications.figures import DECIMAL_FIELDS, PERMITS, UNITS, Figures, FiguresError
from tests.maths.worked import PROJECT_A


def content_of(figures):
    """As a submission snapshot keeps it: decimal strings, true or false, choices."""
    stored = {}
    for field in fields(Figures):
        value = getattr(figures, field.name)
        stored[field.name] = str(value) if isinstance(value, D) else value
    return stored


def test_a_stored_submission_reads_back():
    assert Figures.from_content(content_of(PROJECT_A)) == PROJECT_A


def test_what_is_not_filled_in_is_none_and_other_keys_are_left_alone():
    figures = Figures.from_content({"land_mu": "", "title": "换热机组", "permit_eia": None})
    assert figures == Figures()
    assert figures.permits_held == 0 and figures.net_new_jobs is None


def test_every_field_is_a_number_with_a_unit_a_permit_or_a_choice():
    names = {field.name for field in fields(Figures)}
    assert names == {*DECIMAL_FIELDS, *PERMITS, "energy_level", "catalogue_match"}
    assert set(UNITS.values()) == {"yuan", "mu", "persons"}


@pytest.mark.parametrize(
    ("field", "raw", "problem"),
    [
        ("land_mu", "eighty", "not_a_number"),
        ("land_mu", "NaN", "not_a_number"),
        ("land_mu", "Infinity", "not_a_number"),
        ("land_mu", "1e999999999", "not_a_number"),
        ("land_mu", "1e-999999999", "not_a_number"),
        ("land_mu", "9" * 21, "not_a_number"),
        ("land_mu", 80.5, "not_a_number"),
        ("land_mu", True, "not_a_number"),
        ("land_mu", ["80"], "not_a_number"),
        ("land_mu", "-1", "negative"),
        ("energy_level", "good", "unknown_choice"),
        ("catalogue_match", "best", "unknown_choice"),
        ("catalogue_match", ["cluster"], "unknown_choice"),
        ("permit_land", "perhaps", "unknown_choice"),
        ("permit_land", ["land"], "unknown_choice"),
    ],
)
def test_unreadable_figures_are_named(field, raw, problem):
    with pytest.raises(FiguresError) as caught:
        Figures.from_content({**content_of(PROJECT_A), field: raw, "insured": "-2"})
    assert caught.value.problems == {field: problem, "insured": "negative"}


def test_net_new_jobs_never_fall_below_zero():
    assert PROJECT_A.net_new_jobs == 168
    shrinking = Figures(baseline_headcount=D(200), promised_headcount=D("150.5"))
    assert shrinking.net_new_jobs == 0
    mean_of_twelve_months = Figures(baseline_headcount=D("212.33"), promised_headcount=D(300))
    assert mean_of_twelve_months.net_new_jobs == D("87.67")


def test_permits_in_hand():
    assert PROJECT_A.permits_held == 5
    assert Figures(permit_land=True, permit_eia=True).permits_held == 2
    assert Figures.from_content({"permit_filing": "true", "permit_land": "false"}).permits_held == 1
