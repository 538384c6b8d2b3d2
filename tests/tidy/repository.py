"""What the tests of this folder look at: the files that git tracks, or would track."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LARGEST_TEXT_BYTES = 2_000_000


@cache
def files() -> tuple[Path, ...]:
    """Every file of the working copy that is not ignored; in an unpacked archive, simply every file."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if (ROOT / ".git").exists():
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
        return tuple(sorted(ROOT / name for name in listed if name and (ROOT / name).is_file()))
    hidden = {".venv", ".build", "node_modules", "__pycache__"}
    found = (path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.parts))
    return tuple(sorted(found))


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """The name and content of every text file, or of those with one of the suffixes."""
    for path in files():
        if suffixes and path.suffix not in suffixes:
            continue
        if path.stat().st_size > LARGEST_TEXT_BYTES:
            continue
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
