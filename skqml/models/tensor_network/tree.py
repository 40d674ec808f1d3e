"""Networks that merge neighbours, level by level."""

from collections.abc import Iterable

import numpy as np

from ...engine.threads import map_chunks, n_threads
from .contractions import Contraction
from .graph import ContractionGraph
from .network import TensorNetwork

_ENTRIES = 2**22  # of the tensors of one chunk of rows
_MOST = 2**20  # of those of one row: 16 MiB


class TreeNetwork(TensorNetwork):
    """A binary tree of boxes, before each level of which others cross the borders of the pairs.

    Levels have a merge and a crossing each where ``n_boxes`` is above 1.
    """

    @property
    def n_crossings(self) -> int:
        """As many as merges."""
        return self.n_boxes

    def boxes_of(self, n_tokens) -> Iterable[tuple[str, int, int, int]]:
        """Level by level: those across the borders of pairs, then those that merge pairs."""
        tokens, level = list(range(n_tokens)), 0
        while len(tokens) > 1:
            number, end = min(level, self.n_boxes - 1), len(tokens) // 2 * 2
            yield from (("crossings", number, tokens[k], tokens[k + 1]) for k in range(1, end - 1, 2))
            yield from (("merges", number, tokens[k], tokens[k + 1]) for k in range(0, end, 2))
            tokens, level = tokens[:end:2] + tokens[end:], level + 1

    def rows(self, codes) -> np.ndarray:
        """Codes, cut where there is no box for a level."""
        codes = codes if self.n_boxes == 1 else codes[:, : 2**self.n_boxes]
        check_entries(self.contraction, codes.shape[1])
        return codes

    def _contract(self, rows, tokens, merges, crossings):
        contraction, D, d = self.contraction, self.contraction.dimension, self.contraction.size
        vectors, of_vectors = contraction.vectors(np.concatenate([tokens, np.eye(1, D, dtype=complex)]))
        kept = merges[:, : contraction.n_kept].reshape(self.n_boxes, -1, D, D * D)
        merge, of_merge = contraction.maps(kept)
        cross, of_cross = contraction.maps(crossings.reshape(self.n_boxes, 1, D * D, D * D))
        cubes, fours = merge.reshape(-1, d, d, d), cross.reshape(-1, d, d, d, d)
        chunks = list(_chunks(rows, contraction))
        trees = map_chunks(lambda c: _Tree(rows[c[0], : c[1]], vectors, cubes, fours), chunks, n_threads())
        h, norms = np.empty((len(rows), d), dtype=vectors.dtype), np.zeros(len(rows))
        for (chunk, _), tree in zip(chunks, trees, strict=True):
            norms[chunk] = np.linalg.norm(tree.end, axis=1) if contraction.scales else 1.0
            h[chunk] = tree.end / norms[chunk, None]

        def pullback(g):
            def back(k):
                chunk = chunks[k][0]
                return trees[k].pullback((g[chunk] / norms[chunk, None]).astype(h.dtype))

            parts = [sum(p) for p in zip(*map_chunks(back, range(len(chunks)), n_threads()), strict=True)]
            d_merges = np.zeros_like(merges)
            d_kept = d_merges[:, : contraction.n_kept]
            d_kept[:] = of_merge(parts[1].reshape(merge.shape)).reshape(d_kept.shape)
            return of_vectors(parts[0])[:-1], d_merges, of_cross(parts[2].reshape(cross.shape)).reshape(crossings.shape)

        return h, np.log(norms), pullback


class _Tree:
    """Rows of one length through the tree, and back.

    A site (n_samples, left bond, d, right bond) is joined to its neighbours by bonds. The second site of a pair and
    the first of the next are crossed; the bond between the pairs is then ``(bond inside the left pair, what comes out
    on the left)``: no singular values are needed, as the left site is the identity from there on.
    """

    def __init__(self, codes, vectors, merges, crossings):
        self._codes, self._graph = codes, ContractionGraph()
        self._shapes = vectors.shape, merges.shape, crossings.shape
        start = vectors[codes] if codes.shape[1] else np.broadcast_to(vectors[-1], (len(codes), 1, vectors.shape[1]))
        sites = [self._graph.keep(np.ascontiguousarray(x)[:, None, :, None]) for x in np.moveaxis(start, 1, 0)]
        self._tokens = sites
        self._boxes: list[tuple[int, int, int]] = []
        while len(sites) > 1:
            k = min(len(self._boxes), len(merges) - 1)
            self._boxes.append((k, self._graph.keep(merges[k]), self._graph.keep(crossings[k])))
            sites = self._level(sites, *self._boxes[-1][1:])
        self._last = sites[0]
        self.end = self._graph[self._last][:, 0, :, 0]

    def _level(self, sites, merge, crossing) -> list[int]:
        graph, n_pairs = self._graph, len(sites) // 2
        first, merged = sites[0], []
        for j in range(n_pairs - 1):
            second, following = sites[2 * j + 1], sites[2 * j + 2]
            x = graph.contract("sob,nabk->nasko", merge, first)
            merged.append(graph.reshape(x, (*graph[x].shape[:3], -1)))
            pair = graph.contract("nmbk,nkcr->nmbcr", second, following)
            crossed = graph.contract("pocb,nmbcr->nmopr", crossing, pair)
            n, m, o, p, r = graph[crossed].shape
            first = graph.reshape(crossed, (n, m * o, p, r))
        pair = graph.contract("nabk,nkcr->nabcr", first, sites[2 * n_pairs - 1])
        return [*merged, graph.contract("scb,nabcr->nasr", merge, pair), *sites[2 * n_pairs :]]

    def pullback(self, g) -> list[np.ndarray]:
        """Cotangents of vectors, merges and crossings, for those (n_samples, d) of the end."""
        slopes = self._graph.pullback(self._last, g[:, None, :, None])
        vectors, merges, crossings = (np.zeros(shape, dtype=g.dtype) for shape in self._shapes)
        for t, site in enumerate(self._tokens):
            letters = self._codes[:, t] if self._codes.shape[1] else np.full(len(g), len(vectors) - 1)
            np.add.at(vectors, letters, slopes[site][:, 0, :, 0])
        for k, merge, crossing in self._boxes:
            merges[k] += slopes.get(merge, 0)
            crossings[k] += slopes.get(crossing, 0)
        return [vectors, merges, crossings]


def _chunks(codes, contraction):
    """Numbers of rows of one length, few enough at a time, and that length."""
    lengths = np.sum(codes >= 0, axis=1)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        step = max(1, _ENTRIES // n_entries(contraction, length))
        yield from ((rows[a : a + step], length) for a in range(0, len(rows), step))


def n_entries(contraction: Contraction, n_tokens: int) -> int:
    """Numbers in all tensors of a sequence; bonds between two sites grow by a factor d a level."""
    d, n_sites, bond, total = contraction.size, n_tokens, 1, 1
    while n_sites > 1:
        inner = 1 if n_sites < 4 else bond
        total += n_sites * bond * inner * d**2
        n_sites, bond = -(-n_sites // 2), bond * d if n_sites >= 4 else bond
    return int(total)


def check_entries(contraction: Contraction, n_tokens: int) -> None:
    """Refuse sequences whose tensors do not fit, before any is made."""
    found = n_entries(contraction, n_tokens)
    if found > _MOST:
        raise ValueError(
            f"architecture='convolutional' takes {16 * found:.2g} bytes for a sequence of {n_tokens} tokens of "
            f"n_qubits={contraction.n_qubits}, at most {16 * _MOST:.2g}; lower max_length, or take architecture='path'."
        )
