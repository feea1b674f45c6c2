"""Commands for trying out and measuring. They refuse outside demo mode."""

import json
from typing import Literal

import click


@click.group()
def demo() -> None:
    """演示数据(只能用于演示库)。"""


@demo.command()
@click.option(
    "--scale", type=click.Choice(["demo", "county"]), default="demo", show_default=True, help="规模。"
)
def load(scale: Literal["demo", "county"]) -> None:
    """装入演示数据：demo 约 300 人，county 约 2.8 万人。"""
    from huigong.cli.database import demo_database

    with demo_database():
        from huigong.demo import loader

        loader.load(scale=scale, progress=click.echo)


@demo.command()
@click.option("--count", type=click.IntRange(1), required=True, help="多少位不同的会员。")
def tokens(count: int) -> None:
    """输出会员的接口令牌，每人一行 JSON：{"phone", "access"}。"""
    from huigong.cli.database import demo_database

    with demo_database():
        from huigong.demo import tokens as making

        for token in making.make(count):
            click.echo(json.dumps(token, ensure_ascii=False))


@demo.command()
@click.option("--capacity", type=click.IntRange(1), required=True, help="名额。")
def activity(capacity: int) -> None:
    """新建一个所有会员都能抢的活动，输出它的编号。"""
    from huigong.cli.database import demo_database

    with demo_database():
        from huigong.demo import rush

        click.echo(rush.make_activity(capacity))
