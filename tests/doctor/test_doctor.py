"""`chappe doctor`: what it finds on installations that are well, and on ones that are not."""

import asyncio
import contextlib
import fcntl
import http.server
import json
import os
import resource
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from chappe.app import Chappe, schema_folders
from chappe.cli import run
from chappe.config import Mail, Settings
from chappe.doctor import CHECKS, Finding, Look, Severity, examine
from chappe.doctor.bucket import check_bucket
from chappe.doctor.machine import room_at
from chappe.doctor.post import check_mail
from chappe.ids import ServerName
from tests.chaos.server import free_port
from tests.conftest import make_settings
from tests.media.object_storage import object_storage


def looked_at(settings: Settings, *, offline: bool = True) -> dict[tuple[str, Severity], Finding]:
    look = Look.of(settings, schema_folders(), offline=offline)
    return {(finding.about, finding.severity): finding for finding in examine(look)}


@pytest.fixture
def installed(tmp_path: Path) -> Settings:
    """A server that has run once."""

    async def once(settings: Settings) -> None:
        await (await Chappe.open(settings)).close()

    settings = make_settings(tmp_path / "data", registration="token", port=str(free_port()))
    (tmp_path / "data").mkdir(mode=0o700)
    mask = os.umask(0o077)
    asyncio.run(once(settings))
    os.umask(mask)
    return replace(settings, rate_limits=True)


def test_a_new_installation_is_well(installed: Settings) -> None:
    found = looked_at(installed)
    assert [finding for finding in found.values() if finding.severity is Severity.BAD] == []
    assert ("database", Severity.OK) in found
    assert ("schema", Severity.OK) in found
    assert ("data folder", Severity.OK) in found
    assert ("server", Severity.WARN) in found  # it does not run
    assert all(finding.mend for finding in found.values() if finding.severity is not Severity.OK)


def test_a_damaged_database_is_found(installed: Settings) -> None:
    path = installed.data_dir / "chappe.db"
    held = bytearray(path.read_bytes())
    for page in range(20, len(held) // 1024):
        held[page * 1024 : page * 1024 + 512] = bytes(512)
    path.write_bytes(held)
    assert "backup" in looked_at(installed)["database", Severity.BAD].mend


def test_a_database_of_a_newer_version_is_found(installed: Settings) -> None:
    look = Look.of(installed, schema_folders()[1:], offline=True)
    found = {(finding.about, finding.severity) for finding in examine(look)}
    assert ("schema", Severity.BAD) in found


MIB, GIB = 1024**2, 1024**3


@pytest.mark.parametrize(
    ("free", "total", "severity"),
    [
        (100 * MIB, 50 * GIB, Severity.BAD),
        (1 * GIB, 10 * GIB, Severity.WARN),
        (30 * GIB, 1000 * GIB, Severity.WARN),
        (30 * GIB, 100 * GIB, Severity.OK),
    ],
)
def test_a_disk_that_fills_is_found(free: int, total: int, severity: Severity) -> None:
    held = os.statvfs_result((4096, 4096, total // 4096, free // 4096, free // 4096, 10**6, 10**6, 10**6, 0, 255))
    disk, inodes = room_at(Path("/srv/chappe"), held)
    assert (disk.about, disk.severity, inodes.severity) == ("disk", severity, Severity.OK)
    assert "/srv/chappe" in disk.what
    assert bool(disk.mend) is (severity is not Severity.OK)


@pytest.mark.parametrize(("free", "severity"), [(500, Severity.BAD), (40_000, Severity.WARN), (500_000, Severity.OK)])
def test_a_file_system_without_room_for_more_files_is_found(free: int, severity: Severity) -> None:
    blocks = 100 * GIB // 4096
    held = os.statvfs_result((4096, 4096, blocks, blocks, blocks, 10**6, free, free, 0, 255))
    _, inodes = room_at(Path("/srv/chappe"), held)
    assert (inodes.about, inodes.severity) == ("inodes", severity)
    uncounted = os.statvfs_result((4096, 4096, blocks, blocks, blocks, 0, 0, 0, 0, 255))
    assert [finding.about for finding in room_at(Path("/srv/chappe"), uncounted)] == ["disk"]


def test_few_open_files_are_found(installed: Settings) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        assert "about 512 people" in looked_at(installed)["open files", Severity.WARN].mend
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_data_folder_that_others_read_is_found(installed: Settings) -> None:
    (installed.data_dir / "signing.key").chmod(0o644)
    assert "signing key" in looked_at(installed)["data folder", Severity.BAD].what
    installed.data_dir.chmod(0o755)
    assert looked_at(installed)["data folder", Severity.BAD].mend == f"chmod 700 {installed.data_dir}"


def test_a_clock_that_went_back_is_found(installed: Settings) -> None:
    later = (installed.data_dir / "chappe.db").stat().st_mtime + 7200
    os.utime(installed.data_dir / "chappe.db", (later, later))
    assert "went back" in looked_at(installed)["clock", Severity.BAD].what


def test_settings_that_are_seldom_meant_are_found(installed: Settings) -> None:
    meant = replace(
        installed, server_name=ServerName("example.org"), public_baseurl="https://example.org", trusted_proxies=("::1",)
    )
    assert {about for about, severity in looked_at(meant) if severity is Severity.BAD} == {"database"}
    told = looked_at(replace(meant, public_baseurl="http://example.org", trusted_proxies=("0.0.0.0/0",)))
    assert ("public_baseurl", Severity.BAD) in told
    assert ("trusted_proxies", Severity.BAD) in told
    told = looked_at(replace(installed, rate_limits=False, bind_host="0.0.0.0"))
    assert ("rate_limits", Severity.BAD) in told
    assert ("bind_host", Severity.WARN) in told


class Other(http.server.BaseHTTPRequestHandler):
    """Something that speaks HTTP, and no Matrix."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"hello": "there"}')

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def other() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_something_else_at_the_public_address_is_found(installed: Settings, other: int) -> None:
    found = looked_at(replace(installed, public_baseurl=f"http://127.0.0.1:{other}"), offline=False)
    assert "does not answer" in found["public address", Severity.BAD].what


class Here(Other):
    """Something that speaks Matrix."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"versions": ["v1.1"]}')


@pytest.mark.parametrize(("answering", "severity"), [(Here, Severity.OK), (Other, Severity.BAD)])
def test_what_answers_at_the_port_is_looked_at(installed: Settings, answering: type[Other], severity: Severity) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), answering) as server, _locked(installed.data_dir / "chappe.lock"):
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert ("server", severity) in looked_at(replace(installed, port=server.server_port))
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """As a running server holds it."""
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_a_relay_that_takes_mail_is_well(installed: Settings) -> None:
    port = free_port()
    relay = Controller(Sink(), hostname="127.0.0.1", port=port)
    relay.start()
    mail = Mail(host="127.0.0.1", port=port, tls="none", from_address="chat@example.org")
    found = looked_at(replace(installed, mail=mail), offline=False)
    assert "takes mail" in found["mail", Severity.OK].what
    assert "signed" in found["mail", Severity.WARN].what
    refused = replace(mail, username="ann", password="secret word")
    found = looked_at(replace(installed, mail=refused), offline=False)
    assert "secret" not in str(found)
    assert ("mail", Severity.BAD) in found
    found = looked_at(replace(installed, mail=replace(mail, tls="starttls")), offline=False)
    assert ("mail", Severity.BAD) in found
    relay.stop()
    found = looked_at(replace(installed, mail=mail), offline=False)
    assert "cannot be used" in found["mail", Severity.BAD].what


def test_a_signature_that_nobody_can_check_is_found(installed: Settings, tmp_path: Path) -> None:
    mail = Mail(
        host="127.0.0.1",
        port=free_port(),
        tls="none",
        from_address="chat@chat.invalid",
        dkim_selector="chappe",
        dkim_key_file=tmp_path / "key.pem",
    )
    told = [one.what for one in examine(Look.of(replace(installed, mail=mail), []), (check_mail,))]
    assert "chappe._domainkey.chat.invalid has no TXT record" in told[-1]


@pytest.mark.parametrize(
    ("change", "severity", "what"),
    [
        (("", ""), Severity.OK, "/bucket is there"),
        (("/bucket?", "/other?"), Severity.BAD, "no such bucket"),
        (("the-key:", "a-key:"), Severity.BAD, "refuses"),
    ],
)
def test_the_bucket_is_looked_for(installed: Settings, change: tuple[str, str], severity: Severity, what: str) -> None:
    with object_storage() as storage:
        settings = replace(installed, media_storage=storage.address.replace(*change))
        [finding] = check_bucket(Look.of(settings, [], offline=False))
    assert (finding.about, finding.severity) == ("media_storage", severity)
    assert what in finding.what
    assert "secret" not in finding.what


def test_a_storage_that_is_not_there_is_found(installed: Settings) -> None:
    address = f"s3+http://the-key:the-secret@127.0.0.1:{free_port()}/bucket?region=test-1"
    [finding] = check_bucket(Look.of(replace(installed, media_storage=address), [], offline=False))
    assert finding.severity is Severity.BAD
    assert "the-secret" not in finding.what


def test_a_name_that_is_not_there_is_found(installed: Settings) -> None:
    found = looked_at(replace(installed, server_name=ServerName("chat.invalid")), offline=False)
    assert "chat.invalid" in found["names", Severity.BAD].what
    assert "https://chat.invalid" in found["well-known", Severity.BAD].what


def test_a_check_that_fails_does_not_hide_the_others(installed: Settings) -> None:
    def check_teeth(_: Look) -> Iterator[Finding]:
        yield from ()
        raise RuntimeError("ouch")

    look = Look.of(installed, schema_folders(), offline=True)
    found = examine(look, (check_teeth, *CHECKS))
    assert (found[0].about, found[0].severity) == ("teeth", Severity.BAD)
    assert len(found) > 5


def test_the_command_tells_in_words_and_in_json(installed: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["doctor", "--offline", "--data-dir", str(installed.data_dir)]
    assert run(arguments) == 0
    assert "\nok     database: " in capsys.readouterr().out
    (installed.data_dir / "signing.key").chmod(0o644)
    assert run([*arguments, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert any(finding["severity"] == "bad" and finding["mend"].startswith("chmod") for finding in told)


def test_mistakes_in_the_settings_are_told_all_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "chappe.toml"
    file.write_text("prot = 1\nport = 0\n")
    assert run(["doctor", "--config", str(file)]) == 2
    assert f"{file}:1" in capsys.readouterr().err
