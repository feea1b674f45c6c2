"""Before anything is served: the database is ours and migrated, keys, static files and demo data are there.

Runs in a process of its own, which the supervisor starts, and does nothing when nothing has changed.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from huigong.cli.data_directory import DataDirectory
from huigong.cli.django_setup import set_up_django
from huigong.cli.inspection import Findings, inspect
from huigong.cli.keys import make_secrets
from huigong.cli.trouble import Trouble

_REPO = Path(__file__).resolve().parents[2]


def prepare(directory: DataDirectory, mode: str) -> None:
    """Bring database, keys, static files and demo data up to date, or refuse a database that is not ours."""
    url = os.environ["DATABASE_URL"]
    found = inspect(url)
    check_ownership(found, mode)
    provide_secrets(directory, found)
    note, pages = directory.path / "run" / "prepared", directory.path / "static" / ".made-from"
    if mode == "demo" and _read(note) == _state(url, found) and _read(pages) == _static_state():
        return
    set_up_django()
    if mode == "production":
        _check_settings()
    migrate_database(mode)
    if _read(pages) != _static_state():
        _collect_static()
        pages.write_text(_static_state())
    if mode == "demo":
        _load_demo()
    note.write_text(_state(url, inspect(url)))


def check_ownership(found: Findings, mode: str) -> None:
    """Demo mode refuses a database that it did not make; production refuses a demo."""
    if mode == "demo" and found.has_tables and found.mode != "demo":
        raise Trouble(
            "这个数据库里已有别的数据，不是演示库；演示模式不会动它。请换一个空数据库，或用 huigong serve。"
        )
    if mode == "production" and found.mode == "demo":
        raise Trouble("这是演示库，里面是虚构的人和数据，不能用于正式运行；请另建数据库和数据目录。")


def provide_secrets(directory: DataDirectory, found: Findings) -> None:
    """Make the keys of a new installation. Refuses to make new ones beside data sealed with lost ones."""
    path = directory.secrets
    if path.exists():
        return
    if found.mode:
        raise Trouble(f"找不到密钥文件 {path}，而数据库里已有用它加密的数据；请从备份恢复这个文件。")
    make_secrets(path)
    click.echo(f"已生成密钥文件 {path}。请另外单独备份：丢了它，证件号和手机号再也解不开。")


def migrate_database(mode: str) -> None:
    """Apply all migrations. The row that says what this database is commits together with the first table."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection, transaction

    with _step("数据表"):
        try:
            if "core_instance" not in connection.introspection.table_names():
                with transaction.atomic():
                    call_command("migrate", "core", "0001", verbosity=0, interactive=False)
                    _name_instance(mode)
            call_command("migrate", verbosity=0, interactive=False)
        except DatabaseError as error:
            raise Trouble(f"数据表建不起来：{str(error).splitlines()[0]}") from error


def _name_instance(mode: str) -> None:
    from huigong.core.models import Instance

    Instance.objects.create(mode=mode)


def _check_settings() -> None:
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    try:
        call_command("check", deploy=True)
    except SystemCheckError as error:
        raise Trouble(f"配置不安全，没有启动。\n{error}") from error


def _collect_static() -> None:
    from django.core.management import call_command

    with _step("页面文件"):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def _load_demo() -> None:
    from huigong.demo import loader

    if loader.is_loaded():
        return
    with _step("演示数据"):
        loader.load(scale="demo", progress=lambda line: click.echo(f"  {line}"))


@contextmanager
def _step(name: str) -> Iterator[None]:
    click.echo(f"正在准备{name}……")
    begin = time.monotonic()
    yield
    click.echo(f"{name}已就绪（{time.monotonic() - begin:.1f} 秒）。")


def _state(url: str, found: Findings) -> str:
    """Changes when there may be something to do: new migrations, packages or settings, another database."""
    migrations = sorted(str(path) for path in (_REPO / "huigong").glob("**/migrations/*.py"))
    settings = sorted(f"{key}={value}" for key, value in os.environ.items() if key.startswith("HUIGONG_"))
    return _digest([*migrations, *settings, _packages(), url, found.migrations])


def _static_state() -> str:
    files = sorted(path for path in (_REPO / "huigong").glob("**/static/**/*") if path.is_file())
    lock = _REPO / "package-lock.json"
    facts = (f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in [*files, lock])
    return _digest([*facts, _packages()])


def _packages() -> str:
    import django

    return _digest(sorted(path.name for path in Path(django.__file__).parents[1].glob("*.dist-info")))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _read(note: Path) -> str:
    return note.read_text() if note.exists() else ""
