"""Synapse 1.163 from PyPI, as a fresh install generates it, with the few differences that `OVERRIDES` lists."""

import subprocess
from typing import ClassVar

from benchmarks.peer import BUILD, Peer, make_environment

REQUIREMENT = "matrix-synapse==1.163.*"

_UNLIMITED = "{per_second: 1000000, burst_count: 1000000}"

OVERRIDES = """\
# Laid over the generated configuration. No rate limits, because the benchmark is one very busy address.
rc_message: {unlimited}
rc_registration: {unlimited}
rc_joins: {{local: {unlimited}, remote: {unlimited}}}
rc_joins_per_room: {unlimited}
rc_room_creation: {unlimited}
rc_user_directory: {unlimited}
rc_login: {{address: {unlimited}, account: {unlimited}, failed_attempts: {unlimited}}}
# It talks to nobody, so it does not listen for other servers, and asks none for keys.
listeners:
  - {{port: {port}, type: http, tls: false, bind_addresses: ["127.0.0.1"], resources: [{{names: [client]}}]}}
trusted_key_servers: []
# The push gateway of the benchmark listens here.
ip_range_whitelist: ["127.0.0.1/32"]
# Hashing passwords is not measured, and two thousand accounts should not take minutes of it.
bcrypt_rounds: 4
registration_shared_secret: {secret}
# Presence multiplies Synapse's cost of a delivery, so leaving it on would flatter Chappe.
presence: {{enabled: false}}
"""


class Synapse(Peer):
    """One Synapse process on SQLite."""

    name: ClassVar[str] = "synapse"
    _environment = BUILD / "synapse-venv"

    def install(self) -> None:
        """From PyPI, into an environment of its own."""
        make_environment(self._environment, REQUIREMENT)

    def version(self) -> str:
        """As its package says."""
        return self._run("-c", "from importlib.metadata import version; print(version('matrix-synapse'))")

    def configure(self) -> None:
        """The generated configuration with a signing key and a log configuration, and the overrides beside it."""
        self._run(
            *("-m", "synapse.app.homeserver", "--generate-config", "--report-stats=no"),
            *("--server-name", self.server_name, "--config-path", str(self.folder / "homeserver.yaml")),
        )
        overrides = OVERRIDES.format(unlimited=_UNLIMITED, port=self.port, secret=self.secret)
        (self.folder / "overrides.yaml").write_text(overrides)

    def command(self) -> list[str]:
        """In the foreground, reading both files."""
        files = [f"--config-path={self.folder / name}" for name in ("homeserver.yaml", "overrides.yaml")]
        return [str(self._environment / "bin" / "python"), "-m", "synapse.app.homeserver", *files]

    def _run(self, *arguments: str) -> str:
        command = [str(self._environment / "bin" / "python"), *arguments]
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()
