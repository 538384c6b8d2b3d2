"""Links inside the documentation lead somewhere, and commands in it exist."""

import re

from tests.tidy.repository import ROOT, texts

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TYPED = {"", "sh", "bash", "console", "shell"}


def anchors(text: str) -> set[str]:
    """The anchors that a forge makes of the headings of a page."""
    headings = re.findall(r"(?m)^#+ +(.+?) *$", text)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_relative_link_resolves() -> None:
    broken = []
    for name, text in texts(".md"):
        for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
            if re.match(r"[a-z]+:", link):
                continue
            target, _, anchor = link.partition("#")
            path = (ROOT / name).parent / target if target else ROOT / name
            if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path.read_text())):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_every_make_target_in_the_documentation_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    missing = []
    for name, text in texts(".md"):
        spoken = re.findall(r"`make ([a-z-]+)", text)
        blocks = [block for kind, block in FENCE.findall(text) if kind in TYPED]
        typed = [target for block in blocks for target in re.findall(r"(?m)^\s*\$?\s*make ([a-z-]+)", block)]
        missing += [f"{name}: make {target}" for target in spoken + typed if target not in targets]
    assert missing == []


def test_ci_runs_what_everybody_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines()[-1] == "make check"
