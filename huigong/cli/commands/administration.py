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
def check() -> None:
    """检查配置、打印字体和维权保险箱(按正式运行的要求)。"""
    from huigong.cli.database import database

    with database():
        _django("check", "--deploy")
        from huigong.core import vault

        if faults := vault.faults():
            raise Trouble("维权保险箱没有关好：\n" + "\n".join(faults))
        click.echo("维权保险箱已关好。")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """执行 Django 自己的命令，例如 huigong manage showmigrations。"""
    from huigong.cli.database import database

    with database():
        _django(*arguments)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("program", type=click.Choice(["pg_dump", "pg_restore", "psql"]))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def pg(program: str, arguments: tuple[str, ...]) -> None:
    """对本平台的数据库执行 PostgreSQL 的工具(备份、恢复、查询)。"""
    import os
    import subprocess

    from huigong.cli.data_directory import DataDirectory
    from huigong.cli.database import database_url
    from huigong.cli.inspection import client_environment
    from huigong.cli.postgres import client, sees_everything

    directory = DataDirectory.from_environment()
    with database_url(directory) as url:
        environment = os.environ | client_environment(url)
        if program == "pg_dump":
            environment |= sees_everything(directory.path, url)
        done = subprocess.run([client(program), *arguments], env=environment, check=False)
    sys.exit(done.returncode)


@click.command("create-admin")
@click.option("--phone", prompt="手机号", help="登录用的手机号。")
@click.option("--name", prompt="姓名", help="真实姓名。")
@click.option(
    "--password", prompt="密码", hide_input=True, confirmation_prompt="再输一次密码", help="不写则询问。"
)
def create_admin(phone: str, name: str, password: str) -> None:
    """设立系统管理员；空平台上同时建立最上级工会。"""
    from huigong.cli.database import database
    from huigong.cli.first_steps import appoint_administrator

    with database():
        post = appoint_administrator(phone, name=name, password=password)
    click.echo(f"{name}已任{post}，可以用手机号和密码登录。")


@click.command("rotate-key")
def rotate_key() -> None:
    """更换加密证件号、手机号等的密钥：停机后执行，中断后可以再执行一次接着做。"""
    from huigong.cli.data_directory import DataDirectory
    from huigong.cli.database import database
    from huigong.cli.keys import begin_rotation, finish_rotation

    directory = DataDirectory.from_environment()
    if directory.running():
        raise Trouble("惠工正在运行；请先停止它（所有机器上的），再更换密钥。")
    if not directory.secrets.exists():
        raise Trouble(f"找不到密钥文件 {directory.secrets}。")
    try:
        key = begin_rotation(directory.secrets)
    except OSError as error:
        raise Trouble(f"密钥文件 {directory.secrets} 不能改写（{error.strerror}）。") from error
    with database():
        from huigong.core import resealing

        for name, count in resealing.run():
            click.echo(f"{name}：{count}")
    finish_rotation(directory.secrets)
    click.echo(f"已全部改用密钥 {key}。请备份新的密钥文件；旧的随旧备份另外保存，旧备份要用它才能打开。")


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
