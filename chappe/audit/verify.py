"""Verifying a log from outside: with the public key, and whatever copy and checkpoints one has. Nothing else is
believed.

Two trees are built side by side: one from the entries as they stand, one from the hashes of leaves that are stored
beside them. At every signed checkpoint it shows which of both is the signed one, and so which entries are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby

import msgspec

from chappe.audit.checkpoint import Checkpoint, open_checkpoint
from chappe.audit.entry import Entry, PartName
from chappe.audit.note import NoteKey, is_by
from chappe.audit.source import Source, Unreadable
from chappe.audit.tree import EMPTY_ROOT, Frontier, Node, nodes_of

MAX_FINDINGS = 1_000
MAX_GAP = 1_000_000
"""Missing entries that are looked for one by one."""


class What(Enum):
    """What can be wrong."""

    ALTERED = "altered"
    MOVED = "moved"
    MISSING = "missing"
    PART_ALTERED = "part altered"
    PART_MISSING = "part missing"
    UNFIT = "unfit"
    STORED_HASH = "stored hash"
    CHECKPOINT = "checkpoint"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, with the numbers of the first and the last entry that it is about, or -1."""

    what: What
    first: int
    last: int
    sentence: str


@dataclass(slots=True)
class Report:
    """What was found. Nothing is wrong where there are no findings."""

    findings: list[Finding] = field(default_factory=list)
    entries: int = 0
    newest: Checkpoint | None = None
    """The checkpoint about most entries, of those that fit."""
    checkpoints: int = 0
    of_others: int = 0
    """Checkpoints that no key given here has signed: they are not looked at."""
    erased: int = 0
    """Parts that were erased, with an entry that says so."""

    @property
    def uncovered(self) -> int:
        """The newest entries, which no checkpoint is about yet: nothing proves those."""
        return max(0, self.entries - (self.newest.size if self.newest else 0))

    def add(self, what: What, first: int, last: int, sentence: str) -> None:
        """Note what is wrong."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(what, first, last, sentence))


def verify(source: Source, keys: list[NoteKey], kept: list[bytes] | None = None) -> Report:
    """Look at everything in `source`, with its own checkpoints and those that were `kept` elsewhere."""
    report = Report()
    by_size = _checkpoints(source, keys, kept or [], report)
    walk = _Walk(source, report, by_size)
    try:
        walk.all_entries()
    except Unreadable as wrong:
        at = walk.entries_at
        report.add(What.UNREADABLE, at, -1, f"The log cannot be read from entry {at} on: {wrong}.")
    try:
        walk.end()
    except Unreadable as wrong:
        report.add(What.UNREADABLE, -1, -1, f"The stored hashes cannot be read: {wrong}.")
    if not report.checkpoints:
        report.add(What.CHECKPOINT, -1, -1, "There is no checkpoint of this key: nothing is proven.")
    return report


def _checkpoints(source: Source, keys: list[NoteKey], kept: list[bytes], report: Report) -> dict[int, list[Checkpoint]]:
    """The signed checkpoints by size."""
    found: dict[int, list[Checkpoint]] = {}

    def take(note: bytes, where: str) -> None:
        if not is_by(note, keys):
            report.of_others += 1
            return
        checkpoint = open_checkpoint(note, keys)
        if checkpoint is None:
            report.add(What.CHECKPOINT, -1, -1, f"A {where} checkpoint bears a wrong signature, or is none.")
        elif checkpoint not in found.setdefault(checkpoint.size, []):
            found[checkpoint.size].append(checkpoint)
            report.checkpoints += 1

    try:
        for note in source.notes():
            take(note, "stored")
    except Unreadable as wrong:
        report.add(What.UNREADABLE, -1, -1, f"The checkpoints cannot be read: {wrong}.")
    for note in kept:
        take(note, "kept")
    return found


class _Walk:
    """Through all entries, from the first on."""

    def __init__(self, source: Source, report: Report, checkpoints: dict[int, list[Checkpoint]]) -> None:
        self._source = source
        self._report = report
        self._checkpoints = checkpoints
        self._as_it_stands = Frontier()
        self._as_stored = Frontier()
        self._differing: dict[int, tuple[bytes | None, bytes]] = {}
        """Since the last checkpoint that fitted: what stands there (None: nothing), and the stored hash."""
        self._proven: dict[int, tuple[bytes | None, bytes]] = {}
        """The same where the stored hash is known to be the signed one."""
        self._blank: list[int] = []
        """Numbers of which there is neither an entry nor a hash."""
        self._from = 0
        """Where the present stretch begins: the size of the last checkpoint."""
        self._is_lost_from: int | None = None
        """From where on nothing can be judged, since what comes before is not what was signed."""
        self._erased: dict[tuple[int, str], bool] = {}
        self._told_of: list[tuple[int, int, str]] = []
        self.entries_at = 0
        self._settle()

    def all_entries(self) -> None:
        """Look at each entry; where one is missing, at what is stored of it."""
        for entry in self._source.entries():
            if entry.number < self.entries_at or entry.number - self.entries_at > MAX_GAP:
                raise Unreadable(f"its number is followed by {entry.number}")
            while self.entries_at < entry.number:
                self._missing()
            self._look(entry)
            self._step(entry.hash())
            self._report.entries = self.entries_at

    def end(self) -> None:
        """What can be said only when everything was seen."""
        report = self._report
        largest = max(self._checkpoints, default=0)
        while self.entries_at < min(largest, report.entries + MAX_GAP):
            self._missing()
        if self.entries_at < largest:
            report.add(What.MISSING, self.entries_at, largest - 1, f"Entries up to {largest - 1} are missing.")
        if self._is_lost_from is not None and self._is_lost_from < report.entries:
            sentence = (
                f"From entry {self._is_lost_from} on nothing can be compared: what comes before is not what was signed."
            )
            report.add(What.UNFIT, self._is_lost_from, report.entries - 1, sentence)
        self._tell_of_unsigned()
        self._tell_of_proven()
        for first, last in _runs(self._blank):
            report.add(What.MISSING, first, last, f"{_entries(first, last)} missing, with all that was stored of it.")
        self._tell_of_erased()
        report.findings.sort(key=lambda finding: (finding.first, finding.what.value))

    def _look(self, entry: Entry) -> None:
        """The parts of an entry, each by its own seal."""
        for name in PartName:
            part = entry.part(name)
            if not part.fits():
                number = entry.number
                self._report.add(What.PART_ALTERED, number, number, f"The {name.value} of entry {number} was altered.")
            elif part.is_erased:
                self._erased[(entry.number, name.value)] = False
        if entry.act == "audit.erased" and entry.body.fits() and entry.body.value is not None:
            try:
                told = msgspec.json.decode(entry.body.value)["erased"]
                self._told_of.append((entry.number, int(told["number"]), str(told["part"])))
            except (msgspec.DecodeError, LookupError, TypeError, ValueError):
                pass  # then it explains nothing

    def _missing(self) -> None:
        if self._source.node(Node(0, self.entries_at)) is None:
            self._blank.append(self.entries_at)
        self._step(None)

    def _step(self, standing: bytes | None) -> None:
        number = self.entries_at
        stored = self._source.node(Node(0, number))
        if stored is not None and standing != stored:
            self._differing[number] = (standing, stored)
        self._as_it_stands.add(standing or stored or EMPTY_ROOT)
        self._as_stored.add(stored or standing or EMPTY_ROOT)
        self.entries_at = number + 1
        self._settle()

    def _settle(self) -> None:
        """Compare with the checkpoints of just this many entries."""
        size = self.entries_at
        here = self._checkpoints.get(size, ())
        if not here:
            return
        roots = {checkpoint.root for checkpoint in here}
        signed = next((tree for tree in self._trees(size) if tree.root() in roots), None)
        if signed is None:
            self._does_not_fit(size)
            return
        if signed is self._as_it_stands:
            for number, (standing, _) in self._differing.items():
                if standing is not None:
                    sentence = f"The stored hash of entry {number} was altered; the entry itself is as it was signed."
                    self._report.add(What.STORED_HASH, number, number, sentence)
                else:
                    self._proven[number] = self._differing[number]
        elif signed is self._as_stored:
            self._proven |= self._differing
        elif self._is_lost_from is None:
            self._does_not_fit(size)
        else:
            self._judge_by_their_hashes()
        self._is_lost_from = None
        self._as_it_stands, self._as_stored = signed.copy(), signed.copy()
        self._tell_of_others(here, signed.root())
        self._differing, self._from = {}, size

    def _trees(self, size: int) -> Iterator[Frontier]:
        """The trees of so many entries that can be made of what is here, the likeliest first."""
        yield self._as_it_stands
        yield self._as_stored
        hashes = [self._source.node(node) for node in nodes_of((0, size))]
        if all(hashes):
            yield Frontier(size, [hashed for hashed in hashes if hashed is not None])

    def _does_not_fit(self, size: int) -> None:
        if self._is_lost_from is None:
            first, last = self._from, size - 1
            if first <= last and set(range(first, size)) <= set(self._blank):
                pass  # all of it is missing, which is said elsewhere
            elif first == last:
                sentence = f"Entry {first} is not the one that was signed."
                self._report.add(What.ALTERED, first, last, sentence)
            elif first < last:
                sentence = f"Of entries {first} to {last} at least one is not as it was signed."
                self._report.add(What.UNFIT, first, last, sentence)
            else:
                self._report.add(What.CHECKPOINT, -1, -1, f"The checkpoint of {size} entries tells of another log.")
            self._is_lost_from = size
        self._judge_by_their_hashes()
        self._from = size

    def _judge_by_their_hashes(self) -> None:
        """Where no root helps, an entry that does not even fit its own stored hash is named all the same."""
        for number, (standing, _) in self._differing.items():
            if standing is not None:
                sentence = f"Entry {number} does not fit its stored hash."
                self._report.add(What.ALTERED, number, number, sentence)
            else:
                self._report.add(What.MISSING, number, number, f"Entry {number} is missing.")
        self._differing = {}

    def _tell_of_others(self, here: "list[Checkpoint] | tuple[()]", root: bytes) -> None:
        """Checkpoints of one size that contradict each other."""
        newest = self._report.newest
        for checkpoint in here:
            if checkpoint.root == root:
                if newest is None or checkpoint.size >= newest.size:
                    self._report.newest = checkpoint
                continue
            sentence = f"A checkpoint of {checkpoint.size} entries, of {checkpoint.origin}, tells of other entries."
            self._report.add(What.CHECKPOINT, -1, -1, sentence)

    def _tell_of_unsigned(self) -> None:
        """Hashes are stored with the checkpoint over them: some that no checkpoint is about show that one is gone."""
        covered = self._from
        if self._is_lost_from is None and self._source.node(Node(0, covered)) is not None:
            sentence = f"Hashes from entry {covered} on are stored, and the checkpoint over them is gone."
            self._report.add(What.CHECKPOINT, covered, -1, sentence)
        self._judge_by_their_hashes()

    def _tell_of_proven(self) -> None:
        """Altered, moved, removed: by what was signed for each number, and where that stands now."""
        signed_as = {stored: number for number, (_, stored) in self._proven.items()}
        standing_now = {standing for standing, _ in self._proven.values() if standing is not None}
        moved: list[tuple[int, int]] = []
        altered, gone = list[int](), list[int]()
        for number, (standing, stored) in self._proven.items():
            if standing is not None and standing in signed_as:
                moved.append((number, signed_as[standing]))
            elif standing is not None:
                altered.append(number)
            if stored not in standing_now and (standing is None or standing in signed_as):
                gone.append(number)
        for number in altered:
            self._report.add(What.ALTERED, number, number, f"Entry {number} was altered.")
        for first, last in _runs(gone):
            self._report.add(What.MISSING, first, last, f"{_entries(first, last)} missing.")
        for shift, run in groupby(moved, key=lambda each: each[1] - each[0]):
            numbers = [number for number, _ in run]
            for first, last in _runs(numbers):
                what = f"{_entries(first, last, 'now')} what was signed as {first + shift}"
                sentence = f"{what} to {last + shift}: moved." if last > first else f"{what}: moved."
                self._report.add(What.MOVED, first, last, sentence)

    def _tell_of_erased(self) -> None:
        covered = self._report.newest.size if self._report.newest else 0
        for told_in, number, part in self._told_of:
            if number < told_in < covered and (number, part) in self._erased:
                self._erased[(number, part)] = True
        for (number, part), is_told in self._erased.items():
            if is_told:
                self._report.erased += 1
            else:
                sentence = f"The {part} of entry {number} is missing, and no signed entry tells that it was erased."
                self._report.add(What.PART_MISSING, number, number, sentence)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of what follows each other."""
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda each: each[1] - each[0]):
        held = [number for _, number in run]
        yield held[0], held[-1]


def _entries(first: int, last: int, how: str = "") -> str:
    """The beginning of a sentence about one or several entries."""
    now = f" {how}" if how else ""
    return f"Entry {first} is{now}" if first == last else f"Entries {first} to {last} are{now}"
