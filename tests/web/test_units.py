"""The tests of the web client that need no browser and no server: those beside its code, run by vitest."""

import subprocess

from tests.tidy.repository import ROOT

SECONDS = 300


def test_the_units_of_the_client() -> None:
    said = subprocess.run(
        ["npm", "run", "--silent", "test"],
        cwd=ROOT / "client",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert said.returncode == 0, said.stdout[-10_000:] + said.stderr[-10_000:]
