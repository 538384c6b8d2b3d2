"""What deploy/ and docs/operating/ tell operators to write fits what there is."""

import configparser
import re
from pathlib import Path

import pytest

from chappe import cli
from chappe.config import Settings, load
from tests.tidy.repository import ROOT

DEPLOY = ROOT / "deploy"
INSTALL = (ROOT / "docs" / "operating" / "install.md").read_text()


def test_the_configuration_of_the_page_is_right(tmp_path: Path) -> None:
    [block] = re.findall(r"```toml\n(.*?)```", INSTALL, re.DOTALL)
    (tmp_path / "chappe.toml").write_text(block)
    settings = load(tmp_path / "chappe.toml", {}, {})
    assert settings.base_url == "https://chat.example.org"


def test_variables_of_the_container_are_settings() -> None:
    text = (DEPLOY / "container" / "Containerfile").read_text() + INSTALL
    named = {name.lower() for name in re.findall(r"\bCHAPPE_([A-Z_]+)=", text)}
    assert named >= {"data_dir", "bind_host", "server_name"}
    assert named <= set(Settings.__dataclass_fields__)


def test_what_the_container_copies_is_there() -> None:
    text = (DEPLOY / "container" / "Containerfile").read_text()
    copied = [name for line in re.findall(r"(?m)^COPY (?!--)(.+) \S+$", text) for name in line.split()]
    assert "chappe" in copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert "USER chappe" in text


@pytest.mark.parametrize("unit", ["chappe.service", "chappe-backup.service", "chappe-backup.timer"])
def test_units_start_commands_that_exist(unit: str) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(DEPLOY / "systemd" / unit)
    if unit.endswith(".timer"):
        assert read["Install"]["WantedBy"] == "timers.target"
        return
    [command] = re.findall(r"/opt/chappe/bin/chappe (\w+)", read["Service"]["ExecStart"])
    assert command in {name for name in cli.app if not name.startswith("-")}
    assert read["Service"]["User"] == "chappe"
    assert read["Service"]["NoNewPrivileges"] == "yes"


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf", "traefik-chappe.yml"])
def test_proxies_lead_to_the_port_of_the_server(name: str) -> None:
    text = (DEPLOY / "proxy" / name).read_text()
    assert f"127.0.0.1:{Settings.__dataclass_fields__['port'].default}" in text
    assert "/.well-known/matrix/" in text
    assert "trusted_proxies" in text


def test_bodies_of_the_proxies_are_as_large_as_those_of_the_server() -> None:
    default = Settings.__dataclass_fields__["max_upload_bytes"].default
    assert default == 100_000_000
    assert "max_size 100MB" in (DEPLOY / "proxy" / "Caddyfile").read_text()
    assert "client_max_body_size 100m" in (DEPLOY / "proxy" / "nginx.conf").read_text()


def test_commands_of_the_pages_exist() -> None:
    pages = (ROOT / "docs" / "operating").glob("*.md")
    blocks = [block for page in pages for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)]
    said = {command for block in blocks for command in re.findall(r"(?m)(?:^|/bin/)chappe ([a-z]+)", block)}
    assert said >= {"backup", "restore", "doctor"}
    assert said <= {name for name in cli.app if not name.startswith("-")}
