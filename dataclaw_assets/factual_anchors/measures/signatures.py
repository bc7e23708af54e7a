"""Signatures of a source's samples: small pictures, and how far apart they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.extractors.contract import Luma

QUARTER = 144
"""Cells of a signature's chroma (16 × 9); its luma has four times as many."""

BLOCK = 256
"""Samples that one comparison with all of them takes at a time, so that it needs little memory."""

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class Signatures:
    """Takes at most `most` samples, 1 kB each; memory is used as they come."""

    def __init__(self, most: int) -> None:
        self._count = 0
        self._times = np.empty(most)
        # rows of luma, then of Cb and Cr; the four cells of luma over one of chroma are in four rows
        self._cells = np.empty((most, 6, QUARTER), np.uint8)
        self._coarse = np.empty((most, QUARTER), np.uint8)

    def __len__(self) -> int:
        return self._count

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """When each sample was taken."""
        return self._times[: self._count]

    def append(self, time_s: float, luma: Luma, chroma: Luma) -> None:
        """Add a sample: luma of 18 × 32 cells and chroma of 9 × 16 × 2, or both upright."""
        height, width = luma.shape
        four = luma.reshape(height // 2, 2, width // 2, 2).transpose(1, 3, 0, 2).reshape(4, QUARTER)
        here, self._count = self._count, self._count + 1
        self._times[here] = time_s
        self._cells[here, :4] = four
        self._cells[here, 4:] = chroma.reshape(QUARTER, 2).T
        self._coarse[here] = (four.sum(axis=0, dtype=np.uint16) + 2) // 4

    def thin_out(self) -> None:
        """Drop every second sample."""
        kept = (self._count + 1) // 2
        for column in (self._times, self._cells, self._coarse):
            column[:kept] = column[: self._count : 2].copy()
        self._count = kept

    def measure(self, sample: int, others: slice | npt.NDArray[np.intp]) -> Floats:
        """Distances of samples to one, 0-1: the mean difference of the tenth of cells that differ most."""
        apart = self._cells[: self._count][others].astype(np.float32) - self._cells[sample]
        return _average_worst(_mean_of_rgb(apart[:, :4], apart[:, 4:5], apart[:, 5:]))

    def bound(self, sample: int) -> Floats:
        """For each sample a distance to one that the real one is not below (but for rounding): that of the
        means of 2 × 2 cells. The worst tenth of those, 14, covers 56 of the 57 cells of the worst tenth of
        all, whose own differences are larger still."""
        bounds = np.empty(self._count, np.float32)
        for start in range(0, self._count, BLOCK):
            block = slice(start, min(start + BLOCK, self._count))
            luma = self._coarse[block].astype(np.float32) - self._coarse[sample]
            chroma = self._cells[block, 4:].astype(np.float32) - self._cells[sample, 4:]
            bounds[block] = _average_worst(_mean_of_rgb(luma, chroma[:, 0], chroma[:, 1]))
        return np.asarray(bounds * np.float32(56 / 57), np.float32)


def _mean_of_rgb(luma: Floats, blue: Floats, red: Floats) -> Floats:
    """Mean absolute difference in R, G and B of differences in Y, Cb and Cr (BT.601, limited range)."""
    grey = 1.164 * luma
    total = np.abs(grey + 1.596 * red)
    total += np.abs(grey - (0.392 * blue + 0.813 * red))
    total += np.abs(grey + 2.017 * blue)
    return np.asarray(total / np.float32(765.0), np.float32)


def _average_worst(cells: Floats) -> Floats:
    flat = cells.reshape(len(cells), -1)
    worst = max(1, flat.shape[1] // 10)
    return np.asarray(np.partition(flat, flat.shape[1] - worst, axis=1)[:, -worst:].mean(axis=1), np.float32)
