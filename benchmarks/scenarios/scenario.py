"""What every scenario has."""

import statistics
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.measure import Meter, percentile
from benchmarks.world import World


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: its key (the scenario's name first), its value and unit."""

    key: str
    value: float
    unit: str
    client_share: float = 0.0
    foreign_share: float = 0.0
    """How busy the client was and how busy others kept the server's core: see `Meter`."""


class Scenario(ABC):
    """One kind of work on one world. `prepare` once, then `measure` once a round."""

    once: ClassVar[bool] = False
    """Whether it runs only in the first round, because it takes long or leaves the server changed."""

    def __init__(self, world: World, name: str, needs: Sequence["Scenario"] = ()) -> None:
        self.world = world
        self.name = name
        self.needs = needs
        """Scenarios whose preparations this one uses."""

    @abstractmethod
    async def prepare(self) -> list[Figure]:
        """Make the accounts and rooms; figures that can only be had on the way."""

    @abstractmethod
    async def measure(self) -> list[Figure]:
        """Do the work for one turn."""

    def meter(self, part: str = "") -> Meter:
        """Counts what the server uses inside `async with`; `part` tells two meters of a scenario apart."""
        return self.world.meter(f"{self.name}.{part}" if part else self.name)

    def figure(self, key: str, value: float, unit: str, meter: Meter | None = None) -> Figure:
        """A figure of this scenario, measured under `meter`."""
        shares = (meter.client_share, meter.foreign_share) if meter else (0.0, 0.0)
        return Figure(f"{self.name}.{key}", value, unit, *shares)

    def cpu(self, meter: Meter, works: int, key: str = "cpu") -> Figure:
        """The server's CPU time for one of `works` pieces of work."""
        return self.figure(key, 1000 * meter.cpu_s / works, "ms CPU", meter)

    def rate(self, meter: Meter, works: int) -> Figure:
        """How many pieces of work were done in a second."""
        return self.figure("rate", works / meter.elapsed_s, "a second", meter)

    def spread(self, meter: Meter, latencies_s: Sequence[float]) -> list[Figure]:
        """Median and 99th percentile of the time to an answer."""
        return [
            self.figure("p50", 1000 * statistics.median(latencies_s), "ms p50", meter),
            self.figure("p99", 1000 * percentile(latencies_s, 0.99), "ms p99", meter),
        ]
