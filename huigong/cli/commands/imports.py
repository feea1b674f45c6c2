"""Commands that take in Excel files as unions keep them."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huigong.cli.trouble import Trouble

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

_options = [
    click.argument("file", type=click.Path(path_type=Path)),
    click.option("--dry-run", is_flag=True, help="只检查，不写入。"),
    click.option("--report", type=click.Path(path_type=Path), help="把每一行的结果写到这个 Excel 文件。"),
    click.option("--sheet", metavar="工作表", help="读哪一张工作表，默认是最像的那一张。"),
    click.option("--json", "as_json", is_flag=True, help="输出 JSON。"),
    click.option(
        "--union", "where", metavar="名称或信用代码", help="导入到哪个工会及其下级，默认是最上级工会。"
    ),
]


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_options):
        command = option(command)
    return command


@click.command("import-roll")
@_import_options
def import_roll(
    file: Path, dry_run: bool, report: Path | None, sheet: str | None, as_json: bool, where: str | None
) -> None:
    """导入会员名册(Excel)。重复导入不会重复建档。"""
    from huigong.cli.database import database

    _check_paths(file, report)
    with database():
        from huigong.core.audit import SYSTEM
        from huigong.people.membership import operations, queries

        summary = _carry_out(
            lambda scope: operations.import_roll(
                file,
                scope=scope,
                actor=SYSTEM,
                dry_run=dry_run,
                report=report,
                sheet_name=sheet,
                progress=_show_progress,
            ),
            where,
        )
        _tell(summary, queries.LABELS, as_json=as_json)


@click.command("import-unions")
@_import_options
def import_unions(
    file: Path, dry_run: bool, report: Path | None, sheet: str | None, as_json: bool, where: str | None
) -> None:
    """导入工会组织(Excel)。重复导入不会重复建会。"""
    from huigong.cli.database import database

    _check_paths(file, report)
    with database():
        from huigong.core.audit import SYSTEM
        from huigong.people.orgs import operations

        summary = _carry_out(
            lambda scope: operations.import_unions(
                file,
                scope=scope,
                actor=SYSTEM,
                dry_run=dry_run,
                report=report,
                sheet_name=sheet,
                progress=_show_progress,
            ),
            where,
        )
        _tell(summary, operations.UNION_LABELS, as_json=as_json)


def _check_paths(file: Path, report: Path | None) -> None:
    """Before anything is written to the database: is the file there, and can the report be written?"""
    if not file.is_file():
        raise Trouble(f"找不到文件 {file}。")
    if report and (report.is_dir() or not os.access(report if report.exists() else report.parent, os.W_OK)):
        raise Trouble(f"报告写不到 {report}；请换一个位置。")


def _carry_out(work: Callable[["Union"], Any], where: str | None) -> Any:
    """What `work` returns for the union that is meant; a file that cannot be used is told in one sentence."""
    from huigong.core.tables import TableRefused

    try:
        return work(_union(where))
    except TableRefused as refused:
        raise Trouble(str(refused)) from refused


def _union(where: str | None) -> "Union":
    from huigong.people.orgs import queries

    if where is None:
        root = queries.find_root()
        if root is None:
            raise Trouble("平台上还没有工会；请先执行 huigong create-admin。")
        return root
    found = list(queries.find(where)[:20])
    exact = [union for union in found if where in (union.name, union.short_name, union.uscc, union.unit_uscc)]
    if len(exact or found) != 1:
        names = "、".join(union.name for union in found) or "没有相符的工会"
        raise Trouble(f"“{where}”指的是哪个工会不明确：{names}。")
    return (exact or found)[0]


def _show_progress(done: int, height: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r已处理 {done} / {height} 行", err=True, nl=done >= height)


def _tell(summary: Any, labels: dict[str, str], *, as_json: bool) -> None:
    if summary.unread:
        names = "、".join(summary.unread)
        click.echo(f"只读了一张工作表，没有读的还有：{names}。用 --sheet 指定，一次一张。", err=True)
    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False))
        return
    click.echo(
        f"共 {summary.rows} 行：新增 {summary.created}，更新 {summary.updated}，"
        f"无变化 {summary.unchanged}，未导入 {summary.rejected}。"
    )
    for rejection in summary.rejections:
        label = labels.get(rejection.field, rejection.field)
        click.echo(f"第 {rejection.row} 行 {label}：{rejection.reason}")
