"""Commands that keep running."""

import os

import click

from huigong.cli.site import Site


def _listen(https: bool) -> str:
    return os.environ.get("HUIGONG_LISTEN") or ("0.0.0.0" if https else "127.0.0.1")


_port = click.option(
    "--port",
    envvar="PORT",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="端口，也可用 PORT。",
)


@click.command()
@click.option("--https", is_flag=True, help="用本机签发的证书提供 HTTPS，手机在局域网内可测试扫码和定位。")
@_port
def up(https: bool, port: int) -> None:
    """演示：准备数据库和演示数据，启动全部进程。"""
    from huigong.cli.supervisor import run

    run(Site(mode="demo", port=port, listen=_listen(https), https=https))


@click.command()
@_port
def serve(port: int) -> None:
    """正式运行：检查配置，升级数据库，启动全部进程。"""
    from huigong.cli.supervisor import run

    run(Site(mode="production", port=port, listen=_listen(False)))


@click.command()
def worker() -> None:
    """只运行后台任务(另有机器提供网页时使用)。"""
    from huigong.cli.database import database
    from huigong.cli.processes import run_worker

    with database():
        run_worker()


@click.command(hidden=True)
def prepare() -> None:
    """Bring everything up to date; the supervisor's first step."""
    from huigong.cli.data_directory import DataDirectory
    from huigong.cli.preparation import prepare as bring_up_to_date

    bring_up_to_date(DataDirectory.from_environment(), os.environ["HUIGONG_MODE"])
