"""What a decision does, in short: restrictions imposed and lifted from the register."""

import itertools
from typing import Any

from chappe.restrictions import Ground, Kind, Measure, Restriction, impose, lift
from chappe.stream import REGISTER, Command, Device, Transaction
from tests.house import House

_numbers = itertools.count(1)


def restriction(kind: Kind, subject: str, measure: Measure, **more: Any) -> Restriction:
    number = next(_numbers)
    given = {"since": 0, "ground": Ground.TERMS, "reason_code": "illegal_speech", "decision": f"D{number}"}
    return Restriction(id=f"r{number}", kind=kind, subject=subject, measure=measure, **{**given, **more})


async def decided(house: House, *restrictions: Restriction) -> None:
    """One decision with some restrictions. When this returns, they hold."""

    async def act(tx: Transaction, device: Device | None) -> None:
        for one in restrictions:
            await impose(tx, one)

    await house.chappe.bus.call(REGISTER, Command(act, None, ()))


async def reversed_(house: House, *restrictions: Restriction) -> None:
    """One decision that lifts them."""

    async def act(tx: Transaction, device: Device | None) -> None:
        for one in restrictions:
            await lift(tx, one.kind, one.subject, one.within, one.id)

    await house.chappe.bus.call(REGISTER, Command(act, None, ()))
