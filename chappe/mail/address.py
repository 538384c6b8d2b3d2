"""What a mail address is here: plain ASCII, one recipient, nothing that could begin another header. Pure."""

import re
from typing import NewType

from chappe.errors import Errcode, Refused

Address = NewType("Address", str)

MAX_CHARS = 254
"""Longest address that a mail server takes (RFC 5321, 4.5.3.1.3)."""

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_MAX_LOCAL_CHARS = 64


def parse_address(given: str) -> Address:
    """The address in small letters, as it is stored and compared. Refuses (INVALID_PARAM) what is none.

    Quoted local parts, comments, address literals and addresses in other scripts are refused: hardly anybody has
    one, and each is a way to write one address twice.
    """
    local = given.partition("@")[0]
    if len(given) > MAX_CHARS or len(local) > _MAX_LOCAL_CHARS or _ADDRESS.fullmatch(given) is None:
        raise Refused(Errcode.INVALID_PARAM, "This is not a mail address like name@example.org.")
    return Address(given.lower())


def domain_of(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2]
