"""What is served, and where: the address of one running platform."""

import errno
import http.client
import os
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from huigong.cli.trouble import Trouble

_PATIENCE_FOR_PORT = 2.0


@dataclass(frozen=True)
class Site:
    """The mode and the address that `huigong up` and `huigong serve` were asked for."""

    mode: str
    port: int
    listen: str = "127.0.0.1"
    https: bool = False

    @property
    def address(self) -> str:
        """The address for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.listen, self.listen)
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"

    def environment(self, data: Path) -> dict[str, str]:
        """What the processes of this site read. They must agree with us, whatever the shell said."""
        fixed = {
            "HUIGONG_DATA": str(data),
            "HUIGONG_MODE": self.mode,
            "HUIGONG_LISTEN": self.listen,
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "huigong.config.settings",
        }
        return fixed | self._live() | ({"HUIGONG_HTTPS": "1"} if self.https else {})

    def _live(self) -> dict[str, str]:
        """The port of the live streams, and how pages reach it: by that port, unless a proxy's path is set."""
        port = os.environ.get("HUIGONG_LIVE_PORT") or str(_free_port_after(self.listen, self.port))
        return {
            "HUIGONG_LIVE_PORT": port,
            "HUIGONG_LIVE_URL": os.environ.get("HUIGONG_LIVE_URL") or f":{port}",
        }

    def check_ports(self, pause: Callable[[float], None]) -> None:
        """Refuse when somebody else listens at a port. A killed predecessor gets a moment to let it go."""
        self._check_port("PORT", self.port, pause)
        live = os.environ.get("HUIGONG_LIVE_PORT", "")
        if live.isdigit():
            self._check_port("HUIGONG_LIVE_PORT", int(live), pause)

    def _check_port(self, variable: str, port: int, pause: Callable[[float], None]) -> None:
        deadline = time.monotonic() + _PATIENCE_FOR_PORT
        while problem := _try_port(self.listen, port):
            if time.monotonic() > deadline:
                break
            pause(0.2)
        else:
            return
        if problem.errno == errno.EADDRINUSE:
            other = f"{variable}={port + 10}"
            raise Trouble(f"端口 {port} 已被别的程序占用；请停止它，或换一个端口，例如 {other}。")
        raise Trouble(f"不能在 {self.listen} 的端口 {port} 上提供服务：{problem.strerror}。")

    def is_ready(self) -> bool:
        """Whether the web process answers and everything behind it is ready."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.listen, self.listen)
        connection = (
            http.client.HTTPSConnection(host, self.port, timeout=2, context=_any_certificate())
            if self.https
            else http.client.HTTPConnection(host, self.port, timeout=2)
        )
        known = (os.environ.get("HUIGONG_HOSTS") or "localhost").split(",")[0].strip()
        try:
            connection.request("GET", "/readyz", headers={"Host": known})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _try_port(listen: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen, port))
        except OSError as error:
            return error
    return None


@cache
def _free_port_after(listen: str, port: int) -> int:
    """The next port that nobody has; the same answer for as long as this process lives."""
    candidates = range(port + 1, min(port + 50, 65_535) + 1)
    return next((number for number in candidates if _try_port(listen, number) is None), port + 1)


def _any_certificate() -> ssl.SSLContext:
    """We ask our own child on this machine; its certificate may bear the names of the network only."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
