"""Which addresses may be connected to for somebody else. Pure."""

import ipaddress
from collections.abc import Iterator, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_outside(host: str, private_networks: Sequence[str]) -> bool | None:
    """Whether an address is one of the public Internet, or in one of the given networks; None for a host name."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return in_networks(address, private_networks) or all(_is_public(one) for one in _meant_by(address))


def in_networks(address: Address, networks: Sequence[str]) -> bool:
    """Whether an address is in one of the networks."""
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in ipaddress.ip_network(network) for network in networks)


def _meant_by(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 address that it carries inside, if it does."""
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _is_public(address: Address) -> bool:
    if getattr(address, "ipv4_mapped", None) is not None or address in _NAT64:
        return True  # what it carries decides
    unusual = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not unusual and not getattr(address, "is_site_local", False)
