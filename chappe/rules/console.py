"""The pages of automatic rules: which there are and what they found, writing and trying one, protecting rooms, and the
policy lists that are watched.
"""

from chappe.errors import Errcode
from chappe.http import Answer, Routes
from chappe.operators import StaffRefused, console, two_person
from chappe.operators.console import Visit
from chappe.operators.rules import require_reason
from chappe.rules import change, protect, store, watch
from chappe.rules.change import ExpressionRefused, Written, no_such_rule
from chappe.rules.current import Current
from chappe.rules.expression import Expression, WrongExpression
from chappe.rules.facts import FACTS, Happening
from chappe.rules.past import try_on_past
from chappe.rules.propose import GO_LIVE, payload_of
from chappe.rules.rule import Action, Rule
from chappe.rules.staff import APPROVERS, STAFF
from chappe.rules.topics import Topics
from chappe.storage import Database
from chappe.stream import Log

routes = Routes()

MAX_SHOWN = 200
_FIELDS = ("name", "happening", "expression", "topic", "why", "owner")


@console.get(routes, "rules", *STAFF)
async def get_rules(visit: Visit) -> Answer:
    """All rules, how often each held, and what protects rooms now."""
    database = visit.request.of(Database)
    return visit.page(
        "rules/rules.html",
        rules=await store.all_rules(database, MAX_SHOWN),
        counts=await store.counts(database),
        protections=await store.protections(database, visit.now),
        watched=await store.watched(database),
        may_watch=visit.operator.has(*APPROVERS),
        choices=_choices(visit),
    )


@console.get(routes, "rules/{name}/{version}", *STAFF)
async def get_rule(visit: Visit, name: str, version: str) -> Answer:
    """A version of a rule, and what it found."""
    rule = await _rule(visit, name, version)
    hits = await store.hits(visit.request.of(Database), rule.name, rule.version, MAX_SHOWN)
    return visit.page("rules/rule.html", rule=rule, hits=hits, is_on=rule.is_on(visit.now))


@console.post(routes, "rules/write", *STAFF)
async def post_write(visit: Visit) -> Answer:
    """Write a rule, or its next version: in shadow. With `try`, only say what it would have found."""
    form = visit.form
    if form.get("do") == "try":
        return await _tried(visit)
    days = _number(form.get("days", ""))
    fields = {field: form.get(field, "").strip() for field in _FIELDS}
    written = Written(**fields, action=form.get("does", ""), days=days)
    await visit.call(change.write_rule, written)
    return visit.back_to("rules", "done_written")


@console.post(routes, "rules/live", *STAFF)
async def post_live(visit: Visit) -> Answer:
    """Propose that a rule acts."""
    rule = await _rule(visit, visit.form.get("name", ""), visit.form.get("version", ""))
    reason = visit.form.get("reason", "")
    made = await visit.call(two_person.propose, visit.seat, GO_LIVE, payload_of(rule), reason)
    return visit.back_to(f"proposals/{made}", "done_proposed")


@console.post(routes, "rules/retire", *STAFF)
async def post_retire(visit: Visit) -> Answer:
    """End a rule."""
    rule = await _rule(visit, visit.form.get("name", ""), visit.form.get("version", ""))
    await visit.call(change.retire_rule, rule.name, rule.version, require_reason(visit.form.get("reason", "")))
    return visit.back_to("rules", "done_retired")


@console.post(routes, "rules/protect", *STAFF)
async def post_protect(visit: Visit) -> Answer:
    """Protect a room."""
    form = visit.form
    await visit.call(
        protect.protect_room, form.get("room", "").strip(), form.get("kind", ""), _number(form.get("minutes", "")),
        _number(form.get("seconds", "")), form.get("why", ""),
    )  # fmt: skip
    return visit.back_to("rules", "done_protected")


@console.post(routes, "rules/unprotect", *STAFF)
async def post_unprotect(visit: Visit) -> Answer:
    """Undo what protects a room."""
    await visit.call(protect.unprotect_room, visit.form.get("room", ""), visit.form.get("kind", ""))
    return visit.back_to("rules", "done_unprotected")


@console.post(routes, "rules/watch", *APPROVERS)
async def post_watch(visit: Visit) -> Answer:
    """Watch a policy list."""
    await visit.call(watch.watch_list, visit.form.get("name", "").strip(), visit.form.get("room", "").strip())
    return visit.back_to("rules", "done_watched")


@console.post(routes, "rules/unwatch", *APPROVERS)
async def post_unwatch(visit: Visit) -> Answer:
    """Watch it no more."""
    await visit.call(watch.unwatch_list, visit.form.get("name", ""))
    return visit.back_to("rules", "done_unwatched")


async def _tried(visit: Visit) -> Answer:
    source = visit.form.get("expression", "").strip()
    try:
        expression = Expression(source)
    except WrongExpression as wrong:
        raise ExpressionRefused(wrong) from None
    if visit.form.get("happening") != Happening.MESSAGE.value:
        raise StaffRefused("refused_try", "Only rules about messages are tried on the past.", Errcode.INVALID_PARAM)
    request = visit.request
    tried = await try_on_past(request.of(Database), request.of(Log), request.of(Current).lists, expression)
    return visit.page("rules/tried.html", tried=tried, form=visit.form, choices=_choices(visit))


def _choices(visit: Visit) -> dict[str, object]:
    return {
        "happenings": [one.value for one in Happening],
        "actions": [one.value for one in Action],
        "topics": visit.request.of(Topics),
        "facts": FACTS,
    }


async def _rule(visit: Visit, name: str, version: str) -> Rule:
    rule = await store.rule(visit.request.of(Database), name, _number(version))
    if rule is None:
        raise no_such_rule()
    return rule


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0
