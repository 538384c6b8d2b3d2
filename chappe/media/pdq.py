"""The PDQ hash of a picture: 256 bits that stay nearly the same when it is scaled, compressed or recoloured.

By the description of the algorithm in "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm"
(Facebook, 2019). The picture is blurred twice by a tent and sampled at 64 × 64 points; of these, 16 × 16 low
frequencies of a cosine transform are kept, and each bit says whether one of them is above their median. Sums are made
in the order and in the precision of the reference, so that from the same pixels come the same bits. Runs in the
decoder; imports nothing of Chappe.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 512
"""A picture that is wider or higher is sampled down to so many points each way first, as the reference does."""
MIN_SIDE = 5
"""What is smaller has no hash."""

_GRID = 64
_KEPT = 16
_PASSES = 2

Luma = NDArray[np.float32]


def sampled(length: int) -> NDArray[np.int64]:
    """Which of so many rows, or columns, are looked at when a picture is brought down to `SIDE` of them."""
    # The reference steps on by whole pixels, each time to where the next one ends: so it begins with the first.
    if length == SIDE:
        return np.arange(SIDE)
    ends = ((np.arange(SIDE) + 1.0) * length / SIDE).astype(np.int64)
    return np.concatenate(([0], ends[:-1]))


def luma_of(rgb: NDArray[np.uint8]) -> Luma:
    """The brightness of pixels (rows × columns × 3)."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    red, green, blue = (rgb[..., number].astype(np.float32) * weights[number] for number in range(3))
    total: Luma = red + green + blue
    return total


def pdq(luma: Luma) -> tuple[bytes, int]:
    """The hash, its highest bit first, and its quality from 0 to 100."""
    hashes, quality = pdq_all_ways(luma)
    return hashes[0], quality


def pdq_all_ways(luma: Luma) -> tuple[list[bytes], int]:
    """The hash, and those of the picture turned by quarters and mirrored, eight in all; and its quality."""
    rows, columns = luma.shape
    if rows < MIN_SIDE or columns < MIN_SIDE:
        return [bytes(32)], 0
    grid = luma if (rows, columns) == (_GRID, _GRID) else _shrunk(luma)
    frequencies = _transformed(grid)
    # Mirroring takes the sign of each second frequency of one direction; turning swaps both directions as well.
    flips = np.where(np.arange(_KEPT) % 2, 1, -1).astype(np.float32)
    signs = (np.float32(1), flips[:, None], flips[None, :], flips[:, None] * flips[None, :])
    ways = [way for sign in signs for way in (frequencies * sign, (frequencies * sign).T)]
    return [_bits(way) for way in ways], _quality(grid)


def _bits(frequencies: Luma) -> bytes:
    flat = frequencies.ravel()
    median = np.partition(flat, 127)[127]
    return np.packbits((flat > median)[::-1]).tobytes()


def _shrunk(luma: Luma) -> Luma:
    rows, columns = luma.shape
    for _ in range(_PASSES):
        luma = _blurred(luma.T, _window(columns)).T
        luma = _blurred(luma, _window(rows))
    down = ((np.arange(_GRID) + 0.5) * rows / _GRID).astype(np.int64)
    across = ((np.arange(_GRID) + 0.5) * columns / _GRID).astype(np.int64)
    picked: Luma = luma[np.ix_(down, across)]
    return picked


def _window(length: int) -> int:
    return (length + 2 * _GRID - 1) // (2 * _GRID)


def _blurred(lines: Luma, window: int) -> Luma:
    """Each line becomes the mean of those around it: `window` of them, fewer at both ends."""
    lines = np.ascontiguousarray(lines)
    length = len(lines)
    ahead = (window + 2) // 2  # of a window of 7 or 6 lines: this one, and 3 behind it
    out = np.empty_like(lines)
    total, held = np.zeros_like(lines[0]), 0
    for at in range(length + ahead - 1):
        if at < length:
            total += lines[at]
            held += 1
        if at >= window:
            total -= lines[at - window]
            held -= 1
        if at >= ahead - 1:
            np.divide(total, np.float32(held), out=out[at - ahead + 1])
    return out


def _quality(grid: Luma) -> int:
    """How much there is to see: the sum of all differences between neighbours that are not tiny."""
    hundred, most = np.float32(100), np.float32(255)
    steps = [(grid[:-1] - grid[1:]) * hundred / most, (grid[:, :-1] - grid[:, 1:]) * hundred / most]
    return min(100, int(sum(np.abs(step.astype(np.int32)).sum() for step in steps)) // 90)


@cache
def _cosines() -> Any:
    row, column = np.arange(_KEPT)[:, None], np.arange(_GRID)[None, :]
    scale = np.float32(np.sqrt(2.0 / _GRID))
    return (scale * np.cos((np.pi / 2.0 / _GRID) * (row + 1) * (2 * column + 1))).astype(np.float32)


def _transformed(grid: Luma) -> Luma:
    """The frequencies 1 to 16 in both directions, each sum made one product after the other."""
    cosines = _cosines()
    half = np.zeros((_KEPT, _GRID), np.float32)
    for k in range(_GRID):
        half += cosines[:, k, None] * grid[None, k, :]
    whole = np.zeros((_KEPT, _KEPT), np.float32)
    for k in range(_GRID):
        whole += half[:, k, None] * cosines[None, :, k]
    return whole
