"""The equations of an interior-point step, ordered so that their factor stays sparse however long the horizon.

Minimise over dx and find dy with W dx - A'dy = g and A dx + C dy = r; W and C are diagonal. Most columns are
eliminated (normal equations). Kept are those that tie stages (periods) to each other, such as the level of a store, and
those with many rows: so little is shared between one part of the horizon and the next. The horizon is cut in two again
and again (nested dissection: George, 1973); what spans a cut is eliminated after both sides, and inside a part of a few
stages the order is one of least degree. A minimum-degree order of the whole has several times the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

LEAF_STAGES = 4
"""Parts of so many stages are not cut further."""

MANY_ROWS = 12
"""A column with more rows is kept: eliminated, it would tie all of them to each other."""

RELATIVE = 1e-12
"""So much is added to each row's diagonal, as a part of it: what cancels must not leave rounding as a pivot."""

SMALL_PART = 50
FACTOR_OPTIONS = {"SymmetricMode": True, "Equil": False}


@dataclass(frozen=True)
class _Spans:
    """First and last stage that a row or column reaches; all of them if it reaches none."""

    first: np.ndarray
    last: np.ndarray

    def whole(self, stages: int) -> _Spans:
        is_none = self.last < 0
        return _Spans(np.where(is_none, 0, self.first), np.where(is_none, stages - 1, self.last))


class StepEquations:
    """The pattern of the equations of all steps, ordered once; ``factor`` takes the numbers of one step."""

    def __init__(self, matrix: sp.csc_matrix, row_stage: np.ndarray | None, is_free: np.ndarray) -> None:
        """``row_stage`` is the stage of each row, -1 for a row over several; ``is_free`` columns are kept as well."""
        rows = matrix.shape[0]
        self._rows, self._matrix, self._transpose = rows, matrix.tocsr(), matrix.T.tocsr()
        stage = np.full(rows, -1) if row_stage is None else row_stage
        stages = int(stage.max(initial=-1)) + 1
        of_rows, of_columns = _spans(matrix, stage)
        is_kept = (of_columns.last > of_columns.first) | (np.diff(matrix.indptr) > MANY_ROWS) | is_free
        self._kept, self._eliminated = np.flatnonzero(is_kept), np.flatnonzero(~is_kept)
        size = rows + len(self._kept)
        row, column, value, of = _products(matrix[:, self._eliminated].tocsc())
        kept = matrix[:, self._kept].tocoo()
        beside = kept.col + rows
        at_row = np.concatenate([row, np.arange(size), kept.row, beside])
        at_column = np.concatenate([column, np.arange(size), beside, kept.row])
        pattern = sp.csc_matrix((np.ones(len(at_row)), (at_row, at_column)), shape=(size, size))
        own, held = of_rows.whole(stages), of_columns.whole(stages)
        spans = _Spans(*(np.concatenate([getattr(own, end), getattr(held, end)[self._kept]])
                         for end in ("first", "last")))  # fmt: skip
        self._order = dissect(pattern, spans.first, spans.last, stages)
        place = np.empty(size, dtype=np.int64)
        place[self._order] = np.arange(size)
        entries, where = np.unique(place[at_column] * size + place[at_row], return_inverse=True)
        self._indices = (entries % size).astype(np.int32)
        self._starts = np.searchsorted(entries, np.arange(size + 1) * size).astype(np.int32)
        products = len(row)
        self._sum = sp.csr_matrix((value, (where[:products], of)), shape=(len(entries), len(self._eliminated)))
        self._diagonal = where[products : products + size]
        self._constant = np.zeros(len(entries))
        np.add.at(self._constant, where[products + size :], np.concatenate([kept.data, kept.data]))

    def factor(self, weight: np.ndarray, corner: np.ndarray) -> None:
        """Factor the equations for diagonals W (columns) and C (rows). Errors: ``RuntimeError`` if singular."""
        self._weight = weight
        values = self._constant + self._sum @ (1.0 / weight[self._eliminated])
        values[self._diagonal] += np.concatenate([corner, -weight[self._kept]])
        values[self._diagonal[: self._rows]] *= 1.0 + RELATIVE
        size = len(self._order)
        if not size:
            return
        whole = sp.csc_matrix((values, self._indices, self._starts), shape=(size, size))
        self._factor = splu(whole, permc_spec="NATURAL", diag_pivot_thresh=0.0, relax=4, panel_size=1,
                            options=FACTOR_OPTIONS)  # fmt: skip

    def fill(self) -> tuple[int, float]:
        """Return the entries of the lower factor, and its multiplications: the sum of squared column lengths."""
        if not len(self._order):
            return 0, 0.0
        entries = np.diff(self._factor.L.tocsc().indptr).astype(float)
        return int(entries.sum()), float((entries**2).sum())

    def solve(self, g: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return dx and dy."""
        eliminated = g / self._weight
        eliminated[self._kept] = 0.0
        right = np.concatenate([r - self._matrix @ eliminated, -g[self._kept]])
        found = np.empty(len(right))
        if len(found):
            found[self._order] = self._factor.solve(right[self._order])
        dy = found[: self._rows]
        dx = (g + self._transpose @ dy) / self._weight
        dx[self._kept] = found[self._rows :]
        return dx, dy

    def times(self, x: np.ndarray) -> np.ndarray:
        """Return A x."""
        return np.asarray(self._matrix @ x)

    def transposed(self, y: np.ndarray) -> np.ndarray:
        """Return A'y."""
        return np.asarray(self._transpose @ y)


def dissect(pattern: sp.csc_matrix, first: np.ndarray, last: np.ndarray, stages: int) -> np.ndarray:
    """Return an order of elimination for a symmetric pattern whose nodes reach from a ``first`` to a ``last`` stage."""
    parts: list[tuple[np.ndarray, bool]] = []
    _cut(np.arange(pattern.shape[0]), 0, stages - 1, first, last, parts)
    inside = np.concatenate([nodes for nodes, is_leaf in parts if is_leaf])
    part = pattern[inside][:, inside]
    heavy = (part + sp.diags(np.asarray(part.sum(axis=1)).ravel() + 1.0)).tocsc()
    rank = np.zeros(pattern.shape[0], dtype=int)
    if len(inside):
        rank[inside] = splu(heavy, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=FACTOR_OPTIONS).perm_c
    return np.concatenate([nodes[np.argsort(rank[nodes], kind="stable")] if is_leaf else nodes
                           for nodes, is_leaf in parts])  # fmt: skip


def _cut(nodes: np.ndarray, start: int, end: int, first: np.ndarray, last: np.ndarray,
         parts: list[tuple[np.ndarray, bool]]) -> None:  # fmt: skip
    """Add the parts of stages ``start`` to ``end`` in the order of elimination, and whether each is a leaf."""
    length = end - start + 1
    if length <= LEAF_STAGES or len(nodes) < SMALL_PART:
        parts.append((nodes, True))
        return
    middle, room = start + (length + 1) // 2, max(1, length // 7)
    cuts = range(max(start + 1, middle - room), min(end, middle + room) + 1)
    spanning = {cut: int(((first[nodes] < cut) & (last[nodes] >= cut)).sum()) for cut in cuts}
    best = min(cuts, key=lambda cut: (spanning[cut], abs(cut - middle)))
    is_before, is_after = last[nodes] < best, first[nodes] >= best
    _cut(nodes[is_before], start, best - 1, first, last, parts)
    _cut(nodes[is_after], best, end, first, last, parts)
    parts.append((nodes[~is_before & ~is_after], False))


def _spans(matrix: sp.csc_matrix, stage: np.ndarray) -> tuple[_Spans, _Spans]:
    """Return which stages rows and columns reach: columns by their rows, rows over several stages by their columns."""
    columns = matrix.shape[1]
    none = int(stage.max(initial=-1)) + 1
    at_row, at_column = matrix.indices, np.repeat(np.arange(columns), np.diff(matrix.indptr))
    first, last = np.full(columns, none), np.full(columns, -1)
    is_staged = stage[at_row] >= 0
    np.minimum.at(first, at_column[is_staged], stage[at_row[is_staged]])
    np.maximum.at(last, at_column[is_staged], stage[at_row[is_staged]])
    row_first, row_last = np.where(stage >= 0, stage, none), stage.copy()
    is_long = ~is_staged & (last[at_column] >= 0)
    np.minimum.at(row_first, at_row[is_long], first[at_column[is_long]])
    np.maximum.at(row_last, at_row[is_long], last[at_column[is_long]])
    return _Spans(row_first, row_last), _Spans(first, last)


def _products(matrix: sp.csc_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return row, column, product and source column of every pair of entries in a column."""
    count = np.diff(matrix.indptr)
    partners = np.repeat(count, count)
    first = np.repeat(np.arange(matrix.nnz), partners)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(partners) - partners, partners)
    second = np.repeat(np.repeat(matrix.indptr[:-1], count), partners) + offset
    source = np.repeat(np.repeat(np.arange(matrix.shape[1]), count), partners)
    return matrix.indices[first], matrix.indices[second], matrix.data[first] * matrix.data[second], source
