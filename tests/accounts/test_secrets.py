"""No secret is stored in plain text."""

import tempfile
from pathlib import Path

import pytest

from chappe.accounts import owner_link
from tests.accounts.conftest import PASSWORD, SCHEMAS, Desk, by_password
from tests.accounts.synapse import PATH

pytestmark = pytest.mark.anyio


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_no_secret_can_be_read_from_the_files_of_the_database() -> None:
    from chappe.storage.sqlite import SQLiteDatabase

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = SQLiteDatabase(folder / "chappe.db")
        await database.migrate(SCHEMAS)
        desk = Desk(database, folder)
        link = await owner_link(desk.bus, database, desk.settings)
        session = (await desk.post("/register", {"username": "x", "password": PASSWORD})).json["session"]
        first = await desk.register("alice", refresh_token=True)
        second = (await desk.post("/refresh", {"refresh_token": first["refresh_token"]})).ok()
        token = second["access_token"]
        path = "/_matrix/client/v1/login/get_token"
        login_token = (await desk.post(path, {"auth": by_password("alice")}, token=token)).ok()["login_token"]
        nonce = (await desk.get(PATH)).ok()["nonce"]
        terms = '[{ name = "t", version = "1", language = "en", title = "T", url = "https://x.example/" }]'
        desk.configure(terms=terms)
        stage = {"username": "bob", "password": PASSWORD, "auth": {"type": "m.login.terms", "session": session}}
        assert (await desk.post("/register", stage)).json["completed"] == ["m.login.terms"]
        await desk.close()
        await database.close()
        assert link is not None
        secrets = [
            PASSWORD, session, first["access_token"], first["refresh_token"], second["access_token"],
            second["refresh_token"], login_token, nonce, link.rpartition("=")[2],
        ]  # fmt: skip
        # The random part alone would do for an attacker who knows the account.
        secrets += [secret.rpartition("_")[2] for secret in secrets if secret.startswith("ch")]
        stored = everything_in(folder)
        assert b"@alice:localhost" in stored
        for secret in secrets:
            assert secret.encode() not in stored
