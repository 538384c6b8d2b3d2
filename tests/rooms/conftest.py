"""A house that takes guests, and several people in it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from chappe.config import Settings
from tests.conftest import make_settings
from tests.house import House, Person


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, guest_access="true")


@pytest.fixture
async def anna(house: House) -> Person:
    return await house.person("anna")


@pytest.fixture
async def bob(house: House) -> Person:
    return await house.person("bob")


@pytest.fixture
async def carl(house: House) -> Person:
    return await house.person("carl")


@pytest.fixture
def new_guest(house: House) -> Callable[[], Awaitable[Person]]:
    async def make() -> Person:
        said = await house.request("POST", "/register", {}, query={"kind": "guest"})
        answer = said.ok()
        return Person(house, answer["user_id"], answer["access_token"], answer["device_id"])

    return make
