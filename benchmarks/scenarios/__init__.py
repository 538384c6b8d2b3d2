"""The kinds of work that are measured, in the order in which they are prepared and run."""

from benchmarks.scenarios.create import Create
from benchmarks.scenarios.crowd import Crowd
from benchmarks.scenarios.delivery import Delivery
from benchmarks.scenarios.fan_out import FanOut
from benchmarks.scenarios.find import Find
from benchmarks.scenarios.history import History
from benchmarks.scenarios.idle import IdlePolls
from benchmarks.scenarios.join import Join
from benchmarks.scenarios.keys import CLAIMED_OF, ClaimKeys, QueryKeys
from benchmarks.scenarios.media import Download, Thumbnails, Upload
from benchmarks.scenarios.push import Push
from benchmarks.scenarios.scenario import Figure, Scenario
from benchmarks.scenarios.search import Search
from benchmarks.scenarios.send import SENDERS, Send
from benchmarks.scenarios.sync import EmptySync, InitialSync
from benchmarks.world import World

__all__ = ["Figure", "Scenario", "scenarios"]


def scenarios(world: World) -> list[Scenario]:
    """All scenarios on this world.

    The crowd is prepared first, because the server's memory after it is a figure. The one that restarts the server
    runs last in each round, so that the others find it as warm as it has become.
    """
    crowd, upload = Crowd(world), Upload(world)
    return [
        crowd,
        IdlePolls(world, crowd),
        *(Send(world, senders) for senders in SENDERS),
        *(Delivery(world, waiting) for waiting in world.scale.delivery),
        Join(world, crowd),
        Create(world),
        History(world),
        EmptySync(world),
        *(ClaimKeys(world, people) for people in CLAIMED_OF),
        QueryKeys(world, crowd),
        FanOut(world, crowd),
        Search(world, crowd),
        Find(world),
        upload,
        Download(world, upload),
        Thumbnails(world),
        Push(world, crowd),
        InitialSync(world),
    ]
