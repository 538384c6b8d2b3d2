"""What protects those who look: content hidden at first, counted exposure, sealed cases; and threats to life."""

import io
import json
import re
import zipfile

import pytest

from chappe.clocks import clocks_of
from chappe.moderation import exposure, sealed, work_store
from chappe.moderation.exposure import MINUTE_MS, wellbeing
from chappe.moderation.threat import MEMBER_STATES, notify_threat
from chappe.moderation.work_store import Exposure
from chappe.operators import Role
from tests.moderation.conftest import SAFETY, Desk
from tests.moderation.desk import Town, inside, path_of
from tests.operators.conftest import Browser, form_in

pytestmark = pytest.mark.anyio

CHILD = "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"
MINORS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"


async def picture_case(town: Town) -> tuple[int, str]:
    """The case of a picture that Ada sent."""
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (900, 900), "red").save(made, "PNG")
    answer = await town.desk.house.request("POST", "/_matrix/media/v3/upload", made.getvalue(), token=town.ada.token)
    address = answer.ok()["content_uri"]
    path = f"/rooms/{town.room}/send/m.room.message/picture"
    said = (await town.ada.put(path, {"msgtype": "m.image", "body": "p.png", "url": address})).ok()["event_id"]
    body = {"kind": "event", "room_id": town.room, "event_id": said, "reason": "look"}
    (await town.bob.post(f"{SAFETY}/reports", body)).ok()
    return (await town.desk.cases())[-1].number, address


async def test_pictures_are_shown_on_demand_hidden_and_counted(desk: Desk) -> None:
    """R137."""
    town = await Town.of(desk)
    number, _ = await picture_case(town)
    mia = await inside(desk, "mia", Role.MODERATOR)
    page = await mia.get(f"/desk/cases/{number}")
    assert "<img" not in page.text
    assert "autoplay" not in page.text
    assert 'class="veil"' in page.text
    assert re.search(r'id="clear" class="toggle"[^>]*>', page.text)
    assert "checked" not in (re.search(r'<input type="checkbox" id="clear"[^>]*>', page.text) or [""])[0]
    page = await mia.get(f"/desk/cases/{number}?media=1")
    veiled = page.text[page.text.index('<div class="veil">') :]
    shown = re.search(r'<img alt="[^"]+" loading="lazy" src="/_chappe/console([^"]+)">', veiled)
    assert shown
    picture = await mia.get(shown[1])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.headers["cache-control"] == "no-store"
    assert (await desk.office.acts())[-1][0] == "case.shown"
    today = await work_store.exposure(desk.database, "@mia:localhost", desk.house.clock.now_ms() // exposure.DAY_MS)
    assert (today.items, today.media) == (2, 1)
    assert (await mia.get(f"/desk/cases/{number}/media/1")).status_code == 404
    assert (await Browser(desk.house).get(shown[1])).status_code == 303, "to nobody who is not logged in"
    noah = await inside(desk, "noah", Role.ADMINISTRATOR)
    assert (await noah.get(shown[1])).status_code == 403


async def test_when_it_is_enough_no_picture_is_shown(desk: Desk) -> None:
    """R137: a limit of the day, and a break after a long stretch."""
    town = await Town.of(desk)
    number, _ = await picture_case(town)
    desk.house.clock.ms += exposure.DAY_MS - desk.house.clock.ms % exposure.DAY_MS  # midnight
    mia = await inside(desk, "mia", Role.MODERATOR)
    for _ in range(14):
        await mia.get(f"/desk/cases/{number}")
        desk.house.clock.advance(4 * 60)
    page = await mia.get(f"/desk/cases/{number}")
    assert "without a break: time for one" in page.text
    for _ in range(60):
        await mia.get(f"/desk/cases/{number}")
        desk.house.clock.advance(4 * 60)
    page = await mia.get(f"/desk/cases/{number}?media=1")
    assert "That is enough for today" in page.text
    assert "<img" not in page.text
    picture = await mia.get(f"/desk/cases/{number}/media/0")
    assert (picture.status_code, "enough for today" in picture.text) == (403, True)


def test_what_a_break_and_a_limit_are() -> None:
    now = 100_000 * MINUTE_MS
    for today, needs_break, is_over in (
        (Exposure(), False, False),
        (Exposure(5, 0, 10 * MINUTE_MS, now - 49 * MINUTE_MS, now), False, False),
        (Exposure(5, 0, 50 * MINUTE_MS, now - 50 * MINUTE_MS, now), True, False),
        (Exposure(5, 0, 50 * MINUTE_MS, now - 61 * MINUTE_MS, now - 11 * MINUTE_MS), False, False),
        (Exposure(5, 0, 60 * MINUTE_MS, now - 5 * MINUTE_MS, now), False, True),
    ):
        found = wellbeing(today, 60, now)
        assert (found.needs_break, found.is_over) == (needs_break, is_over), today


async def test_time_away_and_a_clock_that_jumps_back_count_nothing(desk: Desk) -> None:
    town = await Town.of(desk)
    case = await town.case()
    mia = await desk.office.staff("mia", Role.MODERATOR)
    clock, minute = desk.house.clock, 60
    clock.ms -= clock.ms % exposure.DAY_MS - 3_600_000
    for step in (0, 2 * minute, 20 * minute, -30 * minute, minute):
        clock.advance(step)
        await desk.act(mia, exposure.show_case, case.number)
    today = await work_store.exposure(desk.database, mia.user_id, clock.now_ms() // exposure.DAY_MS)
    assert today.items == 5
    assert today.ms // 60_000 == 3


async def sealed_case(town: Town) -> int:
    return (await town.case("terrible words", category=MINORS, keyword=CHILD, reason="It shows a child.")).number


async def test_child_safety_is_for_its_role_and_sealed(desk: Desk) -> None:
    """R111: nothing is shown before two people of the role open it, for some hours, to one of them; no thumbnails."""
    town = await Town.of(desk)
    number = await sealed_case(town)
    path = f"/desk/cases/{number}"
    mia = await inside(desk, "mia", Role.MODERATOR, Role.SENIOR_MODERATOR)
    assert (await mia.get(path)).status_code == 404
    assert "Child safety" not in (await mia.get("/desk")).text
    assert "Nothing that you may see" in (await mia.get(f"/desk/search?q={number}")).text

    cleo, carl = await inside(desk, "cleo", Role.CHILD_SAFETY), await inside(desk, "carl", Role.CHILD_SAFETY)
    key = form_in(await cleo.get("/desk"), "/desk/next")["key"]
    page = await cleo.post("/desk/bulk", {"key": key, f"case_{number}": "1", "reason": "unlawful", "then": "show"})
    assert "Left alone: This case is sealed" in page.text
    page = await cleo.get(path)
    for hidden in ("terrible words", "It shows a child."):
        assert hidden not in page.text
    assert (await cleo.get(f"{path}/media/0")).status_code == 403
    assert (await cleo.get(f"{path}/decide?reason=unlawful")).status_code == 403
    made = await cleo.submit(path, f"{path}/unseal", reason="To classify it.")
    proposal = path_of(made)
    assert (await cleo.post(f"{proposal}/approve", {"key": "x"})).status_code == 403
    assert (await mia.get(proposal)).status_code == 404
    assert "Open a sealed case" in (await carl.get()).text
    assert (await carl.submit(proposal, f"{proposal}/approve")).status_code == 303
    assert "terrible words" in (await cleo.get(path)).text
    assert "terrible words" not in (await carl.get(path)).text, "it is open to who asked, not to everybody"
    assert "case.unsealed" in [act for act, _, _ in await desk.office.acts()]
    desk.house.clock.advance(sealed.OPEN_MS / 1000 + 1)
    await cleo.log_in("@cleo:localhost")
    assert "terrible words" not in (await cleo.get(path)).text


async def test_a_threat_to_life_goes_to_authorities_with_everything(desk: Desk) -> None:
    """R75: destination by Member State or Europol, everything attached, recorded, with a clock."""
    town = await Town.of(desk)
    case = await town.case("I will kill her tonight", is_threat=True)
    mia = await inside(desk, "mia", Role.MODERATOR)
    path = f"/desk/cases/{case.number}/threat"
    desk.house.clock.advance(10 * 60)
    assert "Known for 10 min." in (await mia.get(path)).text
    for wrong in ({"destination": "XX", "concerned": "victim"}, {"destination": "EUROPOL", "concerned": "victim"},
                  {"destination": "FR", "concerned": "unknown"}, {"destination": "", "concerned": ""}):  # fmt: skip
        answer = await mia.submit(path, path, summary="A threat.", **wrong)
        assert (answer.status_code, "which Member State" in answer.text) == (400, True), wrong
    await mia.submit(path, path, destination="FR", concerned="victim", summary="He names an address in Lyon.")
    page = await mia.get(path)
    assert "not handed over yet" in page.text
    package = re.search(r'href="/_chappe/console(/desk/threats/[^"]+package.zip)"', page.text)
    assert package
    answer = await mia.get(package[1])
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        parts = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert parts["case.json"]["snapshot"]["content"]["body"] == "I will kill her tonight"
    assert parts["filings.json"][0]["by_user"] == town.bob.user_id
    assert parts["account.json"]["user_id"] == town.ada.user_id
    assert parts["account.json"]["devices"]
    assert parts["notice.json"]["destination"] == "FR"
    sent = package[1].replace("package.zip", "sent")
    await mia.submit(path, sent, how="By phone and mail, reference 12/26")
    page = await mia.get(path)
    assert "12/26" in page.text
    clocks = await clocks_of(desk.database, f"event {case.item}")
    assert [(one.rule, one.stopped_at is not None) for one in clocks] == [("dsa18.threat", True)]
    assert "DSA 18(1): inform the authorities, " in (await mia.get(f"/desk/cases/{case.number}")).text
    assert (await mia.post(sent, {"key": "x"})).status_code == 403
    acts = [act for act, _, _ in await desk.office.acts()]
    assert [one for one in acts if one.startswith("threat.")] == ["threat.notified", "threat.packed", "threat.sent"]
    assert len(MEMBER_STATES) == 27


async def test_the_package_of_a_sealed_case_holds_nothing_that_is_sealed(desk: Desk) -> None:
    town = await Town.of(desk)
    number = await sealed_case(town)
    cleo = await inside(desk, "cleo", Role.CHILD_SAFETY)
    id = await desk.act(
        desk.office.people["cleo"], notify_threat, number, "EUROPOL", "unknown", "A child is in danger."
    )
    answer = await cleo.get(f"/desk/threats/{id}/package.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        packed = b"".join(archive.read(name) for name in archive.namelist())
    for hidden in (b"terrible words", b"It shows a child."):
        assert hidden not in packed
    mia = await inside(desk, "mia", Role.MODERATOR)
    assert (await mia.get(f"/desk/threats/{id}/package.zip")).status_code == 403
