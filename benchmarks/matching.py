"""`python -m benchmarks.matching`: hash matching against a million hashes. CPU time, and memory, of this process.

The queries are what an upload to an open room costs beside its decoding: a PDQ query, a look-up of a file, and making
a PDQ hash of a picture.
"""

import argparse
import gc
import io
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from chappe.matching.index import ExactIndex, PDQIndex
from chappe.media import decoder, pdq

GOAL_MS = 30.0


def main() -> None:
    """Measure, and print a line for each."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    before = _resident_mib()
    packed = os.urandom(32 * arguments.hashes)
    pictures = PDQIndex(packed)
    held = np.frombuffer(packed, "S32")
    files = ExactIndex(np.sort(held).tobytes())
    del packed, held
    gc.collect()
    print(f"{arguments.hashes} hashes of each kind: {pictures.size_bytes / 2**20:.0f} MiB of pictures,", end=" ")
    print(f"{files.size_bytes / 2**20:.0f} MiB of files; the process grew by {_resident_mib() - before:.0f} MiB")
    wanted = secrets.token_bytes(32)
    query = _measured("a PDQ query", lambda: pictures.nearest(wanted), arguments.rounds)
    _measured("a look-up of a file", lambda: wanted in files, arguments.rounds)
    pixels = np.random.default_rng(1).integers(0, 256, (512, 512, 3)).astype(np.uint8)
    _measured("a PDQ hash of 512 × 512 pixels", lambda: pdq.pdq(pdq.luma_of(pixels)), arguments.rounds)
    photo = _photo()
    _measured("decoding a JPEG of 12 megapixels and hashing it", lambda: decoder.hash_picture(photo), 5)
    print("The goal of 30 ms a query is", "met." if query <= GOAL_MS else "not met.")
    sys.exit(query > GOAL_MS)


def _measured(what: str, act: Callable[[], object], rounds: int) -> float:
    act()
    took: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        act()
        took.append((time.process_time() - began) * 1000)
    median = statistics.median(took)
    print(f"{what}: {median:.3f} ms of CPU (median of {rounds}; the slowest {max(took):.3f})")
    return median


def _photo() -> bytes:
    few = np.random.default_rng(1).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(few).resize((4_000, 3_000), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
