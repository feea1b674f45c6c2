"""Before anything is served: the database is ours and migrated, keys, static files and demo data are there.

Runs in a process of its own, which the supervisor starts, and does nothing when nothing has changed.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from huigong.cli.data_directory import DataDirectory
from huigong.cli.django_setup import set_up_django
from huigong.cli.inspection import Findings, inspect
from huigong.cli.keys import make_secrets
from huigong.cli.trouble import Trouble

_REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class State:
    """What was last brought up to date; equal states need no work."""

    migrations: str
    static: str
    environment: str
    database: str


def prepare(directory: DataDirectory, mode: str) -> None:
    """Bring database, keys, static files and demo data up to date, or refuse a database that is not ours."""
    url = os.environ["DATABASE_URL"]
    found = inspect(url)
    check_ownership(found, mode)
    provide_secrets(directory, found)
    note = directory.path / "run" / "prepared.json"
    if mode == "demo" and _read(note) == _state(url, found) and (directory.path / "static").is_dir():
        return
    set_up_django()
    if mode == "production":
        _check_settings()
    migrate_database(mode)
    _collect_static(directory, _read(note))
    if mode == "demo":
        _load_demo()
    note.write_text(json.dumps(asdict(_state(url, inspect(url)))))


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


def _collect_static(directory: DataDirectory, last: State | None) -> None:
    from django.core.management import call_command

    if last and last.static == _static_state() and (directory.path / "static").is_dir():
        return
    with _step("页面文件"):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def _load_demo() -> None:
    """The first time only, and whole or not at all: a start that is killed meanwhile begins again."""
    from django.db import transaction

    from huigong.demo import loader
    from huigong.people.accounts.models import Account

    if Account.objects.exists():
        return
    with _step("演示数据"), transaction.atomic():
        loader.load(scale="demo", progress=lambda line: click.echo(f"  {line}"))


@contextmanager
def _step(name: str) -> Iterator[None]:
    click.echo(f"正在准备{name}……")
    begin = time.monotonic()
    yield
    click.echo(f"{name}已就绪（{time.monotonic() - begin:.1f} 秒）。")


def _state(url: str, found: Findings) -> State:
    sources = _REPO / "huigong"
    environment = sorted(f"{key}={value}" for key, value in os.environ.items() if key.startswith("HUIGONG_"))
    return State(
        migrations=_digest(str(path) for path in sorted(sources.glob("**/migrations/*.py"))) + _packages(),
        static=_static_state(),
        environment=_digest(environment),
        database=_digest([url, found.migrations]),
    )


def _static_state() -> str:
    files = sorted(path for path in (_REPO / "huigong").glob("**/static/**/*") if path.is_file())
    lock = _REPO / "package-lock.json"
    return (
        _digest(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in [*files, lock])
        + _packages()
    )


def _packages() -> str:
    import django

    return _digest(sorted(path.name for path in Path(django.__file__).parents[1].glob("*.dist-info")))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _read(note: Path) -> State | None:
    try:
        return State(**json.loads(note.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
