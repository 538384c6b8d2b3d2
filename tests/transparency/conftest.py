"""A server that tells the EU's database, its desk, and staff."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chappe.config import Settings
from chappe.operators.roles import Role
from tests.conftest import make_settings
from tests.house import House
from tests.operators.conftest import Office
from tests.transparency.database import EUDatabase, eu_database
from tests.transparency.desk import Desk


@pytest.fixture
async def double() -> AsyncIterator[EUDatabase]:
    async with eu_database() as double:
        yield double


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("first-token\n")
    return path


@pytest.fixture
def settings(tmp_path: Path, double: EUDatabase, token_file: Path) -> Settings:
    """Told to the double."""
    return settings_with(tmp_path, f'database_url = "{double.url}", database_token_file = "{token_file}"')


def settings_with(folder: Path, more: str) -> Settings:
    """Settings with the table `transparency`."""
    return make_settings(folder, transparency=f'{{ provider = "The Choir", bulk_terms = ["spam"], {more} }}')


@pytest.fixture
async def desk(house: House) -> Desk:
    return Desk(house.chappe.writer)


@pytest.fixture
async def office(house: House) -> Office:
    office = Office(house)
    await office.staff("olga", Role.OWNER)
    return office
