"""What runs inside the supervisor's children."""

import gc
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huigong.cli.django_setup import set_up_django
from huigong.cli.lifeline import lifeline

_SECONDS_TO_FINISH = 2
_JOBS_AT_ONCE = 3
"""A long import must not hold up messages and the heartbeat."""


def run_web(tls: Path | None) -> None:
    """Serve the WSGI application until SIGTERM.

    The application is loaded once, before the web processes are forked: they start at once and share its memory.
    """
    set_up_django()
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols
    from granian.log import LogLevels

    from huigong.config import wsgi
    from huigong.config.settings import ENV

    hold_on = lifeline(signal.SIGKILL)

    def load(target: str) -> Callable[..., Any]:
        hold_on()
        return wsgi.application

    gc.freeze()
    Granian(
        "huigong.config.wsgi:application",
        address=ENV.listen,
        port=ENV.port,
        interface=Interfaces.WSGI,
        workers=ENV.web_workers,
        blocking_threads=ENV.web_threads,
        workers_kill_timeout=_SECONDS_TO_FINISH,
        log_level=LogLevels.warning,
        ssl_cert=tls / "site.crt" if tls else None,
        ssl_key=tls / "site.key" if tls else None,
        ssl_protocol_min=SSLProtocols.tls12,  # phones of 2018 know no newer one
    ).serve(target_loader=load)


def run_live(tls: Path | None) -> None:
    """Serve the live streams until SIGTERM, on a port of their own."""
    set_up_django()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from huigong.config.settings import ENV

    Granian(
        "huigong.config.live:application",
        address=ENV.listen,
        port=ENV.live_port,
        interface=Interfaces.ASGI,
        workers=1,
        workers_kill_timeout=_SECONDS_TO_FINISH,
        log_level=LogLevels.warning,
        ssl_cert=tls / "site.crt" if tls else None,
        ssl_key=tls / "site.key" if tls else None,
    ).serve()


def run_worker() -> None:
    """Run queued jobs until SIGTERM; running ones get a moment to finish, others wait for the next start."""
    set_up_django()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from huigong.core import operations

    operations.beat("worker")
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(
            name="huigong",
            concurrency=_JOBS_AT_ONCE,
            delete_jobs="successful",
            shutdown_graceful_timeout=_SECONDS_TO_FINISH,
        )
