"""No private network is reached, whatever a name stands for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from chappe.outside.addresses import is_outside
from chappe.push.gateway import Gateways, Undelivered
from chappe.push.pushers import PATH
from tests.push.gateway import GatewayServer

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::",
    "2001:0:0a00:0001::",
    "2001:db8::1",
]
BODY = b'{"notification":{}}'
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_outside(address: str) -> None:
    assert is_outside(address, ()) is False


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is(address: str) -> None:
    assert is_outside(address, ()) is True


def test_the_operator_may_allow_networks() -> None:
    assert is_outside("10.1.2.3", ("10.0.0.0/8",)) is True
    assert is_outside("::ffff:10.1.2.3", ("10.0.0.0/8",)) is True
    assert is_outside("192.168.1.1", ("10.0.0.0/8",)) is False
    assert is_outside("example.org", ("10.0.0.0/8",)) is None


@contextlib.asynccontextmanager
async def gateways(*networks: str) -> AsyncIterator[Gateways]:
    opened = Gateways(networks)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1"])
async def test_a_name_for_this_machine_is_not_connected_to(gateway: GatewayServer, host: str) -> None:
    """What a name stands for is looked at when it is connected to, so it is not enough that it looked harmless."""
    for scheme in ("http", "https"):
        async with gateways("10.0.0.0/8") as closed:
            with pytest.raises(Undelivered, match="may be reached"):
                await closed.notify(f"{scheme}://{host}:{gateway.port}{PATH}", BODY)
    assert gateway.requests == 0


@pytest.mark.anyio
async def test_an_allowed_network_is_connected_to(gateway: GatewayServer) -> None:
    gateway.answer = b'{"rejected":["a"]}'
    async with gateways("127.0.0.0/8", "::1/128") as allowed:
        assert await allowed.notify(f"http://localhost:{gateway.port}{PATH}", BODY) == ["a"]
        with pytest.raises(Undelivered):
            await allowed.notify(f"http://127.0.0.1:1{PATH}", BODY)


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["a" * 64 + ".example", ".", "nowhere.invalid", "xn--a.invalid", "a..b", "[::1]"])
async def test_a_host_that_is_none_is_tried_again_later(host: str) -> None:
    async with gateways() as opened:
        with pytest.raises(Undelivered):
            await opened.notify(f"https://{host}{PATH}", BODY)


@pytest.mark.anyio
async def test_what_speaks_no_tls_is_not_told_over_it() -> None:
    async def answer_in_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(answer_in_plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with gateways("127.0.0.0/8") as allowed:
        with pytest.raises(Undelivered):
            await allowed.notify(f"https://127.0.0.1:{port}{PATH}", BODY)
    server.close()
    await asyncio.sleep(0.1)


@pytest.mark.anyio
async def test_one_slow_host_does_not_keep_others(gateway: GatewayServer) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with gateways("127.0.0.0/8") as allowed:
        slow = [asyncio.create_task(allowed.notify(f"http://127.0.0.1:{port}{PATH}", BODY)) for _ in range(400)]
        await asyncio.sleep(0.1)
        assert await asyncio.wait_for(allowed.notify(gateway.url, BODY), 5) == []
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    server.close()
    await asyncio.sleep(0.1)
