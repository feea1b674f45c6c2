"""Importing a roll from Excel, beside openpyxl just reading the same file."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from benchmarks.report import Row, Table
from tests.site import Site

_READ = """
import sys, openpyxl
for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True):
    pass
"""
_FIRST_SERIAL = 50_000_000
"""A block of invented people that the demo data does not use."""


def measure(site: Site, *, rows: int) -> Table:
    """CPU seconds of `huigong import-roll`, without PostgreSQL, and of reading alone."""
    file = site.data / "roll.xlsx"
    _write_roll(file, rows)
    reading = _cpu_seconds([sys.executable, "-c", _READ, str(file)])
    began = time.perf_counter()
    importing = _cpu_seconds([sys.executable, "-m", "huigong.cli", "import-roll", str(file), "--json"])
    elapsed = time.perf_counter() - began
    ratio = importing / reading
    return Table(
        f"Import of a roll of {rows:,} rows",
        [
            Row("openpyxl reading it, CPU", f"{reading:.1f} s"),
            Row(
                "huigong import-roll, CPU of the command", f"{importing:.1f} s, {elapsed:.1f} s by the clock"
            ),
            Row("ours to openpyxl", f"{ratio:.2f} x", goal="≤ 1 x", ok=ratio <= 1),
        ],
    )


def _write_roll(file: Path, rows: int) -> None:
    """A roll as units keep it: a title above, names and numbers below."""
    from openpyxl import Workbook

    from huigong.demo.crowd import Crowd
    from huigong.people.orgs.models import Union

    crowd, book = Crowd(Random(1)), Workbook(write_only=True)
    union = Union.objects.filter(kind="independent").order_by("id").first()
    assert union
    sheet = book.create_sheet("会员名册")
    sheet.append([f"{union.name}会员名册"])
    sheet.append(["序号", "姓名", "性别", "证件类型", "身份证号", "手机号", "所属工会", "入会时间", "岗位"])
    for number in range(rows):
        who = crowd.somebody(_FIRST_SERIAL + number)
        kind = {"resident_id": "居民身份证", "hk_macao_permit": "港澳居民来往内地通行证"}.get(
            who.document_kind
        )
        if kind is None:
            continue
        sex = "女" if who.sex == "2" else "男"
        sheet.append(
            [number + 1, who.name, sex, kind, who.id_number, who.phone, union.name, "2024-05-01", "操作工"]
        )
    book.save(file)


def _cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=1800, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise RuntimeError(f"{' '.join(command[2:4])} failed: {done.stderr.strip()[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
