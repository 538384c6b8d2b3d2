"""Programs and libraries beside Chappe, without which it does less."""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec

from chappe.doctor.finding import Finding, Look, bad, ok, warn

LIBRARIES = {"numpy": "pictures are not compared with lists of hashes", "cel_expr_python": "there are no rules"}


def check_safety(_: Look) -> Iterator[Finding]:
    """What the comparison with lists of hashes, and automatic rules, stand on."""
    for name, without in LIBRARIES.items():
        if find_spec(name) is None:
            yield bad("safety", f"the library {name} is missing: {without}", "Install Chappe again, as a whole.")
    if (found := shutil.which("ffmpeg")) is not None:
        yield ok("ffmpeg", f"{found}: frames of videos are compared with lists of pictures")
    else:
        mend = "If there is a list of pictures: apt install ffmpeg."
        yield warn("ffmpeg", "it is not there: videos are compared as files, not by what they show", mend)
