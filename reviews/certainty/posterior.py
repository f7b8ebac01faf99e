"""What the scores leave open about the variances: a small grid over the two ratios, with weights.

Priors, free of the unit of the scores: p(μ) flat, p(σ) ∝ 1/σ for the noise, and half-Cauchy of
scale 1 for the standard deviations of items and of experts in units of σ (Gelman 2006, *Prior
distributions for variance parameters in hierarchical models*; Polson and Scott 2012). In the angles
arctan(SD/σ) the latter are flat, so that both, from 0 to π/2, carry the grid. μ and σ are
integrated in closed form: given the angles, effects are Student's t with n − 1 degrees of freedom.
Every prior is proper where it must be, so that two experts, or one, give an answer too: a wide one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reviews.certainty.crossed import Absorbed, Crossed
from reviews.certainty.table import Numbers

_SIDE: Final = 9  # points along each angle
_ROUNDS: Final = 25
_SHRINKS: Final = 6  # a box is made smaller until what matters fills so much of its side
_MATTERS: Final = 7.0  # of log density below the highest point, while looking
_KEPT: Final = 5.0  # the same, of what is kept: less than 1 % of a normal density is left out


@dataclass(frozen=True)
class Node:
    """One pair of variance ratios: its weight, and σ² as the scores see it there, in units of y."""

    weight: float
    absorbed: Absorbed
    b: float
    residual: float


def nodes(crossed: Crossed) -> list[Node]:
    """The grid, weights adding up to 1. Raises ValueError when the scores do not differ."""
    if crossed.total == 0:
        raise ValueError("the scores do not differ")
    box = np.array([[0.0, np.pi / 2], [0.0, np.pi / 2]])
    for _ in range(_ROUNDS):
        absorbed, ratios, residuals, density = _evaluated(crossed, box)
        smaller = _shrunk(box, density)
        if np.array_equal(smaller, box):
            break
        box = smaller
    weights = np.where(density > -_KEPT, np.exp(density), 0)
    weights /= weights.sum()
    return [
        Node(float(weights[i, j]), absorbed[i], float(ratios[j]), float(residuals[i, j]))
        for i, j in zip(*np.nonzero(weights), strict=True)
    ]


def _evaluated(crossed: Crossed, box: Numbers) -> tuple[list[Absorbed], Numbers, Numbers, Numbers]:
    """The box at its midpoints: items absorbed, expert ratios, y'Py, and log density less its
    highest.
    """
    steps = (np.arange(_SIDE) + 0.5) / _SIDE
    of_items, of_experts = (low + (high - low) * steps for low, high in box)
    ratios = np.tan(of_experts) ** 2
    absorbed = [Absorbed.of(crossed, float(np.tan(angle) ** 2)) for angle in of_items]
    found = [one.residual(ratios) for one in absorbed]
    residuals = np.array([square for square, _ in found])
    logs = np.array([log for _, log in found])
    density = -((crossed.n - 1) * np.log(residuals) + logs) / 2
    return absorbed, ratios, residuals, density - density.max()


def _shrunk(box: Numbers, density: Numbers) -> Numbers:
    """The box around what matters and one cell more on each side; the same where it is filled."""
    result = box.copy()
    for axis in (0, 1):
        along = np.flatnonzero(density.max(axis=1 - axis) > -_MATTERS)
        if along[-1] - along[0] + 1 < _SHRINKS:
            low, high = box[axis]
            cell = (high - low) / _SIDE
            first, last = max(along[0] - 1, 0), min(along[-1] + 2, _SIDE)
            if (first, last) != (0, _SIDE):
                result[axis] = low + cell * first, low + cell * last
    return result
