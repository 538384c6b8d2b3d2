"""Matrix HTTP for push rules."""

import msgspec

from chappe.http import DEVICE, JSONObject, RawJSON, Request, Routes
from chappe.push import change_rules, store
from chappe.push.changes import push_rules
from chappe.push.rules import kind_of
from chappe.push.ruleset import Kind, Rule
from chappe.push.whole import Whole
from chappe.storage import Database

routes = Routes()

_ALL = "/_matrix/client/v3/pushrules/"
_GLOBAL = "/_matrix/client/v3/pushrules/global/"
_RULE = "/_matrix/client/v3/pushrules/global/{kind}/{rule_id}"


class RuleBody(msgspec.Struct):
    """The body of PUT …/pushrules/global/{kind}/{ruleId}."""

    actions: list[object]
    conditions: list[dict[str, object]] | None = None
    pattern: str | None = None


class Beside(msgspec.Struct):
    """Its query: before or behind which of one's own rules it is to stand."""

    before: str | None = None
    after: str | None = None


class Enabled(msgspec.Struct):
    """Whether a rule is switched on."""

    enabled: bool


class Actions(msgspec.Struct):
    """What a rule does."""

    actions: list[object]


@routes.get(_ALL, auth=DEVICE)
async def get_push_rules(request: Request) -> RawJSON:
    """All push rules of the person, the default ones too."""
    return RawJSON(await push_rules(request.of(Database), request.device.user_id))


@routes.get(_GLOBAL, auth=DEVICE)
async def get_push_rules_global(request: Request) -> JSONObject:
    """The same without the word `global` around them."""
    return (await _whole(request)).shown()


@routes.get(_RULE, auth=DEVICE)
async def get_push_rule(request: Request, kind: str, rule_id: str) -> JSONObject:
    """One push rule."""
    found = kind_of(kind)
    whole = await _whole(request)
    return _rule(whole, found, rule_id).shown(is_default=whole.is_default(found, rule_id))


@routes.put(_RULE, auth=DEVICE)
async def put_push_rule(request: Request, kind: str, rule_id: str, body: RuleBody, query: Beside) -> JSONObject:
    """Make a push rule, or change one."""
    act, conditions = change_rules.put_rule, body.conditions or []
    arguments = (body.actions, conditions, body.pattern, query.before, query.after)
    await request.call(request.device.user_id, act, kind_of(kind), rule_id, *arguments)
    return {}


@routes.delete(_RULE, auth=DEVICE)
async def delete_push_rule(request: Request, kind: str, rule_id: str) -> JSONObject:
    """Delete one of one's own push rules."""
    await request.call(request.device.user_id, change_rules.delete_rule, kind_of(kind), rule_id)
    return {}


@routes.get(_RULE + "/enabled", auth=DEVICE)
async def get_push_rule_enabled(request: Request, kind: str, rule_id: str) -> Enabled:
    """Whether a push rule is switched on."""
    return Enabled(_rule(await _whole(request), kind_of(kind), rule_id).enabled)


@routes.put(_RULE + "/enabled", auth=DEVICE)
async def put_push_rule_enabled(request: Request, kind: str, rule_id: str, body: Enabled) -> JSONObject:
    """Switch a push rule on or off."""
    await request.call(request.device.user_id, change_rules.set_enabled, kind_of(kind), rule_id, body.enabled)
    return {}


@routes.get(_RULE + "/actions", auth=DEVICE)
async def get_push_rule_actions(request: Request, kind: str, rule_id: str) -> Actions:
    """What a push rule does."""
    return Actions(_rule(await _whole(request), kind_of(kind), rule_id).actions)


@routes.put(_RULE + "/actions", auth=DEVICE)
async def put_push_rule_actions(request: Request, kind: str, rule_id: str, body: Actions) -> JSONObject:
    """Change what a push rule does."""
    await request.call(request.device.user_id, change_rules.set_actions, kind_of(kind), rule_id, body.actions)
    return {}


async def _whole(request: Request) -> Whole:
    user_id = request.device.user_id
    _, changes = await store.rules(request.of(Database), user_id)
    return Whole(user_id, changes)


def _rule(whole: Whole, kind: Kind, rule_id: str) -> Rule:
    rule = whole.find(kind, rule_id)
    if rule is None:
        raise change_rules.no_rule()
    return rule
