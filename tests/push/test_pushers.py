"""Setting, changing and removing pushers, and who loses theirs."""

import asyncio
from typing import Any

import pytest

from chappe.errors import Refused
from chappe.push.pushers import MAX_PUSHERS, require_url
from tests.house import House, Person

pytestmark = pytest.mark.anyio

URL = "https://push.example.org/_matrix/push/v1/notify"


def pusher(pushkey: str = "key", url: str = URL, **more: Any) -> dict[str, Any]:
    return {
        "kind": "http",
        "app_id": "org.example.app",
        "pushkey": pushkey,
        "app_display_name": "App",
        "device_display_name": "Phone",
        "lang": "en",
        "data": {"url": url, "format": "event_id_only"},
        **more,
    }


async def keys(person: Person) -> list[str]:
    return [one["pushkey"] for one in (await person.get("/pushers")).ok()["pushers"]]


async def test_a_pusher_is_set_changed_and_removed(house: House) -> None:
    """postPusher, getPushers."""
    ann = await house.person("ann")
    assert (await ann.get("/pushers")).ok() == {"pushers": []}
    (await ann.post("/pushers/set", pusher(append=True))).ok()
    assert (await ann.get("/pushers")).ok() == {"pushers": [pusher()]}
    changed = pusher(lang="fr", profile_tag="x", data={"url": URL, "more": [1.5]})
    (await ann.post("/pushers/set", changed)).ok()
    assert (await ann.get("/pushers")).ok() == {"pushers": [changed]}
    gone = {"kind": None, "app_id": "org.example.app", "pushkey": "key"}
    for _ in range(2):
        (await ann.post("/pushers/set", gone)).ok()
    assert await keys(ann) == []


async def test_the_same_phone_belongs_to_one_person_unless_they_share_it(house: House) -> None:
    ann, ben = await house.person("ann"), await house.person("ben")
    (await ann.post("/pushers/set", pusher())).ok()
    (await ben.post("/pushers/set", pusher(append=True))).ok()
    assert (await keys(ann), await keys(ben)) == (["key"], ["key"])
    (await ben.post("/pushers/set", pusher())).ok()
    await house.settle()
    assert (await keys(ann), await keys(ben)) == ([], ["key"])


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in pusher().items() if name not in names}


REFUSED: list[tuple[dict[str, Any], str]] = [
    (without("kind"), "M_BAD_JSON"),
    (without("app_id"), "M_BAD_JSON"),
    (without("lang"), "M_MISSING_PARAM"),
    (without("data"), "M_MISSING_PARAM"),
    (pusher(data={}), "M_MISSING_PARAM"),
    (pusher(kind="email"), "M_INVALID_PARAM"),
    (pusher(pushkey=""), "M_INVALID_PARAM"),
    (pusher(pushkey="k" * 513), "M_INVALID_PARAM"),
    (pusher(pushkey="\0"), "M_INVALID_PARAM"),
    (pusher(app_id="a" * 65), "M_INVALID_PARAM"),
    (pusher(lang="l" * 256), "M_INVALID_PARAM"),
    (pusher(profile_tag="\0"), "M_INVALID_PARAM"),
    (pusher(data={"url": URL, "x": "x" * 8_192}), "M_TOO_LARGE"),
    (pusher(url="ftp://example.org/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="HTTPS://example.org/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://example.org\\@10.0.0.1/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://exämple.org/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://example.org/notify"), "M_INVALID_PARAM"),
    (pusher(url="https:///_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://[::1/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://a:b@example.org/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://example.org:0/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://example.org:99999/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url=f"{URL}\r\nHost: x"), "M_INVALID_PARAM"),
    (pusher(url=f"{URL}#x"), "M_INVALID_PARAM"),
    (pusher(url="https://10.0.0.1/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
    (pusher(url="https://[::ffff:10.0.0.1]/_matrix/push/v1/notify"), "M_INVALID_PARAM"),
]


async def test_what_is_no_pusher_is_refused(house: House) -> None:
    ann = await house.person("ann")
    for body, errcode in REFUSED:
        said = await ann.post("/pushers/set", body)
        assert said.errcode == errcode, (body, said.text)
    assert await keys(ann) == []


def test_without_networks_of_ones_own_a_gateway_speaks_tls() -> None:
    require_url("http://push.example.org/_matrix/push/v1/notify", ("10.0.0.0/8",))
    with pytest.raises(Refused):
        require_url("http://push.example.org/_matrix/push/v1/notify", ())


async def test_there_is_a_limit_to_pushers(house: House) -> None:
    ann = await house.person("ann")
    every = (ann.post("/pushers/set", pusher(f"k{n}")) for n in range(MAX_PUSHERS + 2))
    said = await asyncio.gather(*every)
    assert sorted(one.status for one in said) == [200] * MAX_PUSHERS + [403] * 2
    (await ann.post("/pushers/set", pusher((await keys(ann))[0]))).ok()


async def test_a_pusher_goes_with_its_device(house: House) -> None:
    ann = await house.person("ann")
    phone, tablet = await ann.another_device(), await ann.another_device()
    (await ann.post("/pushers/set", pusher("desk"))).ok()
    (await phone.post("/pushers/set", pusher("phone"))).ok()
    (await tablet.post("/pushers/set", pusher("tablet"))).ok()
    (await phone.post("/logout")).ok()
    assert await keys(ann) == ["desk", "tablet"]
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": "ann"},
        "password": house.PASSWORD,
    }
    (await ann.post("/account/password", {"new_password": "another horse battery", "auth": auth})).ok()
    assert await keys(ann) == ["desk"]
