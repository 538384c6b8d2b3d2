"""Chappe from this repository, with its ordinary configuration: one process, SQLite, everything durable."""

import subprocess
from typing import ClassVar

from benchmarks.peer import ROOT, Peer

CONFIGURATION = """\
server_name = "{server_name}"
data_dir = "{data_dir}"
bind_host = "127.0.0.1"
port = {port}
registration = "open"
registration_shared_secret = "{secret}"
rate_limits = false
push_private_networks = ["127.0.0.1/32"]
"""


class Chappe(Peer):
    """One Chappe process on SQLite."""

    name: ClassVar[str] = "chappe"
    _program = ROOT / ".venv" / "bin" / "chappe"

    @classmethod
    def installed(cls) -> bool:
        """Whether `make install` has been run."""
        return cls._program.exists()

    def install(self) -> None:
        """Nothing: `make install` has done it before the benchmarks can run."""

    def version(self) -> str:
        """The commit that is checked out."""
        command = ["git", "describe", "--always", "--dirty"]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()

    def configure(self) -> None:
        """One file, with the data in a folder beside it."""
        (self.folder / "chappe.toml").write_text(
            CONFIGURATION.format(
                server_name=self.server_name, data_dir=self.folder / "data", port=self.port, secret=self.secret
            )
        )

    def command(self) -> list[str]:
        """As an operator would start it."""
        return [str(self._program), "serve", "--config", str(self.folder / "chappe.toml")]
