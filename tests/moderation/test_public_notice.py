"""Art. 16 notices from anybody, without an account: R65, R66, R68, R69, R71."""

import html
import re

import httpx
import pytest

from chappe.http.asgi import ASGIFace
from chappe.moderation.complain import claim_complaint, judge
from chappe.moderation.verdict import Verdict
from chappe.operators import Role
from tests.moderation.conftest import Desk, removal

pytestmark = pytest.mark.anyio

NOTICE = "/_chappe/notice"
NEEDED = {
    "reason": "It calls for violence against a group, which section 130 of the Criminal Code forbids.",
    "name": "A Reader",
    "email": "reader@example.org",
    "good_faith": "yes",
}


class Reader:
    """Somebody with a browser and no account."""

    def __init__(self, desk: Desk, language: str = "en") -> None:
        transport = httpx.ASGITransport(app=ASGIFace(desk.house.chappe.application), client=("192.0.2.9", 1))
        headers = {"Accept-Language": language}
        self.client = httpx.AsyncClient(transport=transport, base_url="http://chappe.test", headers=headers)

    async def file(self, **fields: str) -> httpx.Response:
        return await self.client.post(NOTICE, data={**NEEDED, **fields})

    async def follow(self, page: httpx.Response) -> httpx.Response:
        """Open the first link of a page to what became of it."""
        return await self.client.get(self.links(page)[0])

    def links(self, page: httpx.Response) -> list[str]:
        return [html.unescape(one) for one in re.findall(r'href="[^"]*(/_chappe/safety/[^"]+)"', page.text)]


async def test_a_notice_with_two_locations_is_two_items_of_one_notice(desk: Desk) -> None:
    """R71: what is counted as a notice, and what as an item."""
    ada = await desk.house.person("ada")
    room = await ada.create_room(preset="public_chat")
    first, second = await ada.send(room, "one"), await ada.send(room, "two")
    where = f"https://matrix.to/#/{room}/{first}?via=localhost\nmatrix:roomid/{room[1:]}/e/{second[1:]}"
    page = await Reader(desk).file(where=where, what="STATEMENT_CATEGORY_VIOLENCE/KEYWORD_COORDINATED_HARM")
    assert page.status_code == 200, page.text
    assert [one.item for one in await desk.cases()] == [first, second]
    assert [one.stream for one in await desk.cases()] == ["notices", "notices"]
    rows = await desk.database.fetch("SELECT DISTINCT submission FROM filing")
    assert len(rows) == 1
    assert len(Reader(desk).links(page)) == 2


async def test_who_notified_reads_the_decision_and_complains_about_doing_nothing(desk: Desk) -> None:
    """R68, R85: receipt, decision and redress; a complaint against inaction opens the case again."""
    mia = await desk.office.staff("mia", Role.MODERATOR)
    sam = await desk.office.staff("sam", Role.SENIOR_MODERATOR)
    ada = await desk.house.person("ada")
    reader = Reader(desk)
    page = await reader.file(where=ada.user_id)
    state = await reader.follow(page)
    assert "A person looks at it" in state.text
    (case,) = await desk.cases()

    await desk.decided(mia, case.number, Verdict("The profile says nothing of the kind."))
    state = await reader.follow(page)
    assert "It stays as it is" in state.text
    assert "The profile says nothing of the kind." in state.text

    (link,) = reader.links(page)
    path, _, proof = link.partition("?proof=")
    path = path.partition("http://localhost:8008")[2] or path
    answer = await reader.client.post(path, data={"proof": proof, "text": "Look at the picture."})
    assert "We have your complaint" in answer.text
    again = await reader.client.post(path, data={"proof": proof, "text": "Again."})
    assert "looked at once" in again.text
    (row,) = await desk.database.fetch("SELECT id FROM complaint")
    await desk.act(sam, claim_complaint, row[0])
    await desk.act(sam, judge, row[0], "reversed", "The picture does say it.", [])
    (case,) = await desk.cases()
    assert (case.state, case.claimed_by) == ("open", sam.user_id)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"where": ""}, "1 to 20 locations"),
        ({"where": "@nobody:localhost"}, "Nothing of this server is at"),
        ({"where": "ADA", "good_faith": ""}, "good_faith"),
        ({"where": "ADA", "name": ""}, "name and a mail address"),
        ({"where": "ADA", "reason": " "}, "reason"),
        ({"where": "ADA", "country": "France"}, "ISO 3166-1"),
        ({"where": "ADA", "what": "STATEMENT_CATEGORY_VIOLENCE/KEYWORD_PHISHING"}, "keyword is not of that category"),
    ],
)
async def test_what_a_notice_lacks_is_told_and_nothing_typed_is_lost(
    desk: Desk, fields: dict[str, str], told: str
) -> None:
    """R66."""
    ada = await desk.house.person("ada")
    fields = {name: value.replace("ADA", ada.user_id) for name, value in fields.items()}
    page = await Reader(desk).file(**fields)
    assert page.status_code in (400, 404)
    assert told in html.unescape(page.text)
    assert fields.get("reason", NEEDED["reason"]).strip() in page.text
    assert await desk.cases() == []


async def test_a_notice_about_child_abuse_needs_no_name_and_goes_to_its_own_queue(desk: Desk) -> None:
    """R66, Art. 16(2)(c): nobody has to say who they are."""
    ada = await desk.house.person("ada")
    what = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS/KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"
    page = await Reader(desk).file(where=ada.user_id, what=what, name="", email="")
    assert page.status_code == 200
    (case,) = await desk.cases()
    assert case.stream == "child_safety"


async def test_a_link_that_was_tampered_with_shows_nothing(desk: Desk) -> None:
    ada = await desk.house.person("ada")
    reader = Reader(desk)
    (link,) = reader.links(await reader.file(where=ada.user_id))
    path, _, _ = link.partition("?proof=")
    for wrong in (path, f"{path}?proof=AAAA", f"{path}?proof=%F0%9F%98%80"):
        assert (await reader.client.get(wrong)).status_code == 404


async def test_the_decision_page_is_read_in_french_and_takes_a_complaint(desk: Desk) -> None:
    """R77, R85: the statement of reasons behind the link that the server notice has, in any client."""
    mia = await desk.office.staff("mia", Role.MODERATOR)
    ada, bob = await desk.house.person("ada"), await desk.house.person("bob")
    room = await ada.create_room(preset="public_chat")
    await bob.join(room)
    said = await ada.send(room, "hateful")
    await bob.post(f"/rooms/{room}/report/{said}", {})
    (case,) = await desk.cases()
    await desk.decided(mia, case.number, removal(case))
    (statement,) = await desk.told(ada)
    found = re.search(r"(/_chappe/safety/decisions/\S+?proof=[\w-]+)", statement["body"])
    assert found is not None
    reader = Reader(desk, "fr")
    page = await reader.client.get(found[1])
    assert "Votre message a été retiré." in page.text
    assert "Pas de haine" in html.unescape(page.text)
    path, _, proof = found[1].partition("?proof=")
    answer = await reader.client.post(path, data={"proof": proof, "text": "C’était une citation."})
    assert "Nous avons votre réclamation" in answer.text


async def test_the_terms_have_a_page_for_each_version(desk: Desk) -> None:
    """R15, R16: each ground has an id and an address per version, for people and programs."""
    reader = Reader(desk)
    page = await reader.client.get("/_chappe/terms")
    assert 'id="hate"' in page.text
    told = (await reader.client.get("/_chappe/terms/2026-11-28.json")).json()
    assert "hate" in [one["id"] for one in told["terms"]]
    assert (await reader.client.get("/_chappe/terms/2026-11-28")).status_code == 200
    assert (await reader.client.get("/_chappe/terms/2020-01-01")).status_code == 404
