"""What a decision does to tell people, in short."""

from typing import Any

from chappe.ids import UserID
from chappe.server_notices import tell
from chappe.stream import REGISTER, Command, Device, Transaction
from tests.house import House, Person


async def told(house: House, person: Person, key: str, body: str, french: Any = None, **more: Any) -> None:
    """The server tells somebody something; when this returns, it is said."""

    async def act(tx: Transaction, device: Device | None) -> None:
        tell(tx, UserID(person.user_id), key, {"body": body, **more}, french, awaited=True)

    await house.chappe.bus.call(REGISTER, Command(act, None, ()))
