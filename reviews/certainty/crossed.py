"""The algebra of items crossed with experts, for any pattern of gaps.

Model: y = μ + item + expert + noise, cov(y) = σ²H with H = I + a·ZZ' + b·WW', where Z and W say
which item and expert a score belongs to and a and b are the variances of items and experts in units
of the noise variance σ². Items are absorbed first, which is exact and cheap because each score
belongs to one item; what is left is a dense matrix over the experts, whose eigenvalues give every b
at once (Harville 1977; Searle, Casella, McCulloch 1992, chapter 6). Nothing divides by a or b, so
the boundary 0 is a point like any other.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np

from reviews.certainty.table import Indexes, Numbers, ScoreTable

# Scores are taken to be no finer than this share of their own sum of squares: without any noise
# the likelihood of σ = 0 would be infinite, with it the limit is reached.
NO_FINER: Final = 1e-9


@dataclass(frozen=True)
class Crossed:
    """A table as the algebra needs it.

    `y`: scores less their mean, divided by `scale`, n. `counts`: scores of each item, items.
    `cells`: items × experts, 1 where there is a score (scipy CSR). `total`: sum of squares of y.
    """

    table: ScoreTable
    y: Numbers
    mean: float
    scale: float
    cells: Any

    @classmethod
    def of(cls, table: ScoreTable) -> Self:
        """Raises ValueError for a table without scores."""
        from scipy.sparse import csr_array

        if not table.scores:
            raise ValueError("there is no score")
        # exact, so that the same scores plus a constant leave the same remainders
        mean = sum(table.scores) / len(table.scores)
        y = np.array([float(score - mean) for score in table.scores])
        scale = float(np.abs(y).max()) or 1.0
        entries = np.ones(y.size), (table.item, table.expert)
        cells = csr_array(entries, shape=(len(table.items), len(table.experts)))
        return cls(table, y / scale, float(mean), scale, cells)

    @property
    def n(self) -> int:
        return self.y.size

    @cached_property
    def total(self) -> float:
        return float(self.y @ self.y)

    @property
    def counts(self) -> Numbers:
        return self.table.per_item.astype(float)

    @cached_property
    def item_means(self) -> Numbers:
        """Mean of y of each item; 0 without scores."""
        sums = np.bincount(self.table.item, self.y, minlength=len(self.table.items))
        return np.asarray(sums, dtype=np.float64) / np.maximum(self.counts, 1)

    def per_expert(self, values: Numbers) -> Numbers:
        """Sums over the scores of each expert."""
        sums = np.bincount(self.table.expert, values, minlength=len(self.table.experts))
        return np.asarray(sums, dtype=np.float64)

    @cached_property
    def within(self) -> Numbers:
        """W'W less what item means take: experts × experts, singular along each component."""
        share = self.cells.multiply(1 / np.maximum(self.counts, 1)[:, np.newaxis])
        crossed: Numbers = (self.cells.T @ share.tocsr()).toarray()
        return np.diag(self.table.per_expert.astype(float)) - crossed

    @cached_property
    def blocks(self) -> tuple[Indexes, ...]:
        """The experts who share items, directly or by way of others, as their places: blocks of one
        size together, blocks × size. No matrix over the experts has anything between two blocks.
        """
        from scipy.sparse.csgraph import connected_components

        _count, block_of = connected_components(self.cells.T @ self.cells, directed=False)
        members = np.split(np.argsort(block_of, kind="stable"), np.bincount(block_of).cumsum()[:-1])
        sizes = sorted({len(block) for block in members})
        return tuple(np.array([b for b in members if len(b) == size]) for size in sizes)

    def eigen(self, matrix: Numbers) -> tuple[Numbers, Numbers]:
        """Eigenvalues and vectors of a symmetric matrix over the experts, block by block: a call of
        a hundred panels costs a hundred small ones.
        """
        values, vectors = np.empty(len(matrix)), np.zeros_like(matrix)
        for blocks in self.blocks:
            rows, columns = blocks[:, :, np.newaxis], blocks[:, np.newaxis, :]
            values[blocks], vectors[rows, columns] = np.linalg.eigh(matrix[rows, columns])
        return values, vectors

    @cached_property
    def identified(self) -> tuple[bool, bool]:
        """Whether the variances of items and of experts can be told apart from the noise.

        Not that of items when each has one score, nor that of experts when each gave one: once μ is
        free, their covariances are multiples of the noise's.
        """
        gram = self._gram()
        items, experts = (_independent(gram[np.ix_(pair, pair)]) for pair in ([0, 1], [0, 2]))
        return items, experts and (not items or _independent(gram))

    def _gram(self) -> Numbers:
        """Inner products of the covariances of noise, items and experts, freed of μ: 3 × 3."""
        n, counts, given = self.n, self.counts, self.table.per_expert.astype(float)
        squares = [counts @ counts, given @ given]
        gram = np.empty((3, 3))
        gram[0, 0] = n - 1
        for index, sizes in enumerate((counts, given), start=1):
            square = squares[index - 1]
            gram[0, index] = gram[index, 0] = n - square / n
            gram[index, index] = square - 2 * (sizes**3).sum() / n + square**2 / n**2
        across = counts[self.table.item] @ given[self.table.expert]
        gram[1, 2] = gram[2, 1] = n - 2 * across / n + squares[0] * squares[1] / n**2
        return gram


def _independent(gram: Numbers) -> bool:
    """Whether vectors of these inner products are linearly independent."""
    sizes = np.sqrt(np.maximum(np.diag(gram), 0))
    if sizes.min() <= 1e-6:
        return False
    return bool(np.linalg.eigvalsh(gram / np.outer(sizes, sizes))[0] > 1e-9)


@dataclass(frozen=True)
class Absorbed:
    """A table at one item variance `a`, for every expert variance `b`.

    `weights`: what absorbing leaves of an item's mean, 1/(1 + a·n), items. `values`, `vectors`:
    eigen-decomposition of W'A⁻¹W with A = I + a·ZZ', experts. `one`, `y`: eigenvectors' shares of
    W'A⁻¹1 and W'A⁻¹y.
    """

    crossed: Crossed
    a: float
    weights: Numbers
    values: Numbers
    vectors: Numbers
    one: Numbers
    y: Numbers

    @classmethod
    def of(cls, crossed: Crossed, a: float) -> Self:
        counts, item = crossed.counts, crossed.table.item
        weights = 1 / (1 + a * counts)
        scaled = crossed.cells.multiply((weights / np.maximum(counts, 1))[:, np.newaxis])
        inner = crossed.within + (crossed.cells.T @ scaled.tocsr()).toarray()
        values, vectors = crossed.eigen(inner)
        means = crossed.item_means
        y = crossed.y - (means * (1 - weights))[item]
        return cls(
            crossed=crossed,
            a=a,
            weights=weights,
            values=np.maximum(values, 0),
            vectors=vectors,
            one=vectors.T @ crossed.per_expert(weights[item]),
            y=vectors.T @ crossed.per_expert(y),
        )

    @cached_property
    def plain(self) -> tuple[float, float, float]:
        """1'A⁻¹1, 1'A⁻¹y, y'A⁻¹y."""
        crossed, counts = self.crossed, self.crossed.counts
        means = crossed.item_means
        around = crossed.y - means[crossed.table.item]
        shrunk = counts * self.weights
        return (
            float(shrunk.sum()),
            float(shrunk @ means),
            float(around @ around + shrunk @ means**2),
        )

    def residual(self, b: Numbers) -> tuple[Numbers, Numbers]:
        """y'Py with P of REML, and log|H| + log|1'H⁻¹1|, for each b."""
        shares = b[:, np.newaxis] / (1 + b[:, np.newaxis] * self.values)
        one, cross, square = self.plain
        one_h = np.maximum(one - shares @ self.one**2, 1e-300)
        cross_h = cross - shares @ (self.one * self.y)
        square_h = square - shares @ self.y**2
        logs = np.log1p(b[:, np.newaxis] * self.values).sum(axis=1)
        logs += np.log(one_h) - np.log(self.weights).sum()
        floor = NO_FINER * self.crossed.total
        return np.maximum(square_h - cross_h**2 / one_h, 0) + floor, logs

    def effects(self, b: float) -> "Effects":
        """Best predictions of all effects, and their covariance, with these variances."""
        return Effects.of(self, b)


@dataclass(frozen=True)
class Effects:
    """Best linear unbiased predictions given the variance ratios, in units of y and of σ².

    `items`, `experts`: predictions. `factor`: experts + 1 columns of G such that items have the
    covariance diag(`own`) + GG'. `expert_variances`: prediction variances of the experts.
    """

    items: Numbers
    experts: Numbers
    own: Numbers
    factor: Numbers
    expert_variances: Numbers

    @classmethod
    def of(cls, absorbed: Absorbed, b: float) -> Self:
        crossed, a = absorbed.crossed, absorbed.a
        one, cross, _ = absorbed.plain
        stretched = 1 + b * absorbed.values
        root = absorbed.vectors / np.sqrt(stretched)  # the inverse over the experts is root·root'
        lean = np.sqrt(b) * absorbed.one / np.sqrt(stretched)
        mean_precision = max(one - float(lean @ lean), 1e-300)
        mean = cross - b * float((absorbed.one / stretched) @ absorbed.y)
        mean /= mean_precision
        pull = np.sqrt(b) * (absorbed.y - mean * absorbed.one) / np.sqrt(stretched)
        experts = np.sqrt(b) * (root @ pull)
        # columns: experts freed of μ, then μ with what it drags along
        of_experts = np.sqrt(b) * root
        of_mean = -(of_experts @ lean) / np.sqrt(mean_precision)
        shared = np.column_stack([of_experts, of_mean])
        share = a * absorbed.weights
        sums = crossed.counts * (crossed.item_means - mean) - crossed.cells @ experts
        factor = crossed.cells @ shared
        factor[:, -1] += crossed.counts / np.sqrt(mean_precision)
        return cls(
            items=share * sums,
            experts=experts,
            own=share,
            factor=share[:, np.newaxis] * factor,
            expert_variances=(shared**2).sum(axis=1),
        )

    def item_variances(self) -> Numbers:
        """Prediction variance of each item's effect, in units of σ²."""
        variances: Numbers = self.own + (self.factor**2).sum(axis=1)
        return variances
