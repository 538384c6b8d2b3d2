"""No file is too long, names a machine it was written on, or imports what it may not."""

import ast
import re

import pytest

from tests.tidy.repository import ROOT, texts

MAX_LINES = 450
"""Near 400 a file is about two things; the rest is patience."""

# Written in pieces, since this file is read too.
MACHINE = re.compile(
    r"/(?:root|home/(?!someone\b|chappe\b|user\b)\w+|work)/"
    + r"|"
    + r"|".join(
        ["pypi" + r"\.org", "files.python" + "hosted", "registry" + r"\.npmjs", "--index" + "-url", "--find" + "-links"]
    )
)


def test_no_file_is_too_long() -> None:
    long = {name: text.count("\n") for name, text in texts(".py", ".sql") if text.count("\n") > MAX_LINES}
    assert long == {}


def test_no_file_names_a_machine_or_a_package_host() -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if name != "LICENSE" and MACHINE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line", ["open('/ro" + "ot/x')", "cd /wo" + "rk/main", "--index" + "-url https://x", "https://py" + "pi.org/simple"]
)
def test_such_a_line_would_be_found(line: str) -> None:
    assert MACHINE.search(line)


def test_pinned_packages_carry_hashes_and_no_place() -> None:
    for name in ("uv", "runtime", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        pins = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^ *#.*\n", "", text).strip())
        assert pins
        for pin in pins:
            assert re.match(r"[a-z0-9.-]+(\[[a-z,-]+\])?==\S+", pin), pin
            assert "--hash=sha256:" in pin, pin
            assert "://" not in pin, pin


def test_a_store_is_imported_only_inside_its_slice() -> None:
    outside = []
    for name, text in texts(".py"):
        if not name.startswith("chappe/"):
            continue
        slice_name = name.split("/")[1]
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            else:
                continue
            stores = [each.split(".") for each in imported if re.match(r"chappe\.\w+(\.\w+)*\.store(\.|$)", each)]
            outside += [f"{name}:{node.lineno}" for store in stores if store[1] != slice_name]
    assert outside == []
