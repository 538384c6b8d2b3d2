"""The commands as somebody types them: what they print where, and with which exit status they end."""

import errno
import os
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from chappe.cli import run, startup_error


def typed(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """The console script of this environment, as an operator starts it."""
    program = Path(sys.executable).with_name("chappe")
    environment = {name: held for name, held in os.environ.items() if not name.startswith("CHAPPE_")}
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=30, check=False, env=environment | variables
    )


def test_the_console_script_tells_its_version() -> None:
    done = typed("version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"chappe {version('chappe')}\n", "")


def test_printed_settings_pass_their_own_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config"]) == 0
    file = tmp_path / "chappe.toml"
    file.write_text(capsys.readouterr().out)
    assert run(["config", "--check", str(file)]) == 0
    assert "nothing is wrong" in capsys.readouterr().out


def test_a_wrong_file_ends_every_command_with_2(tmp_path: Path) -> None:
    file = tmp_path / "chappe.toml"
    file.write_text("prot = 1\nport = 0\n")
    for arguments in (["config", "--check", str(file)], ["serve", "--config", str(file)]):
        done = typed(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{file}:1: " in done.stderr
        assert f"{file}:2: " in done.stderr
        assert "Traceback" not in done.stderr


def test_checking_a_file_looks_at_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "chappe.toml"
    file.write_text("port = 0\n")
    done = typed("config", "--check", str(file), CHAPPE_PORT="8008", CHAPPE_NONSENSE="1")
    assert done.returncode == 2
    assert "NONSENSE" not in done.stderr


def test_the_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    done = typed("serve", CHAPPE_CONFIG=str(tmp_path / "none.toml"))
    assert done.returncode == 2
    assert "none.toml" in done.stderr


def test_flags_and_variables_are_checked_together() -> None:
    done = typed("serve", "--port", "99999", "--bind-host", "x", CHAPPE_STORAGE="mysql:")
    assert done.returncode == 2
    assert {line.partition(":")[0] for line in done.stderr.splitlines()} == {"--port", "--bind-host", "CHAPPE_STORAGE"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serv"], "serve"),
        (["serve", "--prot", "1"], "--port"),
        (["serve", "8008"], "8008"),
        (["serve", "--port"], "--port"),
    ],
)
def test_a_slip_in_typing_is_told_with_what_was_meant(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(command in told for command in ("serve", "config", "version"))


def test_the_reference_page_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("# Settings\n")


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(OSError, match="in use") as wrong:
        socket.create_server(listening.getsockname())
    cause = startup_error(wrong.value)
    assert cause is not None
    assert cause.message == "Address already in use."
    assert "--port" in cause.remedy


def test_a_folder_that_cannot_be_written_is_named() -> None:
    cause = startup_error(OSError(errno.EROFS, os.strerror(errno.EROFS), "/srv/chappe"))
    assert cause is not None
    assert cause.message == "Read-only file system (/srv/chappe)."
    assert "data_dir" in cause.remedy


def test_an_error_nobody_foresaw_is_not_hidden() -> None:
    assert startup_error(OSError(errno.EBADF, "Bad file descriptor")) is None
