"""What is to be matched, and what comes out."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
BARRED: Final = -1


class Unfillable(ValueError):
    """Not every application can get its experts; `short` names those that go short, and by how
    many, in a filling that leaves as few places empty as possible."""

    def __init__(self, short: dict[str, int]) -> None:
        named = ", ".join(f"{name} ({missing})" for name, missing in list(short.items())[:10])
        empty = sum(short.values())
        super().__init__(f"{empty} {'place stays' if empty == 1 else 'places stay'} empty: {named}")
        self.short = short


@dataclass(frozen=True)
class Problem:
    """`affinity` is applications × experts: a whole number from 0, or BARRED. `wanted` experts for
    each application, at most `load` applications for each expert (one number each)."""

    applications: tuple[str, ...]
    experts: tuple[str, ...]
    affinity: NDArray[Any]
    wanted: Ints
    load: Ints

    def __post_init__(self) -> None:
        """Raises ValueError when the parts do not fit together."""
        n, m = len(self.applications), len(self.experts)
        if self.affinity.shape != (n, m) or self.wanted.shape != (n,) or self.load.shape != (m,):
            raise ValueError("affinity, wanted and load must fit applications and experts")
        if not np.issubdtype(self.affinity.dtype, np.integer):
            raise ValueError("affinities are whole numbers")
        if n and m and (int(self.affinity.min()) < BARRED or int(self.affinity.max()) > 1_000_000):
            raise ValueError("affinities lie between 0 and 1,000,000; -1 bars")
        if (self.wanted < 0).any() or (self.load < 0).any():
            raise ValueError("nobody wants or takes less than nothing")
        if len(set(self.applications)) != n or len(set(self.experts)) != m:
            raise ValueError("every id stands once")


@dataclass(frozen=True)
class Pairs:
    """Chosen pairs by position, sorted by application, then expert."""

    application: Ints
    expert: Ints

    def scores(self, problem: Problem) -> Ints:
        """The sum of affinities that each application gets."""
        values = problem.affinity[self.application, self.expert]
        return np.bincount(
            self.application, weights=values, minlength=len(problem.applications)
        ).astype(np.int64)

    def total(self, problem: Problem) -> int:
        return int(problem.affinity[self.application, self.expert].sum(dtype=np.int64))

    def named(self, problem: Problem) -> list[tuple[str, str]]:
        """(application, expert) by id, sorted."""
        pairs = zip(self.application.tolist(), self.expert.tolist(), strict=True)
        return sorted((problem.applications[a], problem.experts[e]) for a, e in pairs)


def violations(problem: Problem, pairs: Pairs) -> list[str]:
    """One line for each rule that the pairs break; empty when they obey all."""
    n, m = problem.affinity.shape
    found = []
    if np.unique(pairs.application * m + pairs.expert).size != pairs.application.size:
        found.append("somebody has the same application twice")
    if (problem.affinity[pairs.application, pairs.expert] == BARRED).any():
        found.append("somebody has an application they are barred from")
    got = np.bincount(pairs.application, minlength=n)
    held = np.bincount(pairs.expert, minlength=m)
    found += [
        f"{problem.applications[a]} has {got[a]} experts of {problem.wanted[a]}"
        for a in np.flatnonzero(got != problem.wanted)
    ]
    found += [
        f"{problem.experts[e]} has {held[e]} applications, above {problem.load[e]}"
        for e in np.flatnonzero(held > problem.load)
    ]
    return found
