"""Files that are written when they are fetched: their addresses, and how long these are good."""

import pytest

from components import offers
from components.offers import Offer, find, offer


def text_file(text: str, name: str = "net.py") -> Offer:
    return Offer(name, "text/x-python", lambda: text)


def test_a_content_has_one_address_however_often_it_is_offered() -> None:
    first = offer(("a", 1), text_file("a"))
    assert offer(("a", 1), text_file("a")) == first
    others = {offer(("a", 2), text_file("b")), offer(("a", 1), text_file("a", "net.json"))}
    assert len({first, *others}) == 3
    found = find(first)
    assert found is not None
    assert found.write() == "a"


def test_the_oldest_are_forgotten_and_what_is_drawn_again_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offers, "KEPT", 2)
    first, second = (offer(number, text_file("")) for number in (1, 2))
    offer(1, text_file(""))
    third = offer(3, text_file(""))
    assert [find(each) is not None for each in (first, second, third)] == [True, False, True]


def test_an_address_cannot_be_guessed() -> None:
    assert find("") is None
    assert len(offer("guess", text_file(""))) >= 20
