"""What lists of hashes find becomes a case, or a decision with its reasons where that is certain. R109."""

from hashlib import sha256

import msgspec
import numpy as np
import pytest

from chappe.ids import EventID, RoomID, UserID
from chappe.matching.match import Match, id_of
from chappe.matching.reader import record_match
from chappe.media import pdq
from chappe.moderation import decisions_store
from chappe.moderation import store as moderation_store
from chappe.moderation.categories import decided_categories, filed_categories, require_category
from chappe.moderation.claim import claim
from chappe.moderation.matches import BASES, decide_match
from chappe.moderation.reverse import reverse
from chappe.moderation.terms import terms
from chappe.moderation.words import Door, Stream
from chappe.operators import Role
from tests.matching.conftest import PUBLIC, show
from tests.matching.conftest import Desk as Lists
from tests.media.conftest import upload
from tests.media.test_pdq import saved, scene
from tests.moderation.conftest import Desk

pytestmark = pytest.mark.anyio

LISTED = sha256(b"listed").digest()


@pytest.fixture
async def lists(desk: Desk) -> Lists:
    return Lists(desk.house)


def test_every_topic_can_be_filed_and_decided() -> None:
    for basis in BASES.values():
        require_category(filed_categories(), basis.category, (basis.keyword,))
        require_category(decided_categories("terms"), basis.category, (basis.keyword,))
        assert terms().named(basis.term) is not None


async def test_what_looks_like_a_listed_picture_waits_for_a_person(desk: Desk, lists: Lists) -> None:
    anna = await desk.house.person("annie")
    listed = pdq.pdq(pdq.luma_of(np.asarray(scene(1))))[0]
    await lists.publish("pictures", "pdq", listed, vetted=True, topic="child-abuse")
    room_id = await anna.create_room(**PUBLIC)
    event_id = await show(anna, room_id, await upload(anna, saved(scene(1), "JPEG", quality=70), "image/jpeg"))
    await lists.found()
    (case,) = await desk.cases()
    assert (case.item, case.author, case.state) == (event_id, anna.user_id, "open")
    assert case.stream is Stream.CHILD_SAFETY  # seen by that role alone (R111)
    assert await moderation_store.sources_of(desk.database, case.number) == [(Door.AUTOMATIC.value, "")]
    assert not lists.restrictions.held


async def test_the_very_file_is_decided_at_once_told_with_reasons_and_restored(desk: Desk, lists: Lists) -> None:
    anna = await desk.house.person("annie")
    await lists.publish("files", "sha256", LISTED, vetted=True, topic="intimate-images")
    room_id = await anna.create_room(**PUBLIC)
    address = await upload(anna, b"listed", "image/png")
    event_id = await show(anna, room_id, address)
    await lists.found()
    (case,) = await desk.cases()
    assert (case.item, case.state) == (event_id, "decided")
    decision = await decisions_store.decision(desk.database, case.decision)
    assert decision is not None
    assert (decision.automation, decision.detected, decision.by_user) == ("fully", "yes", "system")
    assert decision.rule.startswith("List files, version 1")
    assert LISTED.hex() not in repr(decision)
    assert await desk.measures_held(case.decision) == ["blocked", "removed"]
    assert await lists.is_blocked(address)
    (told,) = [one for one in await desk.told(anna) if one["type"] == "statement"]
    assert told["decision"] == case.decision

    # It is not decided twice, whoever finds it again.
    await lists.call(decide_match, msgspec.to_builtins(lists.told[0]))
    assert len(await desk.cases()) == 1


async def test_a_picture_of_a_person_is_blocked_and_the_membership_stays(desk: Desk, lists: Lists) -> None:
    anna = await desk.house.person("annie")
    await lists.publish("files", "sha256", LISTED, vetted=True)
    await anna.create_room(**PUBLIC)
    address = await upload(anna, b"listed", "image/png")
    await anna.put(f"/profile/{anna.user_id}/avatar_url", {"avatar_url": f"mxc://{address}"})
    await lists.found()
    (case,) = await desk.cases()
    assert await desk.measures_held(case.decision) == ["blocked"]


async def test_what_a_person_reverses_is_not_matched_again(desk: Desk, lists: Lists) -> None:
    anna = await desk.house.person("annie")
    await lists.publish("files", "sha256", LISTED, vetted=True)
    room_id = await anna.create_room(**PUBLIC)
    address = await upload(anna, b"listed", "image/png")
    await show(anna, room_id, address)
    await lists.found()
    (case,) = await desk.cases()
    sam = await desk.office.staff("sammy", Role.SENIOR_MODERATOR)
    await desk.act(sam, reverse, case.decision, [], "It is a picture of a flower.")
    assert not await lists.is_blocked(address)
    await show(anna, room_id, address)
    await lists.found()
    assert len(await desk.cases()) == 1
    assert not await lists.is_blocked(address)


async def test_a_case_on_which_somebody_works_is_left_to_them(desk: Desk, lists: Lists) -> None:
    anna = await desk.house.person("annie")
    room_id = await anna.create_room(**PUBLIC)
    address = await upload(anna, b"listed", "image/png")
    event_id = await show(anna, room_id, address)
    ben = await desk.house.person("benny")
    await ben.join(room_id)
    assert (await ben.post(f"/rooms/{room_id}/report/{event_id}", {"reason": "no"})).status == 200
    (case,) = await desk.cases()
    moderator = await desk.office.staff("mona", Role.MODERATOR)
    await desk.act(moderator, claim, case.number)
    await lists.publish("files", "sha256", LISTED, vetted=True)
    match = Match(
        id_of("files", "m", event_id), "files", 1, "sha256", "other", True, 0, 100, address.partition("/")[2],
        UserID(anna.user_id), EventID(event_id), RoomID(room_id), UserID(anna.user_id),
    )  # fmt: skip
    await lists.call(record_match, match)
    await desk.house.settle()
    (case,) = await desk.cases()
    assert case.state == "open"
    assert case.filed == 2
    assert desk.house.chappe.outbox.failing == 0
