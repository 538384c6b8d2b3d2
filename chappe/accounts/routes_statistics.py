"""How many people registered, day by day and by registration token, for operators."""

from datetime import UTC, datetime

import msgspec

from chappe.accounts import register_store
from chappe.accounts.routes_operators import require_operator
from chappe.clock import Clock
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, JSONObject, Limit, Request, Routes
from chappe.storage import Database, Row

routes = Routes()

MAX_DAYS = 366
DAY_MS = 86_400_000


class StatisticsQuery(msgspec.Struct):
    """The query of the statistics: how many days, today among them."""

    days: int = 30


@routes.get("/_chappe/admin/v1/statistics/registrations", auth=DEVICE, limit=Limit.SEARCH)
async def get_registrations(request: Request, query: StatisticsQuery) -> JSONObject:
    """The accounts made on each of the last days (UTC) on which there were any, and with which tokens."""
    await require_operator(request)
    if not 1 <= query.days <= MAX_DAYS:
        raise Refused(Errcode.INVALID_PARAM, f"days is 1 to {MAX_DAYS}.")
    today = request.of(Clock).now_ms() // DAY_MS
    since = (today - query.days + 1) * DAY_MS
    return by_day(await register_store.registrations_by_day(request.of(Database), since))


def by_day(rows: list[Row]) -> JSONObject:
    """`rows` are day, token, accounts, guests, waiting and ended ones, in order."""
    days: dict[str, dict[str, int]] = {}
    tokens: dict[str, int] = {}
    for day, token, accounts, guests, waiting, ended in rows:
        told = days.setdefault(_date(day), {"accounts": 0, "guests": 0, "waiting": 0, "deactivated": 0})
        for name, number in zip(told, (accounts, guests, waiting, ended), strict=True):
            told[name] += int(number)
        if token:
            tokens[token] = tokens.get(token, 0) + int(accounts)
    return {"days": [{"day": day, **told} for day, told in days.items()], "tokens": tokens}


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_MS / 1000, UTC).date().isoformat()
