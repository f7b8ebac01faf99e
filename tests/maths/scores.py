"""Tables of scores for the mathematics of certainty."""

import random
from decimal import Decimal as D

from hypothesis import strategies as st

from reviews.certainty.table import ScoreTable

# Shrout and Fleiss 1979, table 2: six targets, four judges.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


def rows_of(matrix):
    """Rows (item, expert, score) of a matrix; None is a gap."""
    return [
        (f"i{i:02}", f"e{j:02}", score)
        for i, line in enumerate(matrix)
        for j, score in enumerate(line)
    ]


def table_of(matrix, order="desc"):
    return ScoreTable.of(rows_of(matrix), order)


def panelled(count, seed=1, experts=350, size=20, seats=7, severity=3, noise=6):
    """Scores of panels that share no item, experts on several panels; rows and item → panel."""
    dice = random.Random(seed)
    lean = [dice.gauss(0, severity) for _ in range(experts)]
    rows, panels = [], {}
    for start in range(0, count, size):
        members = dice.sample(range(experts), seats)
        for number in range(start, min(start + size, count)):
            item, quality = f"p{number:05}", dice.gauss(75, 8)
            panels[item] = f"panel{start // size:03}"
            for expert in members:
                mark = min(max(quality + lean[expert] + dice.gauss(0, noise), 0), 100)
                rows.append((item, f"e{expert:03}", D(round(mark * 100)) / 100))
    return rows, panels


@st.composite
def matrices(draw, items=(2, 7), experts=(2, 5), gaps=True):
    """Small matrices of marks with one decimal, with gaps if wanted, never without any mark."""
    width = draw(st.integers(*experts))
    mark = st.integers(10, 50).map(lambda n: D(n) / 10)
    cell = st.one_of(mark, mark, mark, st.none()) if gaps else mark
    line = st.lists(cell, min_size=width, max_size=width)
    matrix = draw(st.lists(line, min_size=items[0], max_size=items[1]))
    if all(score is None for line in matrix for score in line):
        matrix[0][0] = draw(mark)
    return matrix
