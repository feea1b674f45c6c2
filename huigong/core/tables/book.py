"""Opening a spreadsheet that somebody sent."""

import contextlib
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from huigong.core.tables.cells import Cell
from huigong.core.tables.mapping import propose_mapping
from huigong.core.tables.schema import Schema, TableRefused

logger = logging.getLogger(__name__)

FILE_BYTES = 20 * 2**20
TOO_BIG = "表格太大，或很远的格子里还有内容。请把需要的内容复制到新文件后再传。"

_READER = Path(__file__).with_name("reader.py")
_TIMES: dict[str, Callable[[str], Cell]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file: its first rows at hand, all of them through `rows`."""

    name: str
    width: int
    height: int
    head: tuple[list[Cell], ...]
    captions: frozenset[int] = frozenset()
    """Numbers of rows where one cell is merged over several columns."""
    hidden: frozenset[int] = frozenset()
    """Numbers of rows that do not show in Excel."""
    others: tuple[str, ...] = ()
    """The other visible sheets of the file."""
    content: bytes = field(default=b"", repr=False)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row with its Excel number, from 1; vertically merged values are filled down."""
        with contextlib.closing(_ask_reader(self.content, "rows", self.name)) as lines:
            for number, row in enumerate(lines, start=1):
                yield number, _cells(row)


def open_sheet(file: "IO[bytes] | bytes | str | Path", schema: Schema, *, name: str | None = None) -> Sheet:
    """The sheet called `name`, or else the visible one whose header fits `schema` best.

    Takes .xlsx, .xls and .csv up to 20 MB, 200,000 rows and 200 columns; raises `TableRefused` for anything
    else: pictures, other office files, web pages renamed to .xls, locked, damaged or hostile files.
    """
    content = _content(file)
    (found,) = _ask_reader(content, "inspect")
    sheets = [
        Sheet(
            name=sheet["name"],
            width=sheet["width"],
            height=sheet["height"],
            head=tuple(_cells(row) for row in sheet["head"]),
            captions=frozenset(sheet["captions"]),
            hidden=frozenset(sheet["hidden"]),
            others=tuple(other["name"] for other in found if other is not sheet),
            content=content,
        )
        for sheet in found
        if name is None or sheet["name"] == name
    ]
    if name is not None and not sheets:
        raise TableRefused(f"文件里没有名为“{name[:30]}”的工作表。")
    if not any(sheet.height for sheet in sheets):
        raise TableRefused("文件里没有内容，请检查是不是传错了文件。")
    return max(sheets, key=lambda sheet: (propose_mapping(sheet, schema).confidence, bool(sheet.height)))


def _content(file: "IO[bytes] | bytes | str | Path") -> bytes:
    if isinstance(file, str | Path):
        with Path(file).open("rb") as opened:
            content = opened.read(FILE_BYTES + 1)
    else:
        content = file if isinstance(file, bytes) else file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise TableRefused("文件超过 20 MB，请分成几个文件上传。")
    return content


def _ask_reader(content: bytes, *question: str) -> Generator[Any, None, None]:
    """The reader's answer line by line. It runs apart, because a hostile file may cost it its life."""
    process = subprocess.Popen(  # noqa: S603 our own program
        [sys.executable, "-I", _READER, *question],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(content)
        for line in process.stdout:
            answer = json.loads(line)
            if isinstance(answer, dict):
                raise TableRefused(answer["refused"])
            yield answer
        if process.wait():
            logger.warning("spreadsheet reader ended with %s", process.returncode)
            raise TableRefused(TOO_BIG)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _cells(row: list[Any]) -> list[Cell]:
    return [_moment(*cell) if isinstance(cell, list) else cell for cell in row]


def _moment(kind: str, written: str) -> Cell:
    """Durations and times beyond a day stay text."""
    return _TIMES[kind](written) if kind in _TIMES else written
