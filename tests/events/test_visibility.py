import pytest

from chappe.events.visibility import visibility_in, visible, visible_across, world_readable

MEMBERSHIPS = ["join", "invite", "leave", "ban", "knock"]

# The specification's rules as a table: visibility to who sees the event, among
# joined then, invited then, joined later, nobody of these.
TABLE = {
    "world_readable": (True, True, True, True),
    "shared": (True, False, True, False),
    "invited": (True, True, False, False),
    "joined": (True, False, False, False),
    "something new": (True, False, True, False),
}


@pytest.mark.parametrize("visibility", TABLE)
@pytest.mark.parametrize("membership", MEMBERSHIPS)
@pytest.mark.parametrize("joined_later", [True, False])
def test_the_table(visibility: str, membership: str, joined_later: bool) -> None:
    joined, invited, later, nobody = TABLE[visibility]
    expected = nobody or (membership == "join" and joined) or (membership == "invite" and invited)
    expected = expected or (joined_later and later)
    assert visible(visibility, membership, joined_later=joined_later) is expected


def test_a_change_of_visibility_is_seen_by_whom_either_side_allows() -> None:
    for pair in (("world_readable", "joined"), ("joined", "world_readable")):
        assert visible_across(pair, ["leave"], joined_later=False)
    assert not visible_across(("joined", "invited"), ["leave"], joined_later=True)
    assert visible_across(("joined", "shared"), ["leave"], joined_later=True)
    assert visible_across(("joined", "invited"), ["invite"], joined_later=False)


def test_ones_own_membership_event_is_seen_by_the_better_of_both_sides() -> None:
    assert visible_across(["joined"], ("leave", "join"), joined_later=False)
    assert visible_across(["joined"], ("join", "ban"), joined_later=False)
    assert visible_across(["invited"], ("leave", "invite"), joined_later=False)
    assert not visible_across(["joined"], ("invite", "leave"), joined_later=False)


def test_both_sides_may_be_given_as_iterators() -> None:
    assert visible_across(iter(["joined", "invited"]), iter(["leave", "invite"]), joined_later=False)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "shared"),
        ({}, "shared"),
        ({"history_visibility": "joined"}, "joined"),
        ({"history_visibility": "private"}, "shared"),
        ({"history_visibility": ["joined"]}, "shared"),
    ],
)
def test_what_is_not_set_or_not_understood_is_shared(content: dict[str, object] | None, expected: str) -> None:
    assert visibility_in(content) == expected


def test_only_world_readable_is_open_to_people_outside() -> None:
    assert [visibility for visibility in TABLE if world_readable(visibility)] == ["world_readable"]
