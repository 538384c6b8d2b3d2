"""The commands: `chappe serve`, `config`, `doctor`, `backup`, `restore`, `version`; `cli_….py` has those of several
words.

Exit status: 0 well, 1 it could not be done, 2 the settings or the command line are wrong, 3 another process serves the
data.
"""

import errno
import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from chappe.config import WrongSettings, load, reference_page, sample_file
from chappe.errors import InUse, Refused, StartupError

COULD_NOT_START = 1
FOUND_SOMETHING = 1
WRONG_SETTINGS = 2
IN_USE = 3

_REMEDIES = {
    errno.EADDRINUSE: "Another program listens there: stop it, or choose another port with --port.",
    errno.EADDRNOTAVAIL: "This machine does not have that address: change bind_host.",
    errno.EACCES: "Give the account that runs chappe the right to it, or choose another data_dir or a port above 1023.",
    errno.EPERM: "Give the account that runs chappe the right to it, or choose another data_dir.",
    errno.EROFS: "The disk is mounted read-only: choose another data_dir, or mount it for writing.",
    errno.ENOSPC: "The disk is full: make room, then start again. Nothing that was acknowledged is lost.",
    errno.EDQUOT: "The quota of this account is used up: make room, then start again.",
    errno.EMFILE: "Too few files may be open at once: raise the limit with `ulimit -n`.",
}

app = App(
    name="chappe",
    help="A messaging server for communities, speaking the Matrix Client-Server API.",
    version_flags=(),
)


@app.command
def serve(
    *,
    config: Annotated[Path | None, Parameter(env_var="CHAPPE_CONFIG")] = None,
    server_name: str | None = None,
    public_baseurl: str | None = None,
    data_dir: str | None = None,
    bind_host: str | None = None,
    port: str | None = None,
    registration: str | None = None,
    storage: str | None = None,
) -> None:
    """Run the server until it is told to stop (SIGTERM or Ctrl-C).

    Without any configuration it keeps its data in one folder of your home and listens on this machine only.

    Parameters
    ----------
    config
        A TOML file with settings; `chappe config` prints one. Flags and CHAPPE_… variables win over it.
    server_name
        What stands behind the colon in user IDs.
    public_baseurl
        Where clients reach this server from outside.
    data_dir
        The folder with everything that must survive.
    bind_host
        The address to listen on.
    port
        The port to listen on.
    registration
        Who may make an account: open, token, approval, closed.
    storage
        sqlite, or the address of a PostgreSQL database.
    """
    flags = _given(
        server_name=server_name,
        public_baseurl=public_baseurl,
        data_dir=data_dir,
        bind_host=bind_host,
        port=port,
        registration=registration,
        storage=storage,
    )
    settings = load(config, os.environ, flags)
    # The other commands answer without loading the server.
    from chappe.app import serve as serve_until_stopped

    serve_until_stopped(settings)


@app.command
def config(*, check: Path | None = None, markdown: bool = False) -> None:
    """Print a configuration with every setting at its default, explained.

    Parameters
    ----------
    check
        Print nothing of that; tell whether this file is right, and all that is wrong in it.
    markdown
        Print the reference page instead.
    """
    if check is not None:
        # The file alone is asked about, so variables that would cover its mistakes are left out.
        load(check, {name: held for name, held in os.environ.items() if not name.startswith("CHAPPE_")}, {})
        print(f"{check}: nothing is wrong.")
    else:
        print(reference_page() if markdown else sample_file(), end="")


@app.command
def doctor(
    *,
    json: Annotated[bool, Parameter(negative=())] = False,
    offline: Annotated[bool, Parameter(negative=())] = False,
    config: Annotated[Path | None, Parameter(env_var="CHAPPE_CONFIG")] = None,
    server_name: str | None = None,
    data_dir: str | None = None,
    storage: str | None = None,
) -> int:
    """Look at the installation, and tell what is wrong and how to mend it. Changes nothing.

    Parameters
    ----------
    json
        Print the findings as JSON.
    offline
        Leave names and addresses outside of this machine alone.
    config
        The TOML file with which the server runs.
    server_name
        The server name, if it stands in no file.
    data_dir
        The folder with the data, if it stands in no file.
    storage
        The database, if it stands in no file.
    """
    settings = load(config, os.environ, _given(server_name=server_name, data_dir=data_dir, storage=storage))
    from chappe.app import schema_folders
    from chappe.doctor import Look, Severity, as_json, examine

    findings = examine(Look.of(settings, schema_folders(), offline=offline))
    print(as_json(findings) if json else "\n".join(finding.in_words() for finding in findings))
    return FOUND_SOMETHING if any(finding.severity is Severity.BAD for finding in findings) else 0


@app.command
def backup(
    folder: Path,
    *,
    sealed: Path | None = None,
    media: bool = True,
    config: Annotated[Path | None, Parameter(env_var="CHAPPE_CONFIG")] = None,
    data_dir: str | None = None,
    storage: str | None = None,
) -> None:
    """Write a backup into a new folder, while the server runs or not.

    Parameters
    ----------
    folder
        The folder to make. Nothing of that name is there before all of it is.
    sealed
        Write the server's keys into this file of its own. Once is enough; keep it elsewhere than the backups.
    media
        Include what people uploaded.
    config
        The TOML file with which the server runs.
    data_dir
        The folder with the data, if it stands in no file.
    storage
        The database, if it stands in no file.
    """
    settings = load(config, os.environ, _given(data_dir=data_dir, storage=storage))
    from chappe.app import schema_folders
    from chappe.backup import take_backup

    taken = take_backup(settings, schema_folders(), folder, sealed_to=sealed, with_media=media)
    print(taken.in_words(), end="")


@app.command
def restore(
    folder: Path,
    *,
    sealed: Path | None = None,
    new_key: Annotated[bool, Parameter(negative=())] = False,
    force: Annotated[bool, Parameter(negative=())] = False,
    config: Annotated[Path | None, Parameter(env_var="CHAPPE_CONFIG")] = None,
    server_name: str | None = None,
    data_dir: str | None = None,
    storage: str | None = None,
) -> None:
    """Put a backup back, into a data folder and a database that are empty. The server must not run.

    Parameters
    ----------
    folder
        The folder of the backup.
    sealed
        The file with the server's keys, which `chappe backup --sealed` wrote.
    new_key
        Go on without that file: the server makes itself new keys.
    force
        Move aside what is in the data folder and the database. Nothing is deleted.
    config
        The TOML file with which the server runs.
    server_name
        The server name, if it stands in no file.
    data_dir
        The folder for the data, if it stands in no file.
    storage
        The database, if it stands in no file.
    """
    settings = load(config, os.environ, _given(server_name=server_name, data_dir=data_dir, storage=storage))
    from chappe.app import schema_folders
    from chappe.backup import restore_backup
    from chappe.clock import SystemClock

    now_ms = SystemClock().now_ms()
    done = restore_backup(
        settings, schema_folders(), folder, sealed=sealed, new_key=new_key, force=force, now_ms=now_ms
    )
    print(done.in_words(), end="")


def _given(**flags: str | None) -> dict[str, str]:
    """The settings that were given as flags."""
    return {name: given for name, given in flags.items() if given is not None}


app.command(
    "chappe.cli_user:app", name="user", help="Accounts, for whoever owns the machine, while the server runs or not."
)

app.command("chappe.cli_operator:app", name="operator", help="Staff and their roles, for whoever owns the machine.")
app.command("chappe.cli_hashes:app", name="hashes", help="Lists of hashes that public content is compared with.")
app.command("chappe.cli_audit:app", name="audit", help="The log of what staff did: whether it is whole, and proofs.")
app.command(
    "chappe.cli_transparency:app", name="transparency", help="Yearly reports; statements for the EU's database."
)


@app.command
def version() -> None:
    """Print the version."""
    print(f"chappe {installed_version('chappe')}")


def run(arguments: list[str]) -> int:
    """Run one command and answer its exit status; what went wrong is told on standard error."""
    try:
        status = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as wrong:
        print(f"chappe: {wrong}\n`chappe --help` lists what there is.", file=sys.stderr)
        return WRONG_SETTINGS
    except WrongSettings as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_SETTINGS
    except InUse as wrong:
        print(f"chappe: {wrong}", file=sys.stderr)
        return IN_USE
    except StartupError as wrong:
        print(f"chappe: {wrong}", file=sys.stderr)
        return COULD_NOT_START
    except Refused as no:
        print(f"chappe: {no.reason}", file=sys.stderr)
        return COULD_NOT_START
    except OSError as wrong:
        cause = startup_error(wrong)
        if cause is None:
            raise
        print(f"chappe: {cause}", file=sys.stderr)
        return COULD_NOT_START
    return status if isinstance(status, int) else 0


def startup_error(wrong: OSError) -> StartupError | None:
    """What to tell of an error of the operating system, or None where nobody but us could mend it."""
    if wrong.errno not in _REMEDIES:
        return None
    about = f" ({wrong.filename})" if wrong.filename else ""
    return StartupError(f"{os.strerror(wrong.errno)}{about}.", _REMEDIES[wrong.errno])


def main() -> None:
    """The entry of the console script."""
    sys.exit(run(sys.argv[1:]))
