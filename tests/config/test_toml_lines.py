"""Every key is found on its line, whatever stands around it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chappe.config.toml_lines import line_of_each_key

SOURCE = (
    '''\
# head = 0
a = 1 # b = 2
"quoted = [key]" = """
c = 3
""" # "
d . "e.f" = '''.strip()
    + """ '[x]'
list = [ # [
  "]", { in = 1 },
]
text = '''
[not.a.table]
''''
after = 1

[ table . inner ] # ]
g = { h = 1 }
[[ many ]]
i = 1
[many.part]
j = 1
[[many]]
i = 2
[[many.deep]]
k = 1
[[many.deep]]
k = 2"""
)


def test_keys_stand_where_they_stand() -> None:
    tomllib.loads(SOURCE)
    lines = line_of_each_key(SOURCE)
    assert {path: line for path, line in lines.items() if path[-1] != "inner"} == {
        ("a",): 2,
        ("quoted = [key]",): 3,
        ("d",): 6,
        ("d", "e.f"): 6,
        ("list",): 7,
        ("text",): 10,
        ("after",): 13,
        ("table", "inner", "g"): 16,
        ("many", 0): 17,
        ("many", 0, "i"): 18,
        ("many", 0, "part"): 19,
        ("many", 0, "part", "j"): 20,
        ("many", 1): 21,
        ("many", 1, "i"): 22,
        ("many", 1, "deep", 0): 23,
        ("many", 1, "deep", 0, "k"): 24,
        ("many", 1, "deep", 1): 25,
        ("many", 1, "deep", 1, "k"): 26,
    }


VALUES = st.sampled_from(
    [
        "1",
        "true",
        '"x = 1"',
        "'#'",
        '"\\""',
        '"""\na = 1\n[b]\n"""',
        "'''\n''''",
        "[\n1, # ]\n[2]]",
        "{ a = 1, b = [1] }",
    ]
)
BETWEEN = st.sampled_from(["", "# [x]\n", "\n\n", "  # y = 1\n\n"])


@given(st.lists(st.tuples(BETWEEN, VALUES), max_size=12))
def test_any_values_may_stand_before(parts: list[tuple[str, str]]) -> None:
    source, expected = "", {}
    for number, (between, value) in enumerate(parts):
        source += between
        expected[(f"key{number}",)] = source.count("\n") + 1
        source += f"key{number} = {value}\n"
    tomllib.loads(source)
    assert line_of_each_key(source) == expected


@pytest.mark.parametrize("source", ["", "\n", "#", " \n\t\n"])
def test_nothing_is_nowhere(source: str) -> None:
    assert line_of_each_key(source) == {}
