"""The words of texts."""

import pytest

from chappe.search.words import MAX_WORDS, wanted_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tea, please!", ["tea", "please"]),
        ("tea tea TEA", ["tea"]),
        ("STRASSE Straße", ["strasse"]),
        ("ﬁne Ｗｉｄｅ", ["fine", "wide"]),
        ("cafe\u0301 café", ["café"]),
        ("#Tea #tea", ["#tea", "tea"]),
        ("don't a_b 3,5", ["don", "t", "a_b", "3", "5"]),
        ("東京", ["東", "京", "東京"]),
        ("I♥東京タワー", ["i", "東", "京", "タ", "ワ", "ー", "東京", "京タ", "タワ", "ワー"]),
        ("हिन्दी", ["हिन्दी"]),
        ("", []),
        ("… !?", []),
    ],
)
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("term", "wanted"),
    [("Tea  cake", ["tea", "cake"]), ("#Tea", ["#tea"]), ("東京タ", ["東京", "京タ"]), ("東", ["東"]), ("!", [])],
)
def test_the_words_of_a_search(term: str, wanted: list[str]) -> None:
    assert wanted_words(term) == wanted
    assert set(wanted) <= set(words_of(term))


@pytest.mark.parametrize("text", ["Tea for_two, 3 cups! TEA", "x" * 50, "", "a.b-c\x00d\x1c e"])
def test_plain_text_has_the_words_that_it_has_among_others(text: str) -> None:
    assert [*words_of(text), "é"] == words_of(text + " é")


def test_a_text_has_no_more_words_than_its_limit() -> None:
    assert len(words_of(" ".join(str(number) for number in range(2_000)))) == MAX_WORDS
    assert max(map(len, words_of("x" * 60_000))) == 40
