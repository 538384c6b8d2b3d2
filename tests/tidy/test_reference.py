"""What can be used is in docs/reference/: every setting, command, flag and error code."""

import inspect

import pytest

from chappe import app, cli
from chappe.config import reference_page
from chappe.errors import Errcode
from chappe.http.reference import endpoints_page, summary
from tests.tidy.repository import ROOT

REFERENCE = ROOT / "docs" / "reference"
COMMANDS = {"serve", "config", "doctor", "backup", "restore", "version"}


def test_the_page_of_settings_is_current() -> None:
    assert (REFERENCE / "settings.md").read_text() == reference_page(), "run `make docs`"


def test_the_page_of_endpoints_is_current() -> None:
    assert (REFERENCE / "endpoints.md").read_text() == endpoints_page(app.all_routes()), "run `make docs`"


def test_every_endpoint_says_what_it_does() -> None:
    silent = [f"{route.method} {route.path}" for route in app.all_routes() if len(summary(route)) < 10]
    assert silent == []


@pytest.mark.parametrize(
    "command", [getattr(cli, name) for name in sorted(COMMANDS)], ids=lambda command: command.__name__
)
def test_every_flag_of_a_command_is_on_its_page(command: object) -> None:
    assert callable(command)
    name = getattr(command, "__name__", "")
    _, found, section = (REFERENCE / "commands.md").read_text().partition(f"\n## chappe {name}\n")
    assert found
    section = section.partition("\n## ")[0]
    for flag in inspect.signature(command).parameters:
        assert f"`--{flag.replace('_', '-')}" in section


def test_every_command_is_tested_above() -> None:
    assert {name for name in cli.app if not name.startswith("-")} == COMMANDS | {
        "user",
        "operator",
        "audit",
        "hashes",
        "transparency",
    }


def test_every_error_code_is_on_its_page_with_its_status() -> None:
    page = (REFERENCE / "errors.md").read_text()
    missing = [errcode.name for errcode in Errcode if f"| `{errcode.code}` | {errcode.status} | " not in page]
    assert missing == []
