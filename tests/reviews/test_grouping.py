"""Panels of kindred industries: every dossier once, sizes kept, never across references."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reviews.grouping import KINDRED, Block, family_of, group

CODES = [code for _, codes in KINDRED for code in codes]


def block(code: str, count: int, start: int = 0, references: str = "") -> Block:
    return Block(code, tuple(range(start, start + count)), references)


def sizes(blocks: list[Block], **limits: int) -> list[tuple[tuple[str, ...], int]]:
    return [(g.industries, len(g.dossiers)) for g in group(blocks, **limits)]


def test_one_industry_is_one_panel():
    assert sizes([block("textiles", 12)]) == [(("textiles",), 12)]


def test_a_large_industry_is_dealt_out_evenly():
    assert [n for _, n in sizes([block("equipment", 60)])] == [20, 20, 20]


def test_small_kindred_industries_share_a_panel_and_the_largest_names_it():
    assert sizes([block("ev_parts", 3), block("equipment", 6, 10), block("textiles", 9, 30)]) == [
        (("equipment", "ev_parts"), 9),
        (("textiles",), 9),
    ]


def test_a_family_of_its_own_is_kept_apart_where_each_is_large_enough():
    found = sizes([block("health", 8), block("nuts", 8, 20), block("equipment", 8, 40)])
    assert found == [(("equipment",), 8), (("health",), 8), (("nuts",), 8)]


def test_what_is_too_small_joins_a_neighbour_rather_than_standing_alone():
    assert sizes([block("health", 10), block("nuts", 3, 20)]) == [(("health", "nuts"), 13)]


def test_industries_with_other_references_never_share_a_panel():
    found = sizes([block("equipment", 3), block("ev_parts", 3, 10, "other")])
    assert found == [(("equipment",), 3), (("ev_parts",), 3)]


def test_fewer_panels_when_the_office_asks_for_larger_ones():
    blocks = [block("health", 8), block("nuts", 8, 20), block("equipment", 8, 40)]
    assert [n for _, n in sizes(blocks, smallest=20)] == [24]


def test_nothing_to_group():
    assert group([]) == []


blocks = st.dictionaries(
    st.sampled_from([*CODES, "unheard_of"]),
    st.tuples(st.integers(1, 40), st.sampled_from(["", "other"])),
    max_size=9,
).map(
    lambda drawn: [
        block(code, count, 100 * n, references)
        for n, (code, (count, references)) in enumerate(drawn.items())
    ]
)


@given(blocks, st.integers(1, 12), st.integers(12, 30))
def test_whatever_comes(found, smallest, largest):
    groups = group(found, smallest=smallest, largest=largest)
    wanted = sorted(pk for b in found for pk in b.dossiers)
    assert sorted(pk for g in groups for pk in g.dossiers) == wanted
    assert all(len(g.dossiers) <= largest for g in groups)
    references = {b.industry: b.references for b in found}
    assert all(len({references[code] for code in g.industries}) == 1 for g in groups)
    again = group(list(reversed(found)), smallest=smallest, largest=largest)
    assert again == groups


@given(blocks)
def test_two_small_panels_side_by_side_only_where_they_may_not_be_joined(found):
    groups = group(found)
    references = {b.industry: b.references for b in found}
    for left, right in pairwise(groups):
        small = len(left.dossiers) < 8 and len(right.dossiers) < 8
        if small and len(left.dossiers) + len(right.dossiers) <= 25:
            assert references[left.industries[0]] != references[right.industries[0]]


def test_an_unknown_industry_is_its_own_family():
    assert family_of("unheard_of") == "unheard_of"
    assert family_of("equipment") == family_of("ev_parts")
