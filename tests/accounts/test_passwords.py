"""How passwords are kept."""

import pytest

from chappe.accounts import Passwords
from tests.house import CHEAP

pytestmark = pytest.mark.anyio


async def test_what_is_stored_is_costly_to_guess_from() -> None:
    passwords = Passwords()
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")  # the least that OWASP recommends
    assert await passwords.matches(stored, "correct horse")
    assert not await passwords.matches(stored, "correct mule")
    passwords.close()


async def test_what_was_stored_at_another_cost_is_known() -> None:
    cheap, usual = Passwords(CHEAP), Passwords()
    assert await usual.matches(await cheap.hash("correct horse"), "correct horse")
    for passwords in (cheap, usual):
        passwords.close()
