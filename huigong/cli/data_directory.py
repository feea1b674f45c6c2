"""The data directory: what lies where, and who runs on it."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from huigong.cli.trouble import Trouble


@dataclass(frozen=True)
class Instance:
    """What runs on a data directory: the supervisor, or for a moment one command that needs the database."""

    pid: int
    mode: str = ""
    port: int = 0
    address: str = ""
    dsn: str = ""  # empty: the database is not there for others, or not yet


class DataDirectory:
    """`HUIGONG_DATA`, made when missing. Nothing in it is changed by who does not hold its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._note = self.path / "run" / "instance.json"

    @classmethod
    def from_environment(cls) -> "DataDirectory":
        """The directory that HUIGONG_DATA names, else `data` below the current one."""
        return cls(Path(os.environ.get("HUIGONG_DATA") or "data"))

    @property
    def secrets(self) -> Path:
        """The file of keys; HUIGONG_SECRETS may put it elsewhere."""
        return Path(os.environ.get("HUIGONG_SECRETS") or self.path / "secrets.json")

    @property
    def accounts(self) -> Path:
        """The list of demo accounts, written by the demo data."""
        return self.path / "demo-accounts.json"

    def make(self) -> None:
        """Make the directory when missing, and make sure that we can write in it."""
        try:
            if not self.path.exists():
                self.path.mkdir(parents=True)
                # As root the database runs as a system user, who must be able to pass through, not to look around.
                self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            self._note.parent.mkdir(mode=0o700, exist_ok=True)
            self._note.open("ab").close()
        except OSError as error:
            raise Trouble(
                f"数据目录 {self.path} 不能写入（{error.strerror}）；请换一个目录（HUIGONG_DATA）或修正权限。"
            ) from error

    @contextmanager
    def hold(self, instance: Instance) -> Iterator["Holding"]:
        """Run on this directory alone. Refuses with the name of the other when somebody does already."""
        self.make()
        with self._note.open("r+") as note:
            if not _locked(note):
                raise Trouble(_occupied(self.path, self.read_instance()))
            holding = Holding(note.fileno())
            holding.announce(instance)
            try:
                yield holding
            finally:
                os.ftruncate(note.fileno(), 0)

    def running(self, patience: float = 120.0) -> Instance | None:
        """Who runs on this directory with an open database, or None. Waits while they start or, a command, end."""
        deadline = time.monotonic() + patience
        while self._is_held():
            instance = self.read_instance()
            if instance and instance.dsn:
                return instance
            if time.monotonic() > deadline:
                raise Trouble(_occupied(self.path, instance))
            time.sleep(0.1)
        return None

    def read_instance(self) -> Instance | None:
        """The note of whoever holds the lock; None while it is being written."""
        try:
            return Instance(**json.loads(self._note.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _is_held(self) -> bool:
        try:
            with self._note.open() as note:
                fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        except PermissionError as error:
            raise Trouble(f"数据目录 {self.path} 属于别的用户；请用启动它的用户执行。") from error
        return False


class Holding:
    """The lock on a data directory, and the note in it that others read."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def announce(self, instance: Instance) -> None:
        """Tell others what runs here now."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(asdict(instance)).encode(), 0)


def _locked(note: IO[str]) -> bool:
    """Take the lock. Tries for a moment, because looking whether it is held takes it for an instant."""
    for _ in range(10):
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.02)
    return False


def _occupied(path: Path, instance: Instance | None) -> str:
    if instance is None:
        return f"数据目录 {path} 正在被另一个惠工使用；这次没有改动任何东西。"
    where = f"，地址 {instance.address}" if instance.address else ""
    return f"惠工已在数据目录 {path} 上运行（进程 {instance.pid}{where}）；这次没有改动任何东西。"
