"""What the pages about the code name is there: functions, tables, pictures."""

import ast
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest

from tests.tidy.repository import ROOT, texts

NAMED = re.compile(r"`((?:\w+/)*\w+\.py):([A-Za-z_][\w.]*)`")
FLOWS = sorted((ROOT / "docs" / "flows").glob("*.md"))


def names_in(text: str) -> list[tuple[str, str]]:
    return NAMED.findall(text)


@cache
def defined_in(path: Path) -> frozenset[str]:
    """The functions and classes of a module, and the methods and fields of its classes as `Class.name`."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inside = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{each.name}" for each in inside}
    return frozenset(found)


def missing_from(text: str) -> list[str]:
    """What a page names as `path.py:function`, below chappe/, and is not there."""
    missing = []
    for name, function in names_in(text):
        path = ROOT / "chappe" / name
        if not path.is_file() or function not in defined_in(path):
            missing.append(f"{name}:{function}")
    return missing


def test_every_function_that_a_page_names_exists() -> None:
    found = {name: missing_from(text) for name, text in texts(".md") if name.startswith("docs/")}
    assert {name: missing for name, missing in found.items() if missing} == {}


@pytest.mark.parametrize("name", ["`sync/gone.py:answer`", "`sync/routes.py:gone`", "`stream/log.py:Log.gone`"])
def test_a_name_that_is_gone_would_be_found(name: str) -> None:
    assert missing_from(f"First {name}, then `stream/log.py:Log.wake`.") == [name.strip("`")]


@pytest.mark.parametrize("page", FLOWS, ids=lambda page: page.stem)
def test_a_flow_names_its_functions(page: Path) -> None:
    assert len(set(names_in(page.read_text()))) >= 15


def test_every_limit_that_a_page_names_exists() -> None:
    code = "\n".join(text for name, text in texts(".py") if name.startswith("chappe/"))
    missing = [
        f"{name}: {limit}"
        for name, text in texts(".md")
        for limit in re.findall(r"`(MAX_[A-Z_]+)`", text)
        if not re.search(rf"(?m)^ *{limit}\b", code)
    ]
    assert missing == []


def test_every_package_is_on_the_page_of_the_architecture() -> None:
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text()
    packages = {path.parent.name for path in (ROOT / "chappe").glob("*/__init__.py")}
    modules = {path.name for path in (ROOT / "chappe").glob("*.py") if path.name != "__init__.py"}
    assert [name for name in sorted(packages) if f"`{name}/`" not in page] == []
    assert [name for name in sorted(modules) if f"`{name}`" not in page] == []


def test_every_page_is_in_an_index() -> None:
    pages = {name for name, _ in texts(".md") if name.startswith("docs/")}
    indexed = {"docs/README.md"}
    for index in ("docs/README.md", "docs/decisions/README.md"):
        folder = (ROOT / index).parent
        links = re.findall(r"\]\(([^)#\s]+\.md)", (ROOT / index).read_text())
        indexed |= {str((folder / link).resolve().relative_to(ROOT)) for link in links}
    assert pages - indexed == set()


def test_pictures_are_well_formed_and_told_in_words() -> None:
    for name, text in texts(".svg"):
        root = ET.fromstring(text)
        words = {child.tag.rpartition("}")[2]: child.text for child in root}
        assert words.get("title"), name
        assert words.get("desc"), name
