"""One run: both peers prepared, then measured in turns."""

import asyncio
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.limits import measure_limits
from benchmarks.measure import pin_client, resident_bytes
from benchmarks.peer import Peer
from benchmarks.report import Results
from benchmarks.scenarios import Figure, Scenario, scenarios
from benchmarks.world import World


async def run(results: Results, peers: Sequence[Peer], chosen: Sequence[str], profiles: Path | None) -> None:
    """Measure the scenarios whose name begins with one of `chosen` (all, if there is none) on every peer.

    With `profiles`, a folder, everything metered is profiled into it. Raises `Unexpected` where a peer does not do
    what a scenario needs; what was measured until then is in `results`.
    """
    pin_client()
    scale = results.scale
    worlds = [World(peer, scale, profiles) for peer in peers]
    try:
        _say("limits of the machine")
        results.limits = await measure_limits(min(1.0, scale.seconds), scale.delivery)
        for peer in peers:
            _say(f"{peer.name}: install and start")
            peer.prepare()
            results.versions[peer.name] = peer.version()
            await peer.start()
        if not chosen:
            await _rest(worlds, results)
        suites = [await _prepare(world, chosen, results) for world in worlds]
        for number in range(scale.rounds):
            for turns in zip(*suites, strict=True):
                for scenario in turns:
                    if number == 0 or not scenario.once:
                        _say(f"{scenario.world.peer.name}: round {number + 1}, {scenario.name}")
                        results.add(scenario.world.peer.name, await scenario.measure())
    finally:
        for peer in peers:
            peer.stop()


async def _rest(worlds: list[World], results: Results) -> None:
    """The memory of servers that have just started and have nothing to do, all at the same time."""
    _say(f"all: rest for {worlds[0].scale.idle_s:g} s")
    await asyncio.sleep(worlds[0].scale.idle_s)
    for world in worlds:
        memory = Figure("fresh.memory", resident_bytes(world.peer.pid) / 1e6, "MB")
        results.add(world.peer.name, [memory])


async def _prepare(world: World, chosen: Sequence[str], results: Results) -> list[Scenario]:
    every = scenarios(world)
    wanted = [each for each in every if not chosen or each.name.startswith(tuple(chosen))]
    needed = {scenario for each in wanted for scenario in (each, *each.needs)}
    for scenario in every:
        if scenario in needed:
            _say(f"{world.peer.name}: prepare {scenario.name}")
            results.add(world.peer.name, await scenario.prepare())
    return wanted


def describe_machine() -> str:
    """Cores, processor, kernel, and how busy it is."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores, {model}; Linux {platform.release()}; load before the run {load}."


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)
