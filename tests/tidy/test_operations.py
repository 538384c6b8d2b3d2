"""Every operation without which clients cannot log in or talk is served, and tested by name."""

from tests.tidy.operations import PAGE, operations, page


def test_the_page_of_operations_is_current() -> None:
    assert PAGE.read_text() == page(), "run `make docs`"


def test_every_core_operation_is_served_and_tested_by_its_name() -> None:
    core = [one for one in operations() if one.tier == "core"]
    assert len(core) > 40
    assert [one.name for one in core if not one.is_served] == []
    assert [one.name for one in core if not one.tested_in] == []
