"""The rows of a list as plain values, for one template to show.

Unfold draws a template for every label and works the headings out anew for every row: half of what a list cost.
Ours show fields and methods under `display`, links, ticks and the menu of a row. Nothing is edited in a list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model
from django.urls import reverse
from django.utils.functional import cached_property
from unfold.templatetags.unfold_list import result_headers
from unfold.utils import display_for_field, display_for_value

TICK = "action_checkbox"


@dataclass(frozen=True)
class Cell:
    """What stands in one column of a row.

    `tone` is there for a label, `below` for a second line, `initial` for a letter in a circle before the two.
    """

    name: str
    text: Any
    href: str = ""
    tone: str | None = None
    below: Any = ""
    initial: str = ""


@dataclass(frozen=True)
class Row:
    """One row, and what may be done with it alone."""

    cells: list[Cell]
    actions: list[tuple[str, str, str]]
    """(address, icon, title)"""


class Table:
    """The page of a list that `changes` is about; `actions` are those of the menu at the end of each row."""

    def __init__(self, changes: ChangeList, actions: Iterable[Any] = ()) -> None:
        self._changes = changes
        self._admin = changes.model_admin
        self._actions = [
            (action, getattr(self._admin, action["raw_path"].rpartition(":")[2].removeprefix(self._start)))
            for action in actions
        ]
        self._columns = [(name, _reader(changes, name)) for name in changes.list_display]

    @property
    def _start(self) -> str:
        return f"{self._changes.opts.app_label}_{self._changes.opts.model_name}_"

    @cached_property
    def headers(self) -> list[dict[str, Any]]:
        """As unfold gives them: text, class, and where sorting leads."""
        return list(result_headers(self._changes))

    @property
    def has_menu(self) -> bool:
        return bool(self._actions)

    def __iter__(self) -> Any:
        linked = self._changes.list_display_links
        for row in self._changes.result_list:
            href = self._address(row) if linked else ""
            cells = [read(row, href if linked and name in linked else "") for name, read in self._columns]
            yield Row(cells, self._menu(row))

    def _address(self, row: Model) -> str:
        given = {"preserved_filters": self._changes.preserved_filters, "opts": self._changes.opts}
        return add_preserved_filters(given, self._changes.url_for_result(row))

    def _menu(self, row: Model) -> list[tuple[str, str, str]]:
        return [
            (reverse(action["raw_path"], args=[row.pk]), action["icon"] or "", action["title"])
            for action, method in self._actions
            if method.when(row)
        ]


def _reader(changes: ChangeList, name: str) -> Callable[[Model, str], Cell]:
    empty = changes.model_admin.get_empty_value_display()
    try:
        field = changes.opts.get_field(name)
    except FieldDoesNotExist:
        method = getattr(changes.model_admin, name)
        return lambda row, href: _shown(name, method, method(row), empty, href)
    if isinstance(field, ForeignKey):
        return lambda row, href: Cell(name, getattr(row, name) or empty, href)
    return lambda row, href: Cell(name, display_for_field(getattr(row, name), field, empty), href)


def _shown(name: str, method: Any, value: Any, empty: str, href: str) -> Cell:
    """What a method gave, as its `display` says: a label in a tone, two lines, or as it is."""
    if label := getattr(method, "label", None):
        key, text = value if isinstance(value, tuple) else (value, value)
        return Cell(name, text or empty, href, tone=label.get(key, "") if isinstance(label, dict) else "")
    if getattr(method, "header", False):
        first, below, initial, *_ = (*value, "", "", "")
        return Cell(name, first, href, below=below or "", initial=initial or "")
    if isinstance(value, str):
        return Cell(name, value, href)
    is_boolean = getattr(method, "boolean", False)
    return Cell(name, display_for_value(value, empty, is_boolean), href)
