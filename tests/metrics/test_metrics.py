"""The figures of a running process: what they say, who gets them, and that they name nobody."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from chappe.errors import StartupError
from chappe.metrics import Histogram, Kind, Metrics, listening
from tests.chaos.server import free_port
from tests.house import House

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r'([a-z_]+)(\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)+\})? ([-+0-9.e]+|inf)')


async def figures(house: House) -> dict[str, float]:
    """Each figure with its labels as they are written."""
    text = await house.chappe.metrics.text()
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            each = LINE.fullmatch(line)
            assert each is not None, line
            found[each[1] + (each[2] or "")] = float(each[3])
    return found


async def test_what_people_do_is_counted(house: House) -> None:
    anna, ben = await house.person("anna"), await house.person("ben")
    room_id = await anna.create_room(preset="public_chat")
    await ben.join(room_id)
    before = await figures(house)
    for number in range(7):
        await anna.send(room_id, str(number))
    assert (await ben.get(f"/rooms/{quote(room_id)}/event/$none")).status in (400, 404)
    await ben.sync()
    waiting = asyncio.create_task(ben.sync(timeout=2000))
    await asyncio.sleep(0.2)
    after = await figures(house)
    await anna.send(room_id, "enough")
    await waiting
    send = "/_matrix/client/v3/rooms/{room_id}/send/{event_type}/{txn_id}"
    assert after[f'chappe_requests_total{{route="{send}",status="2xx"}}'] == 7
    assert after[f'chappe_request_seconds_count{{route="{send}"}}'] == 7
    assert after[f'chappe_request_seconds_bucket{{route="{send}",le="+Inf"}}'] == 7
    assert any('status="4xx"' in name and "/event/" in name for name in after)
    assert after["chappe_units_total"] - before["chappe_units_total"] >= 7
    assert after["chappe_flush_seconds_count"] == after["chappe_flushes_total"]
    assert after["chappe_log_positions"] - before["chappe_log_positions"] >= 7
    assert after["chappe_sync_waiting"] == after["chappe_sync_followers"] == 1
    assert after["chappe_rooms_resident"] == 1
    assert after["chappe_tokens_cached"] == 2
    assert min(after["chappe_tails_bytes"], after["chappe_rooms_bytes"], after["process_resident_memory_bytes"]) > 0
    assert after["chappe_effects_waiting"] == after["chappe_units_queued"] == after["chappe_effects_failing"] == 0
    assert not any(name.startswith("chappe_effect_failures_total{") for name in after)


async def test_no_figure_names_a_person_or_a_room(house: House) -> None:
    anna = await house.person("anna")
    room_id = await anna.create_room(name="Secret garden")
    await anna.get(f"/rooms/{quote(room_id)}/members")
    await anna.get("/profile/@anna:localhost")
    await house.request("GET", "/_matrix/anna/garden")
    text = await house.chappe.metrics.text()
    assert not re.search(r"anna|garden|!", text)


async def test_a_reader_that_is_behind_is_seen(house: House) -> None:
    anna = await house.person("anna")
    room_id = await anna.create_room()
    for reader in house.chappe.readers:
        await reader.catch_up()
    assert {name: number for name, number in (await figures(house)).items() if "lag" in name} == {
        f'chappe_reader_lag{{reader="{reader.name}"}}': 0 for reader in house.chappe.readers
    }
    for reader in house.chappe.readers:
        reader.positions = [0] * len(reader.positions)
    await anna.send(room_id, "hello")
    assert all(reader.lag > 0 for reader in house.chappe.readers)


async def test_the_size_of_the_database_is_told(house: House, engine: str) -> None:
    if engine == "sqlite":
        assert (await figures(house))["chappe_database_bytes"] > 10_000


async def test_every_figure_of_the_dashboard_exists(house: House) -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "chappe.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    named = {name for ask in asked for name in re.findall(r"\b(?:chappe|process)_[a-z_]+", ask)}
    assert named - house.chappe.metrics.names() == set()
    assert len(named) >= 20
    variable = dashboard["templating"]["list"][1]["query"]
    assert re.findall(r"chappe_\w+", variable)[0] in house.chappe.metrics.names()


async def test_every_figure_is_on_the_page_about_monitoring(house: House) -> None:
    page = (ROOT / "docs" / "operating" / "monitoring.md").read_text()
    ends = re.compile("_(bucket|sum|count)$")
    assert [name for name in house.chappe.metrics.names() if f"`{ends.sub('', name)}" not in page] == []


@pytest.fixture
async def address() -> AsyncIterator[tuple[str, int]]:
    """Figures of nothing much, being served."""
    metrics = Metrics()
    metrics.add("things", Kind.GAUGE, "Things.", lambda: [({"name": 'a "b"\\\n'}, 3)])
    histogram = Histogram()
    histogram.observe(0.001)
    histogram.observe(99)
    metrics.add_histogram("things_seconds", "How long.", lambda: [({}, histogram)])
    port = free_port()
    async with listening(metrics, f"127.0.0.1:{port}"):
        yield "127.0.0.1", port


async def said(address: tuple[str, int], request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        await close(writer)


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def test_figures_are_served_and_nothing_else(address: tuple[str, int]) -> None:
    head, _, body = (await said(address, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")).decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(body)}" in head
    assert r'things{name="a \"b\"\\\n"} 3' in body.splitlines()
    assert 'things_seconds_bucket{le="0.001"} 1' in body.splitlines()
    assert 'things_seconds_bucket{le="30.0"} 1' in body.splitlines()
    assert 'things_seconds_bucket{le="+Inf"} 2' in body.splitlines()
    assert "things_seconds_sum 99.001" in body.splitlines()
    assert b" 404 " in await said(address, b"GET / HTTP/1.1\r\n\r\n")
    assert b" 405 " in await said(address, b"POST /metrics HTTP/1.1\r\n\r\n")
    assert (await said(address, b"HEAD /metrics HTTP/1.1\r\n\r\n")).endswith(b"\r\n\r\n")


async def test_who_talks_too_much_or_nothing_is_cut_off(address: tuple[str, int]) -> None:
    assert await said(address, b"GET /" + b"x" * 100_000) == b""
    idle = [await asyncio.open_connection(*address) for _ in range(8)]
    await asyncio.sleep(0.1)
    assert await said(address, b"GET /metrics HTTP/1.1\r\n\r\n") == b""
    for _, writer in idle:
        await close(writer)
    await asyncio.sleep(0.1)
    assert b" 200 " in await said(address, b"GET /metrics HTTP/1.1\r\n\r\n")


async def test_an_address_that_is_taken_is_told(address: tuple[str, int]) -> None:
    with pytest.raises(StartupError, match="metrics"):
        async with listening(Metrics(), f"127.0.0.1:{address[1]}"):
            pass
