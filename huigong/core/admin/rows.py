"""The rows of a list as plain values, for one template to show.

Unfold draws a template for every label and works the headings out anew for every row: half of what a list cost.
Ours show fields and methods under `display`, links, ticks and the menu of a row. Nothing is edited in a list.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model
from django.urls import reverse
from markupsafe import Markup
from unfold.templatetags.unfold_list import result_headers
from unfold.utils import display_for_field, display_for_value

TICK = "action_checkbox"
_NO_KEY = 9_876_543_210


class Cell(NamedTuple):
    """What stands in one column of a row.

    `tone` is there for a label, `below` for a second line, `initial` for a letter in a circle before the two.
    """

    text: Any
    href: str = ""
    tone: str | None = None
    below: Any = ""
    initial: str = ""


class Column(NamedTuple):
    """One column: whether its cells lead to the row's page, how they begin and end, how they are read."""

    is_linked: bool
    start: Markup
    end: Markup
    read: Callable[[Model, str], Cell]


class Row(NamedTuple):
    """One row, and what may be done with it alone."""

    cells: list[tuple[Column, Cell]]
    actions: list[tuple[str, str, str]]
    """(address, icon, title)"""


class Table:
    """The page of a list that `changes` is about; `actions` are those of the menu at the end of each row."""

    def __init__(self, changes: ChangeList, actions: Iterable[Any] = ()) -> None:
        self._changes = changes
        self._admin = changes.model_admin
        self._actions = [self._action(action) for action in actions]
        self.headers = list(result_headers(changes))
        """As unfold gives them: text, class, and where sorting leads."""
        self._columns = [
            self._column(name, head["text"])
            for name, head in zip(changes.list_display, self.headers, strict=True)
        ]

    def _column(self, name: str, label: str) -> Column:
        """Its tags are made once: for every cell they were half of what the table cost."""
        is_linked = name in (self._changes.list_display_links or ())
        tag = "th" if is_linked else "td"
        kind, label = ("action-checkbox", "选择") if name == TICK else (f"field-{name}", label)
        start = Markup('<{} class="{}" data-label="{}">').format(tag, kind, label)
        return Column(is_linked, start, Markup("</{}>").format(tag), _reader(self._changes, name))

    def _action(self, action: dict[str, Any]) -> tuple[Callable[[Model], bool], list[str], str, str]:
        """When a row has it; its address before and after the row's key; its icon and words."""
        start = f"{self._changes.opts.app_label}_{self._changes.opts.model_name}_"
        method = getattr(self._admin, action["raw_path"].rpartition(":")[2].removeprefix(start))
        return method.when, _around_key(action["raw_path"]), action["icon"] or "", action["title"]

    @property
    def has_menu(self) -> bool:
        return bool(self._actions)

    def __iter__(self) -> Iterator[Row]:
        before, after = self._address()
        for row in self._changes.result_list:
            href = f"{before}{row.pk}{after}"
            cells = [(column, column.read(row, href if column.is_linked else "")) for column in self._columns]
            yield Row(cells, self._menu(row))

    def _address(self) -> list[str]:
        """Where a row's own page is: what stands before its key, and after it."""
        opts = self._changes.opts
        if self._admin.row_page:
            return _around_key(self._admin.row_page)
        before, after = _around_key(f"admin:{opts.app_label}_{opts.model_name}_change")
        given = {"preserved_filters": self._changes.preserved_filters, "opts": opts}
        return [before, add_preserved_filters(given, after)]

    def _menu(self, row: Model) -> list[tuple[str, str, str]]:
        return [
            (f"{before}{row.pk}{after}", icon, title)
            for when, (before, after), icon, title in self._actions
            if when(row)
        ]


def _around_key(name: str) -> list[str]:
    """An address of a row without its key: every row's would be worked out anew."""
    return reverse(name, args=[_NO_KEY]).split(str(_NO_KEY))


def _reader(changes: ChangeList, name: str) -> Callable[[Model, str], Cell]:
    empty = changes.model_admin.get_empty_value_display()
    try:
        field = changes.opts.get_field(name)
    except FieldDoesNotExist:
        method = getattr(changes.model_admin, name)
        return lambda row, href: _shown(method, method(row), empty, href)
    if isinstance(field, ForeignKey):
        return lambda row, href: Cell(getattr(row, name) or empty, href)
    return lambda row, href: Cell(display_for_field(getattr(row, name), field, empty), href)


def _shown(method: Any, value: Any, empty: str, href: str) -> Cell:
    """What a method gave, as its `display` says: a label in a tone, two lines, or as it is."""
    if label := getattr(method, "label", None):
        key, text = value if isinstance(value, tuple) else (value, value)
        return Cell(text or empty, href, tone=label.get(key, "") if isinstance(label, dict) else "")
    if getattr(method, "header", False):
        first, below, initial, *_ = (*value, "", "", "")
        return Cell(first, href, below=below or "", initial=initial or "")
    if isinstance(value, str):
        return Cell(value, href)
    is_boolean = getattr(method, "boolean", False)
    return Cell(display_for_value(value, empty, is_boolean), href)
