"""The processes of a running platform, and one of them as a child of the supervisor."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

from huigong.cli.data_directory import DataDirectory
from huigong.cli.lifeline import lifeline
from huigong.cli.site import Site

_CALM = 60.0
_LONGEST_BACK_OFF = 30.0


@dataclass(frozen=True)
class Service:
    """One line of the process table: a name for people, and the arguments of `huigong`."""

    name: str
    arguments: tuple[str, ...]


def process_table(site: Site, directory: DataDirectory) -> list[Service]:
    """Every process of a running platform besides the database."""
    certificate = directory.path / "tls"
    return [
        Service("网页", ("web", *(("--tls", str(certificate)) if site.https else ()))),
        Service("后台任务", ("worker",)),
        Service("实时消息", ("live", *(("--tls", str(certificate)) if site.https else ()))),
    ]


class Child:
    """A service that is running, or waits to be started again after a crash."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._crashes = 0
        self._process, self._started = _launch(service), time.monotonic()
        self._due: float | None = None  # when to start again after a crash

    @property
    def pid(self) -> int:
        """The number of the current or last process."""
        return self._process.pid

    def look_after(self) -> str | None:
        """Notice a crash, start again when its time has come. Returns a sentence when something happened."""
        if self._due is not None:
            if time.monotonic() < self._due:
                return None
            self._process, self._started = _launch(self.service), time.monotonic()
            self._due = None
            return f"{self.service.name}进程已重新启动。"
        code = self._process.poll()
        if code is None:
            return None
        self._kill_group()
        self._crashes = 1 if time.monotonic() - self._started > _CALM else self._crashes + 1
        delay = min(_LONGEST_BACK_OFF, 0.5 * 2 ** (self._crashes - 1))
        self._due = time.monotonic() + delay
        return f"{self.service.name}进程意外退出（{_ending(code)}），{delay:g} 秒后重新启动。"

    @property
    def has_crashed(self) -> bool:
        """True between a crash and the next start."""
        return self._due is not None

    @property
    def is_running(self) -> bool:
        """Whether the process is alive now."""
        return self._process.poll() is None

    def ask_to_end(self) -> None:
        """Let it finish what it does."""
        self._due = None
        if self.is_running:
            self._process.terminate()

    def end(self) -> None:
        """End it and all its own children now."""
        self._kill_group()
        self._process.wait()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _launch(service: Service) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "huigong.cli", *service.arguments],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lifeline(signal.SIGKILL),
    )


def _ending(code: int) -> str:
    return f"信号 {-code}" if code < 0 else f"代码 {code}"
