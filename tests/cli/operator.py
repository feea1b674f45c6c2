"""An operator at a terminal: starts commands, reads what they say, ends what is left."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """A command that has ended."""

    code: int
    output: str


class Running:
    """A command that keeps running; what it says is collected in `output`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.output = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.output += line

    def wait_for(self, word: str, seconds: float = 90) -> str:
        """Wait until it has said `word`; returns everything said so far."""
        deadline = time.monotonic() + seconds
        while word not in self.output:
            assert self._reader.is_alive(), f"ended without {word!r}:\n{self.output}"
            assert time.monotonic() < deadline, f"no {word!r} within {seconds} s in:\n{self.output}"
            time.sleep(0.02)
        return self.output

    def end(self, how: signal.Signals) -> float:
        """Send `how` and wait for the end; returns the seconds that took."""
        begin = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(20)
        return time.monotonic() - begin

    def join(self) -> None:
        """Read to the end, once nothing is left that could write."""
        self._reader.join(10)

    def descendants(self) -> set[int]:
        """Numbers of all processes below this one."""
        return descendants(self.process.pid)


class Operator:
    """Runs `huigong` on one data directory and one port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HUIGONG_DATA": str(data),
            "PORT": str(self.port),
            "HUIGONG_SMS": "console",
            "PYTHONUNBUFFERED": "1",
        }
        self._started: list[Running] = []

    def run(self, *arguments: str, **environment: str) -> Outcome:
        """Run a command to its end."""
        done = subprocess.run(
            _command(arguments),
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=90,
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    def start(self, *arguments: str, **environment: str) -> Running:
        """Start a command that keeps running."""
        process = subprocess.Popen(
            _command(arguments),
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        running = Running(process)
        self._started.append(running)
        return running

    def running(self) -> Running | None:
        """The command that was started last, when it still runs."""
        return next((one for one in self._started[-1:] if one.process.poll() is None), None)

    def get(self, path: str) -> int:
        """The status of a page of the site."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status

    def post(self, path: str, body: dict[str, str]) -> int:
        """The status of a JSON request to the API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status

    def instance(self) -> dict[str, str]:
        """What the running instance says about itself."""
        return json.loads((self.data / "run" / "instance.json").read_text())

    def leave(self) -> None:
        """End everything that was started and wait until nothing of it is left."""
        while self._started:
            running = self._started.pop()
            below = running.descendants()
            if running.process.poll() is None:
                running.process.send_signal(signal.SIGTERM)
                try:
                    running.process.wait(15)
                except subprocess.TimeoutExpired:
                    running.process.kill()
                    running.process.wait()
            await_end(below)
            running.join()


@contextmanager
def public_directory() -> Iterator[Path]:
    """A new directory that every account may pass through, removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="huigong-cli-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    """A port where nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_end(processes: set[int], seconds: float = 5) -> None:
    """Wait until none of `processes` is alive; fails when one still is after `seconds`."""
    deadline = time.monotonic() + seconds
    while left := {number for number in processes if is_alive(number)}:
        assert time.monotonic() < deadline, f"still alive: {left}"
        time.sleep(0.02)


def is_alive(number: int) -> bool:
    """Whether the process exists and is more than an unburied entry in the table."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "huigong.cli", *arguments]


def descendants(number: int) -> set[int]:
    """Numbers of all processes below process `number`."""
    try:
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return set()
    found = {int(child) for child in children}
    return found.union(*(descendants(child) for child in found))
