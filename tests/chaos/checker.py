"""Proves from a record that nothing was lost, doubled, reordered, or shown and taken back. Pure.

Each finding is a sentence that names the event, the request or the reader concerned.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import pairwise

from tests.chaos.findings import Finding, Wrong
from tests.chaos.record import Found, History, Kind, Look, Page, Reader, Record, Write


def check(record: Record) -> list[Finding]:
    """Everything that is wrong; an empty list is the proof that nothing is."""
    findings = record.remarks + _refusals(record)
    for history in record.histories:
        places = {event.event_id: at for at, event in enumerate(history.events)}
        findings += _doubles(history)
        findings += _stored(record, history, places)
        findings += _order_in_time(record, history, places)
        acknowledged = _Acknowledged(record, history, places)
        for reader in record.readers:
            findings += _steps(reader, history, places, acknowledged)
            findings += _pages(reader, history, places, acknowledged)
    findings += _rooms_of_all(record)
    findings += _last_values(record)
    return findings


def _refusals(record: Record) -> list[Finding]:
    """The load asks for nothing that may be refused; 503 means to come again, which it does."""
    findings = []
    for write in record.writes:
        for attempt in write.attempts:
            if attempt.status not in (None, 200, 503):
                sentence = f"{_named(write)} was answered {attempt.status}: {attempt.reason}"
                findings.append(Finding(Wrong.REFUSED, sentence))
        if len(write.event_ids) > 1:
            sentence = f"{_named(write)} was answered with {' and then '.join(write.event_ids)}."
            findings.append(Finding(Wrong.CHANGED_ID, sentence))
    return findings


def _doubles(history: History) -> list[Finding]:
    findings = []
    for event_id, times in Counter(event.event_id for event in history.events).items():
        if times > 1:
            findings.append(Finding(Wrong.DOUBLE, f"{event_id} stands {times} times in {history.room_id}."))
    of_mark: dict[str, list[str]] = defaultdict(list)
    for event in history.events:
        if event.mark is not None and event.event_id not in of_mark[event.mark]:
            of_mark[event.mark].append(event.event_id)
    for mark, event_ids in of_mark.items():
        if len(event_ids) > 1:
            sentence = f"The request {mark} made {len(event_ids)} events in {history.room_id}: {', '.join(event_ids)}."
            findings.append(Finding(Wrong.DOUBLE, sentence))
    return findings


def _stored(record: Record, history: History, places: dict[str, int]) -> list[Finding]:
    """Every acknowledged event is there, as what was sent; and whatever is there was asked for."""
    findings = []
    here = [write for write in record.writes if write.kind.makes_event and write.room_id == history.room_id]
    of_mark = {write.mark: write for write in here}
    marks = {event.mark for event in history.events}
    of_event = {event_id: write for write in here for event_id in write.event_ids}
    for write in here:
        for event_id in write.event_ids:
            at = places.get(event_id)
            if at is None:
                sentence = f"{_named(write)} was acknowledged as {event_id} at {write.acknowledged_at:.3f} s."
                findings.append(Finding(Wrong.LOST, sentence))
            elif history.events[at].mark not in (None, write.mark):
                sentence = f"{event_id} was acknowledged to {_named(write)}; it holds {history.events[at].mark}."
                findings.append(Finding(Wrong.CHANGED_ID, sentence))
        if write.acknowledged_at is not None and not write.event_ids and write.mark not in marks:
            sentence = f"{_named(write)} was acknowledged at {write.acknowledged_at:.3f} s."
            findings.append(Finding(Wrong.LOST, sentence))
        target = places.get(write.target)
        if write.acknowledged_at is not None and target is not None and not history.events[target].is_redacted:
            sentence = f"{_named(write)} was acknowledged, and {write.target} still has its content."
            findings.append(Finding(Wrong.LOST, sentence))
    redacted = {write.target for write in here if write.kind is Kind.REDACTION}
    for event in history.events[history.before :]:
        asked = of_event.get(event.event_id) or of_mark.get(event.mark or "")
        if asked is None:
            sentence = f"{event.event_id} ({event.type} of {event.sender}, mark {event.mark}) in {history.room_id}."
            findings.append(Finding(Wrong.INVENTED, sentence))
        elif asked.is_refused:
            findings.append(Finding(Wrong.REFUSED_YET_STORED, f"{_named(asked)} is stored as {event.event_id}."))
        elif event.is_redacted and event.event_id not in redacted:
            findings.append(Finding(Wrong.LOST, f"{event.event_id} was emptied, and nobody redacted it."))
    return findings


def _order_in_time(record: Record, history: History, places: dict[str, int]) -> list[Finding]:
    """What was acknowledged before another was even sent stands before it."""
    findings = []
    latest, latest_write = 0.0, None
    for _, write in sorted(_placed(record, history, places), key=lambda one: one[0]):
        acknowledged_at = write.acknowledged_at
        if latest_write is not None and acknowledged_at is not None and acknowledged_at < latest:
            sentence = (
                f"{_named(write)} was acknowledged at {acknowledged_at:.3f} s, and stands behind "
                f"{_named(latest_write)}, which was first sent at {latest:.3f} s."
            )
            findings.append(Finding(Wrong.ORDER, sentence))
        if write.attempts[0].sent_at > latest:
            latest, latest_write = write.attempts[0].sent_at, write
    return findings


def _placed(record: Record, history: History, places: dict[str, int]) -> list[tuple[int, Write]]:
    """The acknowledged writes of a room with their places in its history."""
    return [
        (places[event_id], write)
        for write in record.acknowledged()
        if write.room_id == history.room_id
        for event_id in write.event_ids[:1]
        if event_id in places
    ]


class _Acknowledged:
    """How far a room's history was acknowledged at any moment."""

    def __init__(self, record: Record, history: History, places: dict[str, int]) -> None:
        placed = sorted((write.acknowledged_at or 0.0, at) for at, write in _placed(record, history, places))
        self._times = [time for time, _ in placed]
        self._furthest: list[int] = []
        for _, at in placed:
            self._furthest.append(max(at, self._furthest[-1]) if self._furthest else at)

    def before(self, time: float) -> int:
        """The furthest place acknowledged before `time`; -1 if there is none."""
        known = bisect_left(self._times, time)
        return self._furthest[known - 1] if known else -1


def _steps(reader: Reader, history: History, places: dict[str, int], acknowledged: _Acknowledged) -> list[Finding]:
    """Syncing step by step: each event once, in the order of the history, with nothing left out and in time."""
    findings: list[Finding] = []
    last = -1
    for look in reader.looks:
        section = look.rooms.get(history.room_id)
        if section is not None:
            shown, missing = _in_history(section.event_ids, places)
            where = f"{reader.name} in {history.room_id}, syncing at {look.asked_at:.3f} s"
            findings += [Finding(Wrong.VANISHED, f"{event_id} was shown to {where}.") for event_id in missing]
            findings += _run(shown, history, where)
            findings += _follows(shown, last, history, where, is_gap_allowed=section.is_limited or look.since is None)
            last = max([last, *shown])
        findings += _in_time(last, look, acknowledged, history, reader.name)
    if reader.looks and last < len(history.events) - 1:
        event_id = history.events[last + 1].event_id
        sentence = f"{reader.name} was never shown {event_id} and what follows it in {history.room_id}."
        findings.append(Finding(Wrong.GAP, sentence))
    return findings


def _in_history(event_ids: list[str], places: dict[str, int]) -> tuple[list[int], list[str]]:
    """The places of those that are in the history, and those that are not."""
    return [places[e] for e in event_ids if e in places], [e for e in event_ids if e not in places]


def _run(shown: list[int], history: History, where: str) -> list[Finding]:
    """Within one answer: one after the other, as in the history."""
    findings = []
    for before, at in pairwise(shown):
        here, there = history.events[before].event_id, history.events[at].event_id
        if at <= before:
            findings.append(Finding(Wrong.ORDER, f"{there} was shown behind {here} to {where}."))
        elif at > before + 1:
            left_out = history.events[before + 1].event_id
            sentence = f"{at - before - 1} events, the first {left_out}, between {here} and {there}: {where}."
            findings.append(Finding(Wrong.GAP, sentence))
    return findings


def _follows(shown: list[int], last: int, history: History, where: str, *, is_gap_allowed: bool) -> list[Finding]:
    """From one answer to the next."""
    again = [history.events[at].event_id for at in shown if at <= last]
    findings = [Finding(Wrong.SHOWN_TWICE, f"{event_id} was shown again to {where}.") for event_id in again]
    if shown and not again and shown[0] > last + 1 and not is_gap_allowed:
        left_out = history.events[last + 1].event_id
        sentence = f"{shown[0] - last - 1} events, the first {left_out}, before what was shown to {where}."
        findings.append(Finding(Wrong.GAP, sentence))
    return findings


def _in_time(last: int, look: Look | Page, acknowledged: _Acknowledged, history: History, name: str) -> list[Finding]:
    furthest = acknowledged.before(look.asked_at)
    if last >= furthest:
        return []
    event_id = history.events[furthest].event_id
    sentence = f"{event_id} was acknowledged before {name} asked at {look.asked_at:.3f} s, and not in the answer."
    return [Finding(Wrong.LATE, sentence)]


def _pages(reader: Reader, history: History, places: dict[str, int], acknowledged: _Acknowledged) -> list[Finding]:
    findings: list[Finding] = []
    for page in reader.pages:
        if page.room_id == history.room_id:
            shown, missing = _in_history(page.event_ids[::-1], places)
            where = f"{reader.name} in {history.room_id}, paging at {page.asked_at:.3f} s"
            findings += [Finding(Wrong.VANISHED, f"{event_id} was shown to {where}.") for event_id in missing]
            findings += _run(shown, history, where)
            findings += _in_time(max(shown, default=-1), page, acknowledged, history, reader.name)
    return findings


def _rooms_of_all(record: Record) -> list[Finding]:
    """A room that was asked for or shown, and of which there is no history at the end."""
    known = {history.room_id for history in record.histories}
    asked = {write.room_id for write in record.acknowledged() if write.kind.makes_event}
    shown = {room_id for reader in record.readers for look in reader.looks for room_id in look.rooms}
    return [Finding(Wrong.LOST, f"The room {room_id} is gone.") for room_id in sorted((asked | shown) - known)]


def _last_values(record: Record) -> list[Finding]:
    """What is read at the end is what was acknowledged last, or what was sent after that and never answered."""
    of_key: dict[tuple[str, ...], list[Write]] = defaultdict(list)
    for write in record.writes:
        if write.key:
            of_key[write.key].append(write)
    findings = [finding for found in record.found for finding in _last_value(of_key[found.key], found)]
    doors: dict[tuple[str, ...], dict[str | None, str]] = defaultdict(dict)
    for found in record.found:
        doors[found.key].setdefault(found.value, found.door)
    for key, values in doors.items():
        if len(values) > 1:
            said = ", ".join(f"{door} says {value}" for value, door in values.items())
            findings.append(Finding(Wrong.DIFFERS, f"{' '.join(key)}: {said}."))
    return findings


def _last_value(writes: list[Write], found: Found) -> list[Finding]:
    acknowledged = [at for at, write in enumerate(writes) if write.acknowledged_at is not None]
    possible: list[str | None]
    if acknowledged:
        possible = [write.value for write in writes[acknowledged[-1] :] if not write.is_refused]
    else:
        possible = [None, *(write.value for write in writes if not write.is_refused)]
    if found.value in possible:
        return []
    sentence = f"{' '.join(found.key)}: {found.door} gives {found.value}; it must be {' or '.join(map(str, possible))}."
    return [Finding(Wrong.STALE, sentence)]


def _named(write: Write) -> str:
    return f"The {write.kind.value} {write.mark} of {write.sender}"
