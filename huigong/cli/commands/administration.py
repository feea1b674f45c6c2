"""Commands of the operator: database, checks, accounts, Django's own commands."""

import json
import sys

import click

from huigong.cli.trouble import Trouble


@click.command()
def migrate() -> None:
    """升级数据库结构。"""
    import os

    from huigong.cli.database import database
    from huigong.cli.preparation import migrate_database

    with database():
        migrate_database(os.environ["HUIGONG_MODE"])


@click.command()
@click.option("--offline", is_flag=True, help="不连接数据库，只检查程序本身，以及有没有漏写的迁移。")
def check(offline: bool) -> None:
    """检查配置(按正式运行的要求)。"""
    from huigong.cli.database import database, without_database

    if offline:
        with without_database():
            _django("check", "--deploy", "--fail-level=WARNING")
            _django("makemigrations", "--check", "--dry-run")
    else:
        with database():
            _django("check", "--deploy")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """执行 Django 自己的命令，例如 huigong manage showmigrations。"""
    from huigong.cli.database import database

    with database():
        _django(*arguments)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def verify(as_json: bool) -> None:
    """核对数据：每一条必须成立的规则逐条检查，有一条不成立则退出码为 1。"""
    from dataclasses import asdict

    from huigong.cli.database import database

    with database():
        from huigong.core.verify import run

        findings = run()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{'成立' if finding.ok else '不成立'}  {finding.name}  {finding.detail}".rstrip())
    if not all(finding.ok for finding in findings):
        sys.exit(1)


def _django(*arguments: str) -> None:
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(["huigong manage", *arguments])
    except OperationalError as error:
        raise Trouble(f"数据库出错：{error}") from error
