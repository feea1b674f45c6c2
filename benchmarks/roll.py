"""Import of a county's roll beside openpyxl only reading the same file, in one run.

    python -m benchmarks.roll [rows]

Counts CPU seconds, because other work on the machine moves the clock: of this process, of the process that reads
the sheet, and of the PostgreSQL backend that writes. The database is made for the run and thrown away.
"""

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

UNIONS = 324
HEADINGS = [
    "序号", "姓名", "性别", "民族", "出生日期", "证件类型", "证件号码", "手机号码", "所在工会", "工作单位",
    "岗位", "文化程度", "政治面貌", "入会日期", "就业形态", "技能等级", "是否农民工", "会籍状态", "备注",
]  # fmt: skip
_SURNAMES = "陈林黄张吴王李郑刘杨苏许何曾庄骆康蔡江邱"
_CHARACTERS = (
    "海燕小丰建国伟明秀英丽华志强文军平晓红雪梅玉兰金凤永福阿水清源美珍春生德惠安泉成功龙辉"
    "嘉欣雨桐子涵浩然梓萱俊杰思婷佳怡一诺宇轩诗语博晨曦"
)


@dataclass(frozen=True)
class Cost:
    """CPU seconds."""

    rows: int
    openpyxl: float
    python: float
    reader: float
    postgres: float

    @property
    def total(self) -> float:
        return self.python + self.reader + self.postgres

    @property
    def ratio(self) -> float:
        return self.total / self.openpyxl


def make_roll(path: Path, rows: int) -> None:
    """A clean roll with the columns that the provincial form asks for; the numbers are invented."""
    from openpyxl import Workbook

    from huigong.core.identity import check_digit

    rng = random.Random(20)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    sheet.append(["惠安县工会会员花名册"])
    sheet.append(HEADINGS)
    for index in range(rows):
        order = index % 999 + 1
        born_on = date(1962, 1, 1) + timedelta(days=index // 999 * 60 + rng.randrange(60))
        body = f"350521{born_on:%Y%m%d}{order:03d}"
        union = index % UNIONS
        sheet.append(
            [
                index + 1,
                rng.choice(_SURNAMES) + "".join(rng.choices(_CHARACTERS, k=rng.choice([1, 2, 2, 2]))),
                "男" if order % 2 else "女",
                rng.choice(["汉族", "汉族", "汉族", "畲族", "回族"]),
                born_on,
                "居民身份证",
                body + check_digit(body),
                f"139{index:08d}",
                f"第{union}石材有限公司工会",
                f"惠安县第{union}石材有限公司",
                rng.choice(["操作工", "雕刻工", "质检员", "班组长", "司机"]),
                rng.choice(["初中", "高中", "大专", "本科"]),
                rng.choice(["群众", "群众", "共青团员", "中共党员"]),
                date(2012, 1, 1) + timedelta(days=rng.randrange(4500)),
                "企业职工",
                rng.choice(["", "", "", "高级", "中级"]),
                rng.choice(["是", "否"]),
                "在籍",
                None,
            ]
        )
    book.save(path)


def measure(path: Path, rows: int) -> Cost:
    """Import the roll at `path` into the current, empty database. Django is set up and the tables are there."""
    from django.db import connection

    from huigong.core.audit import SYSTEM
    from huigong.people.membership import operations

    openpyxl = _read_with_openpyxl(path)
    root = _make_unions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    before = time.process_time(), _children(), _cpu_of(backend)
    done = operations.import_roll(path, scope=root, actor=SYSTEM)
    after = time.process_time(), _children(), _cpu_of(backend)
    if (done.rows, done.created) != (rows, rows):
        raise AssertionError(f"{done.created} of {rows} rows taken in: {done.rejections[:3]}")
    return Cost(rows, openpyxl, *(end - begin for begin, end in zip(before, after, strict=True)))


def _read_with_openpyxl(path: Path) -> float:
    from openpyxl import load_workbook

    begin = time.process_time()
    for _ in load_workbook(path).active.iter_rows(values_only=True):
        pass
    return time.process_time() - begin


def _make_unions() -> object:
    from huigong.core.audit import SYSTEM
    from huigong.people.orgs import operations as orgs

    common = {"kind": "independent", "level": 5, "actor": SYSTEM}
    root = orgs.create_union(
        "惠安县总工会", level=3, kind="federation", parent=None, actor=SYSTEM, region_code="350521"
    )
    for index in range(UNIONS):
        orgs.create_union(f"第{index}石材有限公司工会", parent=root, **common)
    return root


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _throw_away_database() -> Iterator[None]:
    from huigong.cli.django_setup import set_up_django
    from huigong.cli.keys import make_secrets
    from huigong.cli.postgres import cluster_of
    from huigong.cli.preparation import migrate_database

    with tempfile.TemporaryDirectory(prefix="huigong-bench-") as folder:
        data = Path(folder)
        data.chmod(0o711)
        make_secrets(data / "secrets.json")
        cluster = cluster_of(data)
        cluster.start()
        try:
            os.environ |= {
                "DATABASE_URL": cluster.url,
                "HUIGONG_DATA": str(data),
                "HUIGONG_MODE": "test",
            }
            set_up_django()
            migrate_database("production")
            yield
        finally:
            cluster.stop()


def main(rows: int) -> None:
    """Measure and print."""
    with _throw_away_database(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "roll.xlsx")
        make_roll(path, rows)
        cost = measure(path, rows)
    print(
        f"{cost.rows:,} rows: import {cost.total:.1f} s CPU (python {cost.python:.1f}, reader {cost.reader:.1f},"
        f" PostgreSQL {cost.postgres:.1f}); openpyxl only reading {cost.openpyxl:.1f} s; ratio {cost.ratio:.2f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 140_000)
