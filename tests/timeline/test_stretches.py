"""Walking over what may not be seen without looking at it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chappe.stream import Place
from chappe.timeline.visible import Sight

LAST = 12
changes = st.dictionaries(st.integers(1, LAST), st.sampled_from(["world_readable", "shared", "invited", "joined"]))
memberships = st.dictionaries(st.integers(1, LAST), st.sampled_from(["join", "leave", "invite", "ban", "knock"]))


@given(changes, memberships, st.integers(0, LAST + 2), st.integers(0, LAST + 2))
def test_the_stretches_hold_exactly_what_is_visible(
    visibilities: dict[int, str], memberships: dict[int, str], after: int, upto: int
) -> None:
    sight = Sight(
        [(Place(at), word) for at, word in sorted(visibilities.items())],
        [(Place(at), word) for at, word in sorted(memberships.items())],
    )
    stretches = sight.stretches(Place(after), Place(upto))
    inside = [at for start, end in stretches for at in range(start + 1, end + 1)]
    assert inside == [at for at in range(after + 1, upto + 1) if sight.sees(Place(at))]
    assert all(end < start for (_, end), (start, _) in pairwise(stretches))
