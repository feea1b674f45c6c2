"""The member code: good for its half minute, and only if we signed it."""

import time
import uuid

import pytest

from huigong.people.accounts import queries

WHO = uuid.uuid4()


def test_the_current_code_names_the_account() -> None:
    assert queries.read_member_code(queries.member_codes(WHO)[0].text) == WHO


def test_a_code_from_three_minutes_ahead_is_refused_now_and_good_then() -> None:
    later = queries.member_codes(WHO)[6]
    with pytest.raises(ValueError, match="已过期"):
        queries.read_member_code(later.text)
    assert queries.read_member_code(later.text, at=later.starts_at + 5) == WHO


def test_a_screenshot_stops_working() -> None:
    text = queries.member_codes(WHO)[0].text
    with pytest.raises(ValueError, match="已过期"):
        queries.read_member_code(text, at=time.time() + 90)


@pytest.mark.parametrize("text", ["", "H1.", "H1.abc", "https://example.invalid", "H1." + "A" * 112])
def test_what_is_no_code_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="会员码"):
        queries.read_member_code(text)


def test_a_forged_code_is_refused() -> None:
    text = queries.member_codes(WHO)[0].text
    forged = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
    with pytest.raises(ValueError, match="不是有效"):
        queries.read_member_code(forged)


def test_a_code_holds_no_name_or_number() -> None:
    assert len(queries.member_codes(WHO)[0].text) == 115
