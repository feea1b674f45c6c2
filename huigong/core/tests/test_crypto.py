"""Sealed fields open only where they belong, and indexes find equal values without telling them."""

import pytest

from huigong.core import crypto


def test_seal_hides_the_text_and_opens_again() -> None:
    sealed = crypto.seal("350521199001011234", context="t.c.1")
    assert "3505" not in sealed
    assert sealed.startswith("1.k1.aesgcm.") or sealed.count(".") == 3
    assert crypto.unseal(sealed, context="t.c.1") == "350521199001011234"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert crypto.seal("a", context="x") != crypto.seal("a", context="x")


@pytest.mark.parametrize("context", ["t.c.2", "t.d.1", ""])
def test_a_value_moved_elsewhere_does_not_open(context: str) -> None:
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(crypto.seal("a", context="t.c.1"), context=context)


def test_an_altered_value_does_not_open() -> None:
    sealed = crypto.seal("abc", context="x")
    altered = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(altered, context="x")


def test_indexes_of_different_kinds_differ() -> None:
    assert crypto.blind_index("phone", "1") != crypto.blind_index("id", "1")
    assert crypto.blind_index("phone", "1") == crypto.blind_index("phone", "1")
