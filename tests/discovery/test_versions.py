"""What clients ask before they know anything."""

import pytest

from chappe.discovery.versions import VERSIONS
from chappe.events.versions import ROOM_VERSIONS
from tests.house import House

pytestmark = pytest.mark.anyio


async def test_versions_are_told_to_everybody(house: House) -> None:
    """getVersions: from v1.1 on without a gap, and only as far as it holds."""
    told = (await house.request("GET", "/_matrix/client/versions")).ok()
    assert told["versions"] == [f"v1.{number}" for number in range(1, len(VERSIONS) + 1)]
    assert all(value is True for value in told["unstable_features"].values())


async def test_capabilities_are_those_of_the_settings(house: House) -> None:
    """getCapabilities."""
    anna = await house.person("anna")
    told = (await anna.get("/capabilities")).ok()["capabilities"]
    assert told["m.room_versions"]["default"] == "12"
    assert told["m.room_versions"]["available"].keys() == ROOM_VERSIONS.keys()
    assert told["m.profile_fields"] == {"enabled": True}
    assert (await house.request("GET", "/capabilities")).status == 401


async def test_where_the_server_is(house: House) -> None:
    """getWellknown."""
    told = (await house.request("GET", "/.well-known/matrix/client")).ok()
    assert told["m.homeserver"] == {"base_url": house.chappe.settings.base_url}
