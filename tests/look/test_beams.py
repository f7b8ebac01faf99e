"""The beam's geometry: nothing outside the drawing, nothing hidden, the sum in proportion."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.beams import Load, percent, weigh
from config.templatetags.weighing import bar, mini, pips

figures = st.decimals(min_value=0, max_value=10**12, places=2)


def loads(*amounts: int | str) -> list[Load]:
    return [Load(Decimal(a)) for a in amounts]


def test_loads_stand_one_after_another():
    drawn = weigh(loads(2850, 2400), limit=Decimal(30000))
    assert [(p.x, p.css) for p in drawn.pieces] == [("0.000%", "load"), ("9.500%", "load")]
    assert [p.width for p in drawn.pieces] == ["9.320%", "7.820%"]
    assert drawn.limit == "100.000%"


def test_what_lies_beyond_the_limit_is_told_apart():
    drawn = weigh(loads(80, 40), limit=Decimal(100), value=Decimal(120))
    assert [p.css for p in drawn.pieces] == ["load", "load", "load-act"]
    assert (drawn.limit, drawn.value, drawn.value_side) == ("83.333%", "100.000%", "left")


def test_an_axis_that_starts_elsewhere():
    window = [Load(Decimal("18.4"), kind="none"), Load(Decimal("10.8"))]
    ends = {"low": Decimal(50), "high": Decimal(90), "is_ceiling": False}
    drawn = weigh(window, limit=Decimal(70), step=Decimal(5), **ends)
    assert [p.x for p in drawn.pieces] == ["46.000%"]
    assert drawn.limit == "50.000%"
    assert len(drawn.stars) == 9


def test_a_label_makes_room_for_the_value_words():
    labels = ["0", "1亿元", "2亿元", "3亿元"]
    given_ = {"limit": Decimal(300), "step": Decimal(10), "major": 10, "labels": labels}
    crowded = weigh([], value=Decimal(290), has_words=True, **given_)
    assert [s.label for s in crowded.stars if s.major] == ["0", "1亿元", "2亿元", ""]
    alone = weigh([], value=Decimal(290), **given_)
    assert [s.label for s in alone.stars if s.major] == labels


@pytest.mark.parametrize(("limit", "low", "high"), [(0, 0, None), (0, 50, 50), (None, 0, None)])
def test_an_empty_scale_divides_by_nothing(limit, low, high):
    drawn = weigh(
        loads(0),
        limit=None if limit is None else Decimal(limit),
        low=Decimal(low),
        high=None if high is None else Decimal(high),
        step=Decimal(1),
    )
    assert drawn.pieces == ()


def test_too_many_stars_are_none():
    assert weigh([], limit=Decimal(10**9), step=Decimal(1)).stars == ()


@given(st.lists(figures, max_size=30), figures, figures)
def test_everything_stays_inside(amounts, limit, value):
    drawn = weigh([Load(a) for a in amounts], limit=limit, value=value, step=Decimal(1000))
    for piece in drawn.pieces:
        x, width = Decimal(piece.x[:-1]), Decimal(piece.width[:-1])
        assert x >= 0
        assert width >= 0
        assert x + width <= Decimal("100.001")
    places = [drawn.limit, drawn.value, *(s.x for s in drawn.stars)]
    assert all(0 <= Decimal(place[:-1]) <= 100 for place in places)
    if sum(amounts) > limit + 1 and limit > 0:
        assert "load-act" in {p.css for p in drawn.pieces}


def test_percent_is_plain():
    assert percent(Decimal("0")) == "0.000%"
    assert percent(Decimal(100) / 3) == "33.333%"


def test_bar_keeps_to_its_track():
    assert 'width="90.257%"' in bar(Decimal("63.18"), 70)
    assert 'width="100.000%"' in bar(99, 30, "j")
    assert 'width="0.000%"' in bar(None, 0)
    assert 'width="0.000%"' in bar(-5, 30)
    assert '<svg class="bar is-full"' in bar(1, 2, full=True)


def test_mini_shows_overrun_only_beyond_the_limit():
    assert 'class="late"' in mini(22, 15)
    assert 'class="late"' not in mini(15, 15)
    assert 'class="warn"' in mini(12, 15, 8, 12)
    assert 'class="ok"' in mini(11, 15, 8, 12)
    assert [f'x1="{at}%"' in mini(3, 15, 6, 9) for at in ("26.667", "40.000", "35.556")] == [
        True,
        True,
        False,
    ]
    assert 'width="33.333%"' in mini(9000, 15)
    assert 'class="ok" y="3" width="0.000%"' in mini(5, 0)


def test_pips():
    assert pips(2, 3).count("<circle") == 3
    assert pips(2, 3).count('class="on"') == 2
    assert pips(0, 0).count("<circle") == 0
    assert pips(5, 3).count('class="on"') == 5
    assert pips(1, 500).count("<circle") == 12
