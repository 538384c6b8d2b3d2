"""Comparing what is shown to everybody with lists of hashes. R108, R109.

A *list* has hashes of files (SHA-256) or of pictures (PDQ), in *versions*, of which one is *live*; who keeps it may
have *vetted* each entry. Media that an event in an open room names is looked at, and nothing else is: no private chat,
and nothing encrypted (R107). What is found is a *match*, a lead for a person. The very file of a vetted list is
withheld before anybody has seen it, if there is somebody who gives reasons for that. Hashes are secret: no answer,
page, log entry or figure has one.

`read_list.py` a file of hashes · `index.py` finding one among a million · `look.py` which media an event names, pure ·
`lists.py` adding, publishing, retiring: the acts · `propose.py` the same by two people · `snapshots.py` the lists in
memory, `follow.py` what keeps them current · `gate.py` what is hidden first · `reader.py` follows the log · `match.py`
what is told of a match, and to whom · `machine.py` what `chappe hashes` does · `console.py` the page · `acts.py` what
is recorded · `store.py` all SQL.

Tables, in the register: hash_list, hash_chunk, media_match, cleared_file, awaited_media.
"""

import asyncio

from chappe.clock import Clock
from chappe.matching.acts import ACTS
from chappe.matching.console import routes
from chappe.matching.follow import follow_lists
from chappe.matching.gate import hide_first
from chappe.matching.machine import HashesMachine
from chappe.matching.match import Match, OnMatch
from chappe.matching.propose import KINDS, STAFF
from chappe.matching.read_list import Topic
from chappe.matching.reader import MatchingReader, clear_file, matching_reader, unclear_file
from chappe.matching.snapshots import Snapshots
from chappe.operators import ConsolePage
from chappe.resources import Resources
from chappe.rooms import SendGates
from chappe.storage import Database
from chappe.stream import Bus

PAGES = (ConsolePage("matching", "hashes", "nav_hashes", STAFF),)


def install(resources: Resources, bus: Bus) -> None:
    """Add what matching keeps in memory to `resources`. Who deals with what is found adds itself to `OnMatch`."""
    resources.add(OnMatch())
    resources.add(Snapshots(resources.of(Database)))
    resources.add(MatchingReader(resources, bus))
    resources.of(SendGates).gates.append(hide_first)


async def work(resources: Resources, bus: Bus) -> None:
    """Follow lists and late uploads, for as long as the process runs."""
    following = follow_lists(resources.of(Snapshots), resources.of(Database), bus, resources.of(Clock))
    await asyncio.gather(following, resources.of(MatchingReader).run())


__all__ = [
    "ACTS",
    "KINDS",
    "PAGES",
    "HashesMachine",
    "Match",
    "MatchingReader",
    "OnMatch",
    "Snapshots",
    "Topic",
    "clear_file",
    "install",
    "matching_reader",
    "routes",
    "unclear_file",
    "work",
]
