"""Cadres' lists of what they look after: stages to choose from, words to look for, the newest first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from huigong.core.answers import one_of
from huigong.core.jinja import render_page
from huigong.core.keys import row_key


@dataclass(frozen=True)
class DeskRow:
    """One thing in such a list; lines as (icon, words), tags as (words, tone)."""

    title: str
    href: str
    lines: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    cover: str = ""


@dataclass(frozen=True)
class DeskPage:
    """A page of them, and where the next begins: the id before which older ones lie, or a number of a page."""

    rows: list[DeskRow]
    next: int | None


def page_of(found: Sequence[Any], row: Callable[[Any], DeskRow], *, limit: int) -> DeskPage:
    """The page that `found` makes: up to `limit` things, read with one more so as to know whether there are."""
    return DeskPage(
        [row(each) for each in found[:limit]], found[limit - 1].pk if len(found) > limit else None
    )


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for."""

    request: HttpRequest
    stages: Mapping[str, str]
    stage: str
    text: str
    before: int | None

    @property
    def wanted(self) -> dict[str, Any]:
        """As the query behind the list takes it."""
        return {"stage": self.stage, "text": self.text, "before": self.before}

    def answer(self, template: str, found: DeskPage, **more: Any) -> HttpResponse:
        """The page; when only the rows that follow were asked for, these alone."""
        context = {
            "found": found,
            "stage": self.stage,
            "stages": [
                {"key": key, "label": label, "href": _query(stage=key, q=self.text)}
                for key, label in self.stages.items()
            ],
            "text": self.text,
            "more": _query(stage=self.stage, q=self.text, before=str(found.next)) if found.next else "",
            **more,
        }
        return render_page(self.request, template, context, block="rows" if self.before else "results")


def asked(request: HttpRequest, stages: Mapping[str, str]) -> Asked:
    """Read the address; a stage that there is not, or an id that is none, counts as nothing."""
    return Asked(
        request,
        stages,
        stage=one_of(request.GET.get("stage"), list(stages)),
        text=request.GET.get("q", "")[:40].strip(),
        before=row_key(request.GET.get("before")),
    )


def _query(**values: str) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})
