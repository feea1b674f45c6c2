"""What higher modules count of a union, told on its page."""

from collections.abc import Callable

from huigong.people.orgs.models import Union

_figures: list[Callable[[Union], str]] = []


def figure(count: Callable[[Union], str]) -> Callable[[Union], str]:
    """Let a higher module tell a figure about a union ("会员 48 人") on its page; used as a decorator."""
    _figures.append(count)
    return count


def figures_of(union: Union) -> str:
    """What the higher modules count of a union, in words."""
    return "，".join(count(union) for count in _figures)
