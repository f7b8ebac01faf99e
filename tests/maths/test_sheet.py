import copy
import json
from decimal import Decimal as D

import pytest

from applications.sheet import FORMULA_REFERENCES, PROBLEM_TEXTS, SheetError, default_sheet, parse


def node(tree, code):
    """The raw node of this code, to bend it in a test."""
    for child in tree:
        if child["code"] == code:
            return child
        found = node(child.get("children", []), code)
        if found:
            return found
    return None


def problems_of(tree):
    with pytest.raises(SheetError) as caught:
        parse(tree)
    return [(problem.where, problem.key) for problem in caught.value.problems]


def test_first_sheet_is_the_proposed_one():
    sheet = parse(default_sheet())
    assert [(d.code, d.kind, d.weight) for d in sheet.dimensions] == [
        ("Q", "quality", D(70)),
        ("J", "employment", D(30)),
    ]
    weights = {leaf.code: int(leaf.weight) for leaf in sheet.leaves()}
    assert weights == {
        "Q1.1": 8, "Q1.2": 6, "Q2.1": 6, "Q2.2": 4, "Q2.3": 6, "Q3.1": 7, "Q3.2": 5, "Q4.1": 5,
        "Q4.2": 5, "Q5.1": 4, "Q5.2": 4, "Q6.1": 5, "Q6.2": 5, "J1.1": 8, "J2.1": 5, "J2.2": 4,
        "J3.1": 4, "J3.2": 4, "J4.1": 3, "J4.2": 2,
    }  # fmt: skip
    assert [leaf.code for leaf in sheet.expert_leaves()] == ["Q1.2", "Q3.1", "Q4.1", "Q5.2", "J4.2"]
    assert (sheet.expert_max, sheet.formula_max) == (D(24), D(76))
    assert len(sheet.formula_leaves()) == 15


def test_first_sheet_names_and_tiers_in_both_languages():
    sheet = parse(default_sheet())
    leaf = sheet.leaf("Q1.2")
    assert leaf.name("zh-hans") == "延链补链强链作用"
    assert leaf.name("en") == "Value-chain contribution"
    assert [(t.label("zh-hans"), t.low, t.high, t.base) for t in leaf.tiers] == [
        ("填补产业图谱所列缺环", D("5.01"), D("6.00"), D("6.00")),
        ("延伸现有链条", D("3.01"), D("5.00"), D("4.00")),
        ("与现有环节相同", D("0.01"), D("3.00"), D("2.00")),
        ("无关联", D(0), D(0), D(0)),
    ]
    bases = {x.code: [int(t.base) for t in x.tiers] for x in sheet.expert_leaves()}
    assert bases == {
        "Q1.2": [6, 4, 2, 0],
        "Q3.1": [7, 5, 3, 1],
        "Q4.1": [5, 3, 1, 0],
        "Q5.2": [4, 3, 1, 0],
        "J4.2": [2, 1, 0],
    }
    for leaf in sheet.expert_leaves():
        assert leaf.hint("zh-hans") and leaf.hint("en") and leaf.hint("zh-hans") != leaf.hint("en")
        for tier in leaf.tiers:
            assert tier.label("en").isascii() and not tier.label("zh-hans").isascii()


def test_every_hundredth_falls_into_exactly_one_tier():
    for leaf in parse(default_sheet()).expert_leaves():
        for cents in range(int(leaf.weight) * 100 + 1):
            assert sum(tier.holds(D(cents) / 100) for tier in leaf.tiers) == 1


def test_sheet_survives_json_and_knows_its_dimensions():
    sheet = parse(json.loads(json.dumps(default_sheet())))
    assert sheet == parse(default_sheet())
    assert sheet.quality.code == "Q" and sheet.employment.code == "J"
    assert sheet.kind_of("Q6.2") == "quality" and sheet.kind_of("J4.2") == "employment"
    assert sheet.leaf("J1.1").references == {"full_persons": D(200)}
    with pytest.raises(KeyError):
        sheet.leaf("Q9.9")


@pytest.mark.parametrize("tree", [None, {}, "sheet", 3])
def test_not_a_list(tree):
    assert problems_of(tree) == [("", "children_missing" if tree is None else "not_a_list")]


def test_empty_sheet():
    assert problems_of([]) == [("", "children_missing")]


def bent(at, /, **changes):
    tree = copy.deepcopy(default_sheet())
    target = node(tree, at)
    for key, value in changes.items():
        if value is None:
            del target[key]
        else:
            target[key] = value
    return tree


def tiers(*rows):
    return [
        {"label_zh": "档", "label_en": "tier", "low": low, "high": high, "base": base}
        for low, high, base in rows
    ]


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (bent("Q", weight=69), [("Q", "weights_do_not_add_up")]),
        (bent("Q1", weight=13), [("Q1", "weights_do_not_add_up"), ("Q", "weights_do_not_add_up")]),
        (
            bent("Q1.2", weight="six"),
            [("Q1.2", "weight_unreadable"), ("Q1.2", "tiers_top"), ("Q1", "weights_do_not_add_up")],
        ),
        (
            bent("Q2.1", weight=6.0),
            [("Q2.1", "weight_unreadable"), ("Q2", "weights_do_not_add_up")],
        ),
        (
            bent("Q2.1", weight="6.001"),
            [("Q2.1", "weight_unreadable"), ("Q2", "weights_do_not_add_up")],
        ),
        (
            bent("Q2.1", weight="NaN"),
            [("Q2.1", "weight_unreadable"), ("Q2", "weights_do_not_add_up")],
        ),
        (
            bent("Q2.1", weight=True),
            [("Q2.1", "weight_unreadable"), ("Q2", "weights_do_not_add_up")],
        ),
        (bent("Q2.1", weight=-6), [("Q2.1", "weight_unreadable"), ("Q2", "weights_do_not_add_up")]),
        (bent("Q2.1", code="Q2.2"), [("Q2.2", "code_twice")]),
        (bent("Q2.1", code="J"), [("J", "code_twice")]),
        (bent("Q2.1", code=" "), [("", "code_missing")]),
        (bent("Q2.1", code=None), [("", "code_missing")]),
        (bent("Q2.1", name_zh=""), [("Q2.1", "name_missing")]),
        (bent("Q2.1", name_en=None), [("Q2.1", "name_missing")]),
        (bent("Q2.1", colour="red"), [("Q2.1", "unknown_field")]),
        (bent("Q2.1", mode="guess"), [("Q2.1", "mode_unknown")]),
        (bent("Q2.1", formula="luck"), [("Q2.1", "formula_unknown")]),
        (bent("Q2.1", references={}), [("Q2.1", "reference_missing")]),
        (bent("Q2.1", references=None), [("Q2.1", "reference_missing")]),
        (bent("Q2.1", references={"full_yuan": "1", "x": "1"}), [("Q2.1", "reference_unknown")]),
        (bent("Q2.1", references={"full_yuan": "0"}), [("Q2.1", "reference_zero")]),
        (bent("Q2.1", references={"full_yuan": "-1"}), [("Q2.1", "reference_unreadable")]),
        (bent("Q2.1", references={"full_yuan": 0.5}), [("Q2.1", "reference_unreadable")]),
        (bent("Q2.1", references={"full_yuan": "Infinity"}), [("Q2.1", "reference_unreadable")]),
        (bent("Q2.1", references={"full_yuan": "1e99"}), [("Q2.1", "reference_unreadable")]),
        (
            bent("J3.1", references={"from_ratio": "1", "full_ratio": "1"}),
            [("J3.1", "reference_order")],
        ),
        (
            bent(
                "Q5.1",
                references={"advanced_points": "5", "benchmark_points": "2", "no_norm_points": "3"},
            ),
            [("Q5.1", "reference_above_weight")],
        ),
        (bent("Q", kind="other"), [("Q", "kind_unknown")]),
        (bent("Q", kind="employment"), [("", "kind_count"), ("", "kind_count")]),
        (bent("J1", children=[]), [("J1", "children_missing")]),
        (bent("J1", children=None), [("J1", "children_missing")]),
        (bent("J1", children=["leaf"]), [("J1", "not_a_node")]),
        (bent("J4.2", tiers=None), [("J4.2", "tiers_missing")]),
        (bent("J4.2", tiers=tiers(("0", "2", "1"))), [("J4.2", "tiers_missing")]),
        (
            bent("J4.2", tiers=tiers(("1.01", "2", "2"), ("0", "0.99", "0"))),
            [("J4.2", "tiers_gap")],
        ),
        (
            bent("J4.2", tiers=tiers(("1.00", "2", "2"), ("0", "1.00", "0"))),
            [("J4.2", "tiers_gap")],
        ),
        (
            bent("J4.2", tiers=tiers(("0", "1", "0"), ("1.01", "2", "2"))),
            [("J4.2", "tiers_top"), ("J4.2", "tiers_bottom"), ("J4.2", "tiers_gap")],
        ),
        (
            bent("J4.2", tiers=tiers(("1.01", "1.99", "1.5"), ("0", "1", "0"))),
            [("J4.2", "tiers_top")],
        ),
        (
            bent("J4.2", tiers=tiers(("1.01", "2", "2"), ("0.01", "1", "1"))),
            [("J4.2", "tiers_bottom")],
        ),
        (
            bent("J4.2", tiers=tiers(("1.01", "2", "1"), ("0", "1", "0"))),
            [("J4.2", "tier_upside_down")],
        ),
        (
            bent("J4.2", tiers=tiers(("1.01", "2", "2.001"), ("0", "1", "0"))),
            [("J4.2", "tier_unreadable")],
        ),
        (bent("J4.2", tiers=["best", "worst"]), [("J4.2", "tier_unreadable")] * 2),
        (
            bent(
                "J4.2",
                tiers=[{**t, "label_zh": ""} for t in tiers(("1.01", "2", "2"), ("0", "1", "0"))],
            ),
            [("J4.2", "tier_label_missing")] * 2,
        ),
    ],
)
def test_faulty_sheets_are_refused_with_the_place(tree, expected):
    assert problems_of(tree) == expected


def test_every_problem_has_a_text_and_reads():
    with pytest.raises(SheetError) as caught:
        parse(bent("J4.2", tiers=tiers(("1.01", "2", "2"), ("0", "0.99", "0"))))
    assert str(caught.value) == "J4.2: tier 2 must end 0.01 below the tier before it begins"
    assert {problem.key for problem in caught.value.problems} <= set(PROBLEM_TEXTS)


def test_references_of_a_panel_group():
    sheet = parse(default_sheet())
    textile = sheet.with_references(
        {
            "Q2.1": {"full_yuan": "150000000"},
            "Q2.2": {"full_yuan_per_mu": "2500000"},
        }
    )
    assert textile.leaf("Q2.1").references == {"full_yuan": D(150_000_000)}
    assert textile.leaf("Q2.2").references == {
        "full_yuan_per_mu": D(2_500_000),
        "step_yuan_per_mu": D(100_000),
        "points_per_step": D("0.1"),
    }
    assert sheet.leaf("Q2.1").references == {"full_yuan": D(300_000_000)}, "the sheet itself stays"
    assert textile.leaf("J1.1") == sheet.leaf("J1.1")
    assert sheet.with_references({}) is sheet


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"Q9": {"full_yuan": "1"}}, [("Q9", "leaf_unknown")]),
        ({"Q1.2": {"full_yuan": "1"}}, [("Q1.2", "leaf_unknown")]),
        ({"Q2.1": {"full_yuan": "0"}}, [("Q2.1", "reference_zero")]),
        ({"Q2.1": {"half_yuan": "1"}}, [("Q2.1", "reference_unknown")]),
        ({"Q2.1": {"full_yuan": 1.5}}, [("Q2.1", "reference_unreadable")]),
    ],
)
def test_faulty_references_are_refused(overrides, expected):
    with pytest.raises(SheetError) as caught:
        parse(default_sheet()).with_references(overrides)
    assert [(problem.where, problem.key) for problem in caught.value.problems] == expected


def test_every_formula_of_the_catalogue_is_used_by_the_first_sheet():
    used = [leaf.formula for leaf in parse(default_sheet()).formula_leaves()]
    assert sorted(used) == sorted(FORMULA_REFERENCES)
