"""What can be used is in docs/reference/: every setting, command, flag and error code."""

import inspect

import pytest

from chappe import cli
from chappe.config import reference_page
from chappe.errors import Errcode
from tests.tidy.repository import ROOT

REFERENCE = ROOT / "docs" / "reference"


def test_the_page_of_settings_is_current() -> None:
    assert (REFERENCE / "settings.md").read_text() == reference_page(), "run `make docs`"


@pytest.mark.parametrize("command", [cli.serve, cli.config, cli.version], ids=lambda command: command.__name__)
def test_every_flag_of_a_command_is_on_its_page(command: object) -> None:
    assert callable(command)
    name = getattr(command, "__name__", "")
    _, found, section = (REFERENCE / "commands.md").read_text().partition(f"\n## chappe {name}\n")
    assert found
    section = section.partition("\n## ")[0]
    for flag in inspect.signature(command).parameters:
        assert f"`--{flag.replace('_', '-')}" in section


def test_every_command_is_tested_above() -> None:
    assert {name for name in cli.app if not name.startswith("-")} == {"serve", "config", "version"}


def test_every_error_code_is_on_its_page_with_its_status() -> None:
    page = (REFERENCE / "errors.md").read_text()
    missing = [errcode.name for errcode in Errcode if f"| `{errcode.code}` | {errcode.status} | " not in page]
    assert missing == []
