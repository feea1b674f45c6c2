"""A platform of our own in a temporary directory: `huigong up`, as an operator starts it.

For what looks at the whole product from outside: the benches, and the pictures of the documentation.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from huigong.cli.django_setup import set_up_django
from tests.cli.operator import free_port

WORKERS, THREADS = 2, 3
_PATIENCE = 600


@dataclass
class Site:
    """A running platform, and Django in this process on the same database."""

    data: Path
    port: int
    scale: str
    process: subprocess.Popen[str]

    @classmethod
    @contextmanager
    def started(cls, *, scale: str) -> Iterator["Site"]:
        """Start one, load the demo data of `scale`, and take everything away afterwards."""
        home = Path(tempfile.mkdtemp(prefix="huigong-site-"))
        home.chmod(0o711)
        port = free_port()
        environment = os.environ | {"HUIGONG_DATA": str(home / "data"), "PORT": str(port)}
        environment |= {"HUIGONG_WEB_WORKERS": str(WORKERS), "HUIGONG_WEB_THREADS": str(THREADS)}
        environment.pop("DATABASE_URL", None)
        process = subprocess.Popen(
            [sys.executable, "-m", "huigong.cli", "up"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        site = cls(home / "data", port, scale, process)
        try:
            site._await_ready()
            site._set_up()
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            shutil.rmtree(home, ignore_errors=True)

    def _await_ready(self) -> None:
        """Until the last line of the greeting; what comes after is read and dropped."""
        watchdog = threading.Timer(_PATIENCE, self.process.kill)
        watchdog.start()
        assert self.process.stdout
        for line in self.process.stdout:
            if "ready http" in line:
                break
        else:
            raise click.ClickException("the platform did not start")
        watchdog.cancel()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def _set_up(self) -> None:
        os.environ |= {
            "DATABASE_URL": self.instance["dsn"],
            "HUIGONG_DATA": str(self.data),
            "HUIGONG_MODE": "demo",
            "PORT": str(self.port),
        }
        set_up_django()
        from huigong.demo import loader

        loader.load(self.scale, click.echo)

    @property
    def instance(self) -> dict[str, Any]:
        """What the supervisor says about itself."""
        return json.loads((self.data / "run" / "instance.json").read_text())

    @property
    def accounts(self) -> dict[str, dict[str, str]]:
        """The demo accounts by role."""
        rows = json.loads((self.data / "demo-accounts.json").read_text())
        return {row["role"]: row for row in rows}
