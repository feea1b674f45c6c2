"""The processes of a running platform, and one of them as a child of the supervisor."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from huigong.cli import processes
from huigong.cli.data_directory import DataDirectory
from huigong.cli.lifeline import lifeline, name_process
from huigong.cli.site import Site

_CALM = 60.0
_LONGEST_BACK_OFF = 30.0


@dataclass(frozen=True)
class Service:
    """One line of the process table: a name for people, one for ps, and what the process does."""

    name: str
    title: str
    run: Callable[[], None]


def process_table(site: Site, directory: DataDirectory) -> list[Service]:
    """Every process of a running platform besides the database."""
    certificate = directory.path / "tls" / "site.pem" if site.https else None
    return [
        Service("网页", "huigong-web", partial(processes.run_web, certificate)),
        Service("后台任务", "huigong-worker", processes.run_worker),
        Service("实时消息", "huigong-live", partial(processes.run_live, certificate)),
    ]


class Child:
    """A service that is running, or waits to be started again after a crash.

    It is forked from the supervisor, which has loaded the application, so that it stands in a moment.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self._crashes = 0
        self._due: float | None = None  # when to start again after a crash
        self._code: int | None = None
        self._start()

    def look_after(self) -> str | None:
        """Notice a crash, start again when its time has come. Returns a sentence when something happened."""
        if self._due is not None:
            if time.monotonic() < self._due:
                return None
            self._start()
            return f"{self.service.name}进程已重新启动。"
        if self.is_running or self._code is None:
            return None
        self._kill_group()
        self._crashes = 1 if time.monotonic() - self._started > _CALM else self._crashes + 1
        delay = min(_LONGEST_BACK_OFF, 0.5 * 2 ** (self._crashes - 1))
        self._due = time.monotonic() + delay
        return f"{self.service.name}进程意外退出（{_ending(self._code)}），{delay:g} 秒后重新启动。"

    @property
    def has_crashed(self) -> bool:
        """True between a crash and the next start."""
        return self._due is not None

    @property
    def is_running(self) -> bool:
        """Whether the process is alive now."""
        if self._code is None:
            number, status = os.waitpid(self._pid, os.WNOHANG)
            if number:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code is None

    def ask_to_end(self) -> None:
        """Let it finish what it does."""
        self._due = None
        if self.is_running:
            os.kill(self._pid, signal.SIGTERM)

    def end(self) -> None:
        """End it and all its own children now."""
        self._kill_group()
        while self.is_running:
            time.sleep(0.01)

    def _start(self) -> None:
        self._pid, self._started = _fork(self.service), time.monotonic()
        self._code, self._due = None, None

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)


def _fork(service: Service) -> int:
    hold_on = lifeline(signal.SIGKILL)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        hold_on()
        _live(service)
    return pid


def _live(service: Service) -> NoReturn:
    """The child's whole life. It never returns into the supervisor's code, whatever happens."""
    code = 1
    try:
        name_process(service.title)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.closerange(3, 1024)  # above all the lock on the data directory, which must end with the supervisor
        service.run()
        code = 0
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
    except BaseException:  # noqa: BLE001 printed here, because it must not climb further
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _ending(code: int) -> str:
    return f"信号 {-code}" if code < 0 else f"代码 {code}"
