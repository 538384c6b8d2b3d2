"""What the law asks for is listed, with the test that shows it."""

from tests.tidy.repository import ROOT
from tests.tidy.requirements import PAGE, PARTS, named_in_tests, page, requirements


def test_the_page_of_requirements_is_current() -> None:
    assert PAGE.read_text() == page(), "run `make docs`"


def test_all_of_them_are_listed_once_with_their_part_and_page() -> None:
    assert [one.name for one in requirements()] == [f"R{number}" for number in range(1, 144)]
    assert {one.part for one in requirements()} == set(PARTS)
    assert [one.name for one in requirements() if one.page and not (ROOT / one.page).exists()] == []


def test_tests_name_no_requirement_that_there_is_not() -> None:
    assert named_in_tests() - {one.name for one in requirements()} == set()
