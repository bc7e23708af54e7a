"""How alike two pictures look, and how sharp one is: one measure of each, for frames and still images."""

from __future__ import annotations

import numpy as np

from dataclaw_assets.factual_anchors.extractors.contract import Luma


def difference_hash(grey: Luma) -> str:
    """The 64-bit difference hash of a grey picture (height × width) as 16 hex digits: of 9 × 8 cells of equal
    size, is each brighter than its left neighbour (N. Krawetz, "Kind of Like That", 2013)?

    Bits go row by row, the first in the highest place. Near-identical pictures differ in few of them.
    """
    import cv2

    cells = np.asarray(cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA))
    return np.packbits(cells[:, 1:] > cells[:, :-1]).tobytes().hex()


def measure_sharpness(grey: Luma) -> float:
    """Mean absolute Laplacian (4 neighbours) of a grey picture, in levels of 0-255; higher is sharper.

    After the sum-modified Laplacian (S. K. Nayar, Y. Nakagawa, "Shape from Focus", IEEE PAMI 16 (8), 1994),
    but with the sign taken off the sum of the two second derivatives. Compare pictures of one size only.
    """
    import cv2

    return float(np.abs(cv2.Laplacian(grey, cv2.CV_16S, ksize=1)).mean())
