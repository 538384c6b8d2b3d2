"""The table says which server was better, by how much, and whether a goal is reached."""

from benchmarks.goals import GOALS, meaning
from benchmarks.report import Results
from benchmarks.scale import FULL
from benchmarks.scenarios import Figure


def results(synapse: list[float], chappe: list[float], key: str, unit: str) -> list[str]:
    """The cells of the row of the figure `key`."""
    kept = Results(FULL, "a machine", versions={"synapse": "1", "chappe": "2"})
    for peer, values in (("synapse", synapse), ("chappe", chappe)):
        kept.add(peer, [Figure(key, value, unit) for value in values])
    row = next(line for line in kept.markdown().splitlines() if line.startswith(f"| {meaning(key)}"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_a_ratio_is_formed_in_each_round_and_shown_with_its_extremes() -> None:
    row = results([20, 30, 24], [0.2, 0.5, 0.3], "send.8.cpu", "ms CPU")
    assert row == ["send, 8 at once", "ms CPU", "24", "0.3", "60x 80x 100x", "≤ 0.3 reached, 50x reached"]


def test_more_a_second_is_better() -> None:
    assert results([50], [5000], "send.8.rate", "a second")[4] == "100x 100x 100x"


def test_more_megabytes_a_second_are_better_too() -> None:
    assert results([50], [200], "upload.rate", "MB a second")[4:] == ["4x 4x 4x", "1x reached"]


def test_a_missed_goal_is_said() -> None:
    row = results([10], [0.4], "send.1.cpu", "ms CPU")
    assert row[4:] == ["25x 25x 25x", "≤ 0.3 **missed**, 50x **missed**"]


def test_every_goal_has_words() -> None:
    for key in GOALS:
        assert meaning(key)
