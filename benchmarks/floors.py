"""The least each figure could be: the machine's limits for the parts that the work cannot avoid, added up.

What is left above the floor is ours: routing, authorisation, encoding, assembling, waking, bookkeeping.
"""

from collections.abc import Mapping

from benchmarks.limits import Limits
from benchmarks.scale import Scale
from benchmarks.scenarios.find import SHOWN as FOUND
from benchmarks.scenarios.search import SHOWN

EVENTS_OF_A_ROOM = 5
"""A new public room: its creation, its creator's membership, power levels, join rule, history visibility."""

ROWS_OF_A_PERSON = 5
"""Of their keys: the device's and its signature, and three for cross-signing."""


def floors(limits: Limits, scale: Scale, sizes_mb: Mapping[str, float]) -> dict[str, float]:
    """Milliseconds of CPU by figure; `sizes_mb` holds the measured size of an answer where the floor depends on it.

    A delivery's floor has no parser of sync tokens and no room in it, only a poll that is answered and opened again.
    """
    http = limits.http_ms
    alone = http[1] + limits.sign_ms + limits.commit_ms
    together = limits.sign_ms + limits.row_ms
    result = {
        "send.1.cpu": alone,
        "send.8.cpu": http[8] + together,
        "send.32.cpu": http[32] + together,
        "crowd.cpu": alone,
        "join.cpu": alone,
        "crowd.join": http[8] + together,
        "create.cpu": 2 * alone + EVENTS_OF_A_ROOM * together,
        "empty.cpu": http[1],
    }
    for waiting, wake_ms in limits.wake_ms.items():
        result[f"delivery.{waiting}.cpu"] = wake_ms + (limits.sign_ms + limits.commit_ms) / waiting
    result["claim.1.cpu"] = http[1] + limits.commit_ms
    result["claim.50.cpu"] = http[1] / 50 + limits.row_ms
    result["fan_out.cpu"] = http[1] / scale.recipients + limits.row_ms
    result["search.cpu"] = http[1] + SHOWN * limits.read_ms
    result["find.cpu"] = http[1] + FOUND * limits.read_ms
    result["upload.cpu"] = limits.megabyte_ms
    result["download.cpu"] = limits.megabyte_ms
    result["push.cpu"] = alone + scale.pushers * (http[32] + limits.row_ms)
    if "query.size" in sizes_mb:
        rows = ROWS_OF_A_PERSON * scale.queried
        result["query.cpu"] = http[1] + limits.megabyte_ms * sizes_mb["query.size"] + rows * limits.read_ms
    if "history.size" in sizes_mb:
        result["history.cpu"] = http[1] + limits.megabyte_ms * sizes_mb["history.size"] + 100 * limits.read_ms
    if "initial.size" in sizes_mb:
        messages = scale.rooms * scale.messages
        result["initial.warm"] = http[1] + limits.megabyte_ms * sizes_mb["initial.size"] + messages * limits.read_ms
    return result
