from hypothesis import given
from hypothesis import strategies as st

from builder.system.distinct import distinct


def test_what_has_a_title_of_its_own_keeps_it() -> None:
    titles = {"a": "flowers", "b": "birds"}
    assert distinct(titles, {"a": ("8×8",), "b": ("8×8",)}) == titles


def test_the_first_fact_that_differs_tells_alike_things_apart() -> None:
    titles = dict.fromkeys("abc", "flowers")
    facts = {"a": ("8×8", "gray", "1"), "b": ("8×8", "color", "2"), "c": ("16×16", "gray", "3")}
    assert distinct(titles, facts) == {
        "a": "flowers, 8×8, gray",
        "b": "flowers, 8×8, color",
        "c": "flowers, 16×16",
    }


def test_without_facts_they_are_numbered_and_no_number_meets_a_title() -> None:
    titles = {"a": "cat", "b": "cat (1)", "c": "cat"}
    assert distinct(titles) == {"a": "cat (2)", "b": "cat (1)", "c": "cat (3)"}


def test_what_looks_the_same_is_the_same() -> None:
    """A letter and its accent apart, a joiner that nobody sees, two kinds of spaces."""
    titles = {
        "a": "caf\u00e9",
        "b": "cafe\u0301",
        "c": "ca\u200bf\u00e9",
        "d": "a b",
        "e": "a\u00a0b",
    }
    found = distinct(titles, {key: (key,) for key in titles})
    assert [text[-1] for text in found.values()] == list("abcde")


@given(st.dictionaries(st.integers(), st.sampled_from(["a", "a (1)", "a (2)", "a ", "b"])))
def test_no_two_words_are_the_same(titles: dict[int, str]) -> None:
    found = distinct(titles)
    assert len({text.strip() for text in found.values()}) == len(titles)
    assert found.keys() == titles.keys()
