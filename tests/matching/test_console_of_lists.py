"""Lists by two people in the console, in both languages."""

from hashlib import sha256

import pytest

from chappe.matching import store
from chappe.operators import Role
from tests.house import House
from tests.operators.conftest import Browser, Office

pytestmark = pytest.mark.anyio

HASH = sha256(b"listed").hexdigest()
FORM = {"name": "files", "kind": "sha256", "topic": "other", "source": "a partner", "owner": "Olga", "vetted": "yes"}


@pytest.fixture
async def office(house: House) -> Office:
    office = Office(house)
    await office.staff("olga", Role.OWNER)
    return office


async def inside(office: Office, name: str, *roles: Role, language: str = "en") -> Browser:
    browser = Browser(office.house, language)
    assert (await browser.log_in(await office.staff(name, *roles))).status_code == 303
    return browser


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_list_is_used_once_two_people_say_so_and_retired_by_two(office: Office, language: str) -> None:
    """R109, R35."""
    first = await inside(office, "sam", Role.SENIOR_MODERATOR, language=language)
    second = await inside(office, "cora", Role.CHILD_SAFETY, language=language)
    database = office.house.chappe.database
    answer = await first.submit("/hashes", "/hashes/add", **FORM, hashes=f"# secret\n{HASH}\n")
    assert answer.status_code == 303, answer.text
    page = await first.get("/hashes?done=done_added")
    assert "a partner" in page.text
    assert HASH not in page.text
    assert [one.state for one in await store.all_lists(database, 10)] == ["staged"]

    for act, state in (("publish", "live"), ("retire", "retired")):
        answer = await first.submit("/hashes", f"/hashes/{act}", reason="as agreed")
        proposal = answer.headers["location"].partition("/_chappe/console")[2].partition("?")[0]
        own = await first.post(f"{proposal}/approve", {})
        assert own.status_code == 403
        page = await second.get(proposal)
        assert page.status_code == 200, page.text
        assert HASH not in page.text
        assert (await second.submit(proposal, f"{proposal}/approve")).status_code == 303
        assert [one.state for one in await store.all_lists(database, 10)] == [state]
    told = [act for act, _, _ in await office.acts() if act.startswith("hashes.")]
    assert told == ["hashes.added", "hashes.published", "hashes.retired"]


async def test_rubbish_is_refused_with_the_numbers_of_its_lines(office: Office) -> None:
    browser = await inside(office, "sam", Role.SENIOR_MODERATOR)
    answer = await browser.submit("/hashes", "/hashes/add", **FORM, hashes=f"{HASH}\nrubbish\n{HASH[1:]}\n")
    assert answer.status_code == 400
    assert "2, 3" in answer.text
    assert "rubbish" not in answer.text
    for wrong in ({"name": "Not A Name"}, {"kind": "md5"}, {"topic": "x"}, {"source": " "}, {"owner": "o" * 201}):
        answer = await browser.submit("/hashes", "/hashes/add", **{**FORM, **wrong}, hashes=HASH)
        assert answer.status_code == 400, wrong
    assert await store.all_lists(office.house.chappe.database, 10) == []
    assert (await browser.submit("/hashes", "/hashes/add", **FORM, hashes=HASH)).status_code == 303
    key = {"key": (await browser.get("/hashes")).text.split('name="key" value="')[1].split('"')[0]}
    for name, version in (("files", "2"), ("none", "1"), ("files", "x"), ("files", "9" * 30)):
        answer = await browser.post("/hashes/publish", {**key, "name": name, "version": version, "reason": "x"})
        assert answer.status_code == 404


async def test_a_list_that_changed_meanwhile_is_not_published(office: Office) -> None:
    first = await inside(office, "sam", Role.SENIOR_MODERATOR)
    second = await inside(office, "sid", Role.SENIOR_MODERATOR)
    await first.submit("/hashes", "/hashes/add", **FORM, hashes=HASH)
    made = [
        (await first.submit("/hashes", f"/hashes/{act}", reason="x")).headers["location"] for act in ("publish",) * 2
    ]
    paths = [one.partition("/_chappe/console")[2].partition("?")[0] for one in made]
    assert (await second.submit(paths[0], f"{paths[0]}/approve")).status_code == 303
    assert (await second.submit(paths[1], f"{paths[1]}/approve")).status_code == 404


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMINISTRATOR, Role.LEGAL, Role.AUDITOR])
async def test_others_do_not_see_the_page(office: Office, role: Role) -> None:
    browser = await inside(office, "max", role)
    assert (await browser.get("/hashes")).status_code == 403
    assert "/hashes" not in (await browser.get()).text
