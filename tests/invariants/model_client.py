"""A client as the specification describes it: it knows only what /sync told it."""

from typing import Any

Key = tuple[str, str]


class RoomView:
    """A room as one device knows it."""

    def __init__(self) -> None:
        self.state: dict[Key, dict[str, Any]] = {}
        self.timeline: list[dict[str, Any]] = []
        """Since the last gap."""
        self.seen: set[str] = set()
        self.redacted: set[str] = set()
        self.unread = (0, 0)
        self.unread_threads: dict[str, tuple[int, int]] = {}
        self.receipts: dict[tuple[str, str, str], str] = {}
        self.summary: dict[str, Any] = {}
        self.account_data: dict[str, Any] = {}
        self.typing: list[str] = []

    @property
    def timeline_ids(self) -> list[str]:
        return [event["event_id"] for event in self.timeline]

    @property
    def state_ids(self) -> dict[Key, str]:
        return {key: event["event_id"] for key, event in self.state.items()}

    def take(self, section: dict[str, Any]) -> None:
        """One object below rooms.join or rooms.leave."""
        words = [word for word in ("state", "state_after") if word in section]
        assert len(words) <= 1, "both state and state_after"
        self._take_timeline(section.get("timeline", {}))
        events = section.get("timeline", {}).get("events", [])
        before = section.get("state", {}).get("events", [])
        behind = section.get("state_after", {}).get("events", [])
        for event in [*before, *behind] if "state_after" in section else [*before, *events]:
            if "state_key" in event:
                self.state[event["type"], event["state_key"]] = event
        self._take_ephemeral(section.get("ephemeral", {}).get("events", []))
        for event in section.get("account_data", {}).get("events", []):
            self.account_data[event["type"]] = event["content"]
        self.summary.update(section.get("summary", {}))
        if "unread_notifications" in section:
            self.unread = _counts(section["unread_notifications"])
            threads = section.get("unread_thread_notifications", {})
            self.unread_threads = {root: _counts(counts) for root, counts in threads.items()}

    def _take_timeline(self, timeline: dict[str, Any]) -> None:
        if timeline.get("limited"):
            self.timeline = []
        for event in timeline.get("events", []):
            event_id = event["event_id"]
            assert event_id not in self.seen, f"{event['type']} was told twice"
            self.seen.add(event_id)
            self.timeline.append(event)
            if event["type"] == "m.room.redaction":
                self.redacted.add(event.get("redacts") or event["content"]["redacts"])

    def _take_ephemeral(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if event["type"] == "m.typing":
                self.typing = event["content"]["user_ids"]
                continue
            for event_id, by_type in event["content"].items():
                for type, by_user in by_type.items():
                    for user_id, told in by_user.items():
                        self.receipts[user_id, type, told.get("thread_id", "")] = event_id


class ModelClient:
    """One device: its rooms by membership, and its account data."""

    def __init__(self) -> None:
        self.since: str | None = None
        self.join: dict[str, RoomView] = {}
        self.invite: dict[str, list[dict[str, Any]]] = {}
        self.leave: dict[str, RoomView] = {}
        self.account_data: dict[str, Any] = {}

    def take(self, answer: dict[str, Any], *, full_state: bool = False) -> None:
        """One answer of /sync; `full_state` as it was asked for."""
        rooms = answer.get("rooms", {})
        for room_id, section in rooms.get("join", {}).items():
            view = self.join.get(room_id) or self.leave.pop(room_id, None)
            if view is None or (not full_state and _begins_anew(section)):
                view = RoomView()
            self.invite.pop(room_id, None)
            self.join[room_id] = view
            view.take(section)
        for room_id, section in rooms.get("invite", {}).items():
            self.join.pop(room_id, None)
            self.leave.pop(room_id, None)
            self.invite[room_id] = section["invite_state"]["events"]
        for room_id, section in rooms.get("leave", {}).items():
            view = self.join.pop(room_id, None) or self.leave.pop(room_id, None) or RoomView()
            self.invite.pop(room_id, None)
            self.leave[room_id] = view
            view.take(section)
        for event in answer.get("account_data", {}).get("events", []):
            self.account_data[event["type"]] = event["content"]
        self.since = answer["next_batch"]


def _counts(told: dict[str, int]) -> tuple[int, int]:
    return told["notification_count"], told["highlight_count"]


def _begins_anew(section: dict[str, Any]) -> bool:
    """Whether a client that knew the room before forgets that: the person came back, and there is a gap."""
    state = section.get("state") or section.get("state_after") or {"events": []}
    told = state["events"] + section["timeline"]["events"]
    return bool(section["timeline"]["limited"]) and any(event["type"] == "m.room.create" for event in told)
