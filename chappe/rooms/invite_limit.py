"""How many people somebody may invite: each counts once, whichever way the request goes."""

from chappe.http import Limit, Request


def count_invited(request: Request, people: int) -> None:
    """Count so many invited people for the person who asks. Refuses with LIMIT_EXCEEDED when it is too soon."""
    if people:
        request.limits.hit(Limit.INVITES, request.device.user_id, people)


def count_put_member(request: Request, event_type: str, content: dict[str, object]) -> None:
    """The same for an invitation that is sent as a piece of state."""
    if event_type == "m.room.member" and content.get("membership") == "invite":
        count_invited(request, 1)
