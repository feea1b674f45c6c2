"""Asked once for one page, every time elsewhere."""

from huigong.core.once import once, one_page

asked: list[int] = []


@once
def double(number: int) -> int:
    asked.append(number)
    return number * 2


def test_once_for_a_page_and_anew_for_the_next() -> None:
    asked.clear()
    for _ in range(2):
        with one_page():
            assert [double(3), double(3), double(4)] == [6, 6, 8]
    assert asked == [3, 4, 3, 4]


def test_every_time_where_no_page_is_put_together() -> None:
    asked.clear()
    assert [double(5), double(5)] == [10, 10]
    assert asked == [5, 5]
