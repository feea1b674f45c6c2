"""Which union a row of a roll means, by the words that the cadre chose."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from huigong.core import identity
from huigong.people.membership import queries
from huigong.people.orgs import queries as orgs

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

_SIGNS = re.compile(r"[\s()\[\]【】<>《》“”\"'·.,、:;-]+")
_CANDIDATES = 3
_ALIKE = 0.4


class Places:
    """The unions of one subtree, to be found by name, short name, unit or credit code.

    Only what lies within the subtree is ever found or named. With `by_column` every row says its union, unless
    the subtree holds only one that takes members; without, all rows are meant for `scope` itself.
    """

    def __init__(self, scope: "Union", *, by_column: bool) -> None:
        unions = list(orgs.below(scope).prefetch_related("covered_units").select_related("parent"))
        self.scope = scope
        self._open = [union for union in unions if queries.takes_members(union)]
        is_alone = [union.pk for union in self._open] == [scope.pk]
        self.default = scope if queries.takes_members(scope) and (is_alone or not by_column) else None
        self._by_column = by_column
        self._regions = {union.pk: union.region_code for union in (*orgs.ancestors(scope), *unions)}
        self._codes, self._names, self._short_names, self._units = (
            _table(unions, keys) for keys in (_codes, _full_name, _short_name, _unit_names)
        )
        self._pieces: defaultdict[str, list[Union]] = defaultdict(list)
        for union in self._open:
            for piece in _pieces(_loose(union.name)):
                self._pieces[piece].append(union)
        self._found: dict[tuple[str, str], Union | str] = {}

    def find(self, written: str, unit_name: str) -> "Union":
        """The union meant by the column 所在工会 or, when that is empty, by the unit.

        Raises `ValueError` with a sentence that names the candidates.
        """
        key = (written, "" if written else unit_name)
        if key not in self._found:
            try:
                self._found[key] = self._look_up(*key)
            except ValueError as unclear:
                self._found[key] = str(unclear)
        found = self._found[key]
        if isinstance(found, str):
            raise ValueError(found)
        return found

    def regions(self, union: "Union") -> list[str]:
        """Region codes of the union and those above it, the nearest first; some are empty."""
        return [self._regions.get(pk, "") for pk in reversed(union.ancestor_ids)]

    def _look_up(self, written: str, unit_name: str) -> "Union":
        if written:
            return self._named(written)
        if unit_name and self._by_column and (of_unit := self._units.get(_loose(unit_name))):
            return self._only(unit_name, of_unit)
        if self.default is None:
            raise ValueError("所在工会没有填。")
        return self.default

    def _named(self, written: str) -> "Union":
        name = _loose(written)
        hits = (
            self._codes.get(_code(written))
            or self._names.get(name)
            or self._short_names.get(name)
            or self._units.get(name)
        )
        if hits is None:
            raise ValueError(f"在{self.scope.name}范围内没有找到“{written}”。{self._suggestion(name)}")
        return self._only(written, hits)

    def _only(self, written: str, hits: "list[Union]") -> "Union":
        taking = [union for union in hits if queries.takes_members(union)]
        if not taking:
            raise ValueError(f"{hits[0].name}{_why_closed(hits[0])}")
        if len(taking) > 1:
            listed = "、".join(_placed(union) for union in taking[:_CANDIDATES])
            raise ValueError(f"“{written}”有 {len(taking)} 个：{listed}。请改填工会信用代码。")
        return taking[0]

    def _suggestion(self, name: str) -> str:
        pieces = _pieces(name)
        shared = Counter(union for piece in pieces for union in self._pieces.get(piece, ()))
        alike = [
            union.name for union, count in shared.most_common(_CANDIDATES) if count >= _ALIKE * len(pieces)
        ]
        return f"是不是：{'、'.join(alike)}？" if alike else "请填工会全称或信用代码。"


def _table(unions: "list[Union]", keys: "Callable[[Union], Iterable[str]]") -> "dict[str, list[Union]]":
    table: dict[str, list[Union]] = {}
    for union in unions:
        for key in dict.fromkeys(filter(None, keys(union))):
            table.setdefault(key, []).append(union)
    return table


def _codes(union: "Union") -> Iterable[str]:
    return (union.uscc, union.unit_uscc, *(unit.uscc for unit in union.covered_units.all()))


def _full_name(union: "Union") -> Iterable[str]:
    return (_loose(union.name),)


def _short_name(union: "Union") -> Iterable[str]:
    return (_loose(union.short_name),)


def _unit_names(union: "Union") -> Iterable[str]:
    return (_loose(union.unit_name), *(_loose(unit.name) for unit in union.covered_units.all()))


def _code(written: str) -> str:
    return identity.normalise_number(written).replace("-", "")


def _loose(name: str) -> str:
    """Compared without spaces, brackets and case; a union's committee is the union."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name)).casefold().replace("工会委员会", "工会")


def _pieces(name: str) -> set[str]:
    return {name[place : place + 2] for place in range(len(name) - 1)} - {"工会", "公司", "有限", "限公"}


def _why_closed(union: "Union") -> str:
    if union.is_founding:
        return "还在建会，批准建会后才能导入会员。"
    if not union.is_established:
        return f"{union.get_state_display()}，不能导入会员，请写会员现在所在的工会。"
    return "不直接接收会员，请写会员所在的基层工会。"


def _placed(union: "Union") -> str:
    return f"{union.name}（{union.parent.name}）" if union.parent else union.name
