"""What `huigong up` says once the site is served."""

import json
import unicodedata

import click

from huigong.cli.data_directory import DataDirectory
from huigong.cli.site import Site
from huigong.cli.tls import lan_addresses


def greet(site: Site, directory: DataDirectory) -> None:
    """Print address, demo accounts, and a last line with the word "ready" for scripts that wait for it."""
    click.echo()
    click.echo(f"惠工已启动：{site.address}   数据目录：{directory.path}")
    if site.https:
        _tell_about_certificate(site, directory)
    if site.mode == "demo":
        _list_accounts(directory)
    click.echo(f"按 Ctrl-C 停止。  ready {site.address}")


def _tell_about_certificate(site: Site, directory: DataDirectory) -> None:
    for address in lan_addresses():
        click.echo(f"  手机访问：https://{address}:{site.port}")
    click.echo(f"  手机须先安装并信任证书 {directory.path / 'tls' / 'ca.crt'}（演示结束后请从手机删除）。")


def _list_accounts(directory: DataDirectory) -> None:
    try:
        accounts = json.loads(directory.accounts.read_text())
    except FileNotFoundError:
        return
    click.echo("演示账号（虚构人物，仅供演示）：")
    for account in accounts:
        columns = [account["role"], account["name"], account["phone"], account["password"]]
        click.echo("  " + "  ".join(_padded(*pair) for pair in zip(columns, (18, 10, 11, 1), strict=True)))


def _padded(text: str, width: int) -> str:
    shown = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(0, width - shown)
