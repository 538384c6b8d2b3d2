"""How many connections a process lets in: as many as it has memory for, were each to hold the longest head there is."""

import contextlib
import os
from pathlib import Path

from chappe.http.limits import FEWEST_CONNECTIONS, HEADS_SHARE, HELD_BY_HEAD_BYTES, MAX_CONNECTIONS

_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")


def connections_for(memory_bytes: int) -> int:
    """How many connections may be open with that much memory. Further ones wait in the kernel until one closes."""
    return max(FEWEST_CONNECTIONS, min(MAX_CONNECTIONS, int(memory_bytes * HEADS_SHARE) // HELD_BY_HEAD_BYTES))


def memory_bytes(of_container: Path = _OF_CONTAINER) -> int:
    """The memory of this machine, or of the container if that has less."""
    found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):  # none, or "max"
        found = min(found, int(of_container.read_text()))
    return found
