"""Reading and changing push rules, and what /sync tells of them."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from chappe.push.rules import MAX_RULE_BYTES, MAX_RULES
from tests.house import House, Person

pytestmark = pytest.mark.anyio

GLOBAL = "/pushrules/global"
OVERRIDES = [
    ".m.rule.master",
    ".m.rule.suppress_notices",
    ".m.rule.invite_for_me",
    ".m.rule.member_event",
    ".m.rule.is_user_mention",
    ".m.rule.is_room_mention",
    ".m.rule.tombstone",
    ".m.rule.reaction",
    ".m.rule.room.server_acl",
    ".m.rule.suppress_edits",
]
UNDERRIDES = [
    ".m.rule.call",
    ".m.rule.encrypted_room_one_to_one",
    ".m.rule.room_one_to_one",
    ".m.rule.message",
    ".m.rule.encrypted",
]


async def ids(person: Person, kind: str) -> list[str]:
    rules = (await person.get(f"{GLOBAL}/")).ok()
    return [rule["rule_id"] for rule in rules[kind]]


async def put(person: Person, kind: str, rule_id: str, body: Any = None, **query: str) -> Any:
    path = f"{GLOBAL}/{kind}/{quote(rule_id, safe='')}"
    return await person.request("PUT", path, body or {"actions": ["notify"], "pattern": "tea"}, query=query)


async def test_everybody_has_the_default_rules(house: House) -> None:
    """getPushRules, getPushRulesGlobal: what the specification predefines, with the person's name in it."""
    ann = await house.person("ann")
    rules = (await ann.get("/pushrules/")).ok()
    assert list(rules) == ["global"]
    assert rules["global"] == (await ann.get(f"{GLOBAL}/")).ok()
    assert [rule["rule_id"] for rule in rules["global"]["override"]] == OVERRIDES
    assert [rule["rule_id"] for rule in rules["global"]["underride"]] == UNDERRIDES
    assert [rules["global"][kind] for kind in ("content", "room", "sender")] == [[], [], []]
    everyone = rules["global"]["override"] + rules["global"]["underride"]
    assert all(rule["default"] for rule in everyone)
    assert [rule["rule_id"] for rule in everyone if not rule["enabled"]] == [".m.rule.master"]
    assert everyone[2]["conditions"][2] == {"kind": "event_match", "key": "state_key", "pattern": ann.user_id}
    assert everyone[4]["conditions"] == [
        {"kind": "event_property_contains", "key": r"content.m\.mentions.user_ids", "value": ann.user_id}
    ]
    assert (await house.request("GET", "/pushrules/")).errcode == "M_MISSING_TOKEN"


async def test_a_rule_is_made_read_changed_and_deleted(house: House) -> None:
    """setPushRule, getPushRule, deletePushRule."""
    ann = await house.person("ann")
    (await put(ann, "content", "drink")).ok()
    path = f"{GLOBAL}/content/drink"
    made = {"rule_id": "drink", "default": False, "enabled": True, "actions": ["notify"], "pattern": "tea"}
    assert (await ann.get(path)).ok() == made
    (await ann.put(f"{path}/enabled", {"enabled": False})).ok()
    historical = ["dont_notify", "coalesce"]
    (await put(ann, "content", "drink", {"actions": historical, "pattern": "c*"})).ok()
    assert (await ann.get(path)).ok() == {**made, "enabled": False, "actions": historical, "pattern": "c*"}
    (await ann.delete(path)).ok()
    assert (await ann.get(path)).errcode == (await ann.delete(path)).errcode == "M_NOT_FOUND"
    assert await ids(ann, "content") == []


async def test_rules_stand_where_they_are_put(house: House) -> None:
    """setPushRule: in front, or right before or behind another; the default ones around them."""
    ann = await house.person("ann")
    for rule_id, query in (("a", {}), ("b", {}), ("c", {"after": "b"}), ("d", {"before": "a"}), ("e", {})):
        (await put(ann, "override", rule_id, {"actions": []}, **query)).ok()
    assert await ids(ann, "override") == [OVERRIDES[0], "e", "b", "c", "d", "a", *OVERRIDES[1:]]
    (await put(ann, "override", "e", {"actions": []}, before="a", after="b")).ok()
    (await put(ann, "override", "c", {"actions": []})).ok()
    assert await ids(ann, "override") == [OVERRIDES[0], "b", "c", "d", "e", "a", *OVERRIDES[1:]]
    for other in ("nobody", "e", ".m.rule.master"):
        said = await put(ann, "override", "e", {"actions": []}, after=other)
        assert (said.status, said.errcode) == (400, "M_UNKNOWN")
    (await put(ann, "underride", "u", {"actions": []})).ok()
    assert await ids(ann, "underride") == ["u", *UNDERRIDES]


async def test_a_default_rule_is_tuned_and_stays(house: House) -> None:
    """setPushRuleEnabled, isPushRuleEnabled, setPushRuleActions, getPushRuleActions: default rules, too."""
    ann = await house.person("ann")
    master, message = f"{GLOBAL}/override/.m.rule.master", f"{GLOBAL}/underride/.m.rule.message"
    (await ann.put(f"{master}/enabled", {"enabled": True})).ok()
    assert (await ann.get(f"{master}/enabled")).ok() == {"enabled": True}
    loud = ["notify", {"set_tweak": "sound", "value": "gong"}]
    (await ann.put(f"{message}/actions", {"actions": loud})).ok()
    (await ann.put(f"{message}/enabled", {"enabled": True})).ok()
    assert (await ann.get(f"{message}/actions")).ok() == {"actions": loud}
    assert await ids(ann, "override") == OVERRIDES
    assert (await ann.delete(message)).errcode == "M_INVALID_PARAM"
    assert (await put(ann, "underride", ".m.rule.message", {"actions": []})).errcode == "M_INVALID_PARAM"
    ben = await house.person("ben")
    assert (await ben.get(f"{master}/enabled")).ok() == {"enabled": False}
    for part in ("enabled", "actions"):
        body = {"enabled": True, "actions": []}
        assert (await ann.get(f"{GLOBAL}/room/!none:localhost/{part}")).errcode == "M_NOT_FOUND"
        assert (await ann.put(f"{GLOBAL}/room/!none:localhost/{part}", body)).errcode == "M_NOT_FOUND"
        assert (await ann.put(f"{GLOBAL}/content/.m.rule.master/{part}", body)).errcode == "M_NOT_FOUND"


REFUSED: list[tuple[str, str, Any, str]] = [
    ("nonsense", "a", {"actions": []}, "M_INVALID_PARAM"),
    ("content", ".a", {"actions": [], "pattern": "a"}, "M_INVALID_PARAM"),
    ("content", "a/b", {"actions": [], "pattern": "a"}, "M_INVALID_PARAM"),
    ("content", "a\\b", {"actions": [], "pattern": "a"}, "M_INVALID_PARAM"),
    ("content", "a" * 256, {"actions": [], "pattern": "a"}, "M_INVALID_PARAM"),
    ("content", "a", {"actions": []}, "M_MISSING_PARAM"),
    ("content", "a", {"actions": [], "pattern": 1}, "M_BAD_JSON"),
    ("content", "a", {"actions": [], "pattern": "a" * 256}, "M_INVALID_PARAM"),
    ("content", "a", {"pattern": "a"}, "M_BAD_JSON"),
    ("room", "kitchen", {"actions": []}, "M_INVALID_PARAM"),
    ("sender", "ben", {"actions": []}, "M_INVALID_PARAM"),
    ("override", "a", {"actions": ["dance"]}, "M_INVALID_PARAM"),
    ("override", "a", {"actions": [{"set_tweak": 1}]}, "M_INVALID_PARAM"),
    ("override", "a", {"actions": [[]]}, "M_INVALID_PARAM"),
    ("override", "a", {"actions": ["notify"] * 11}, "M_INVALID_PARAM"),
    ("override", "a", {"actions": [], "conditions": [{}]}, "M_INVALID_PARAM"),
    ("override", "a", {"actions": [], "conditions": ["event_match"]}, "M_BAD_JSON"),
    ("override", "a", {"actions": [], "conditions": [{"kind": "x"}] * 11}, "M_INVALID_PARAM"),
    ("override", "a", {"actions": [{"set_tweak": "x", "value": "x" * MAX_RULE_BYTES}]}, "M_TOO_LARGE"),
    ("override", "a", {"actions": [], "conditions": [{"kind": "x" * MAX_RULE_BYTES}]}, "M_TOO_LARGE"),
]


async def test_what_is_no_rule_is_refused(house: House) -> None:
    ann = await house.person("ann")
    before = (await ann.get("/pushrules/")).ok()
    for kind, rule_id, body, errcode in REFUSED:
        said = await put(ann, kind, rule_id, body)
        assert said.errcode == errcode, (kind, rule_id, said.text)
    tuned = await ann.put(f"{GLOBAL}/underride/.m.rule.message/actions", {"actions": ["x"]})
    assert tuned.errcode == "M_INVALID_PARAM"
    assert (await ann.get("/pushrules/")).ok() == before
    assert await house.chappe.database.fetch("SELECT * FROM push_rules") == []


async def test_unknown_conditions_are_kept(house: House) -> None:
    ann = await house.person("ann")
    conditions = [{"kind": "org.example.moon", "phase": ["full", 1.5, None]}]
    (await put(ann, "override", "moon", {"actions": ["notify"], "conditions": conditions})).ok()
    assert (await ann.get(f"{GLOBAL}/override/moon")).ok()["conditions"] == conditions


async def test_fifty_changes_at_once_are_all_kept(house: House) -> None:
    ann = await house.person("ann")
    rule_ids = [f"r{n}" for n in range(50)]
    said = await asyncio.gather(*(put(ann, "content", rule_id) for rule_id in rule_ids))
    assert {one.status for one in said} == {200}
    assert sorted(await ids(ann, "content")) == sorted(rule_ids)


async def test_there_is_a_limit_to_rules(house: House) -> None:
    ann = await house.person("ann")
    most = MAX_RULES["underride"]
    said = await asyncio.gather(*(put(ann, "underride", f"r{n}", {"actions": []}) for n in range(most + 3)))
    assert sorted(one.status for one in said) == [200] * most + [403] * 3
    assert len(await ids(ann, "underride")) == most + len(UNDERRIDES)
    kept = (await ids(ann, "underride"))[0]
    (await put(ann, "underride", kept, {"actions": ["notify"]})).ok()


async def test_sync_tells_the_rules_first_and_then_when_they_change(house: House) -> None:
    """The content of m.push_rules is what GET /pushrules/ answers; other devices wake up for it."""
    ann = await house.person("ann")
    first = (await ann.sync())["account_data"]["events"]
    assert first == [{"type": "m.push_rules", "content": (await ann.get("/pushrules/")).ok()}]
    waiting = asyncio.create_task(ann.sync(timeout=5_000))
    await asyncio.sleep(0.05)
    other = await ann.another_device()
    (await put(other, "sender", "@ben:localhost", {"actions": []})).ok()
    told = (await asyncio.wait_for(waiting, 5))["account_data"]["events"]
    assert told == [{"type": "m.push_rules", "content": (await ann.get("/pushrules/")).ok()}]
    assert told[0]["content"]["global"]["sender"][0]["rule_id"] == "@ben:localhost"
    (await ann.put(f"/user/{ann.user_id}/account_data/org.example", {})).ok()
    again = (await ann.sync())["account_data"]["events"]
    assert [event["type"] for event in again] == ["org.example"]
    without = await ann.get("/sync", filter='{"account_data":{"not_types":["m.push_rules"]}}')
    assert [event["type"] for event in without.ok()["account_data"]["events"]] == ["org.example"]


async def test_the_rules_are_account_data_that_cannot_be_put(house: House) -> None:
    ann = await house.person("ann")
    path = f"/user/{ann.user_id}/account_data/m.push_rules"
    assert (await ann.get(path)).ok() == (await ann.get("/pushrules/")).ok()
    said = await ann.put(path, {"global": {}})
    assert (said.status, said.errcode) == (405, "M_BAD_JSON")


async def test_rules_end_with_the_account(house: House) -> None:
    ann = await house.person("ann")
    (await put(ann, "content", "drink")).ok()
    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": "ann"},
        "password": house.PASSWORD,
    }
    (await ann.post("/account/deactivate", {"auth": auth})).ok()
    assert await house.chappe.database.fetch("SELECT * FROM push_rules") == []
