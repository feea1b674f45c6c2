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


def load_application() -> None:
    """Import all that the processes need. They are forked afterwards, so they start at once and share its memory."""
    set_up_django()
    from huigong.config import live, wsgi  # noqa: F401

    gc.collect()
    gc.freeze()


def run_web(certificate: Path | None) -> None:
    """Serve pages and API until SIGTERM."""
    from huigong.config import wsgi
    from huigong.config.settings import ENV

    _serve(
        wsgi.application,
        certificate,
        interface="wsgi",
        port=ENV.port,
        workers=ENV.web_workers,
        blocking_threads=ENV.web_threads,
    )


def run_live(certificate: Path | None) -> None:
    """Serve the live streams until SIGTERM, on a port of their own."""
    from huigong.config import live
    from huigong.config.settings import ENV

    _serve(live.application, certificate, interface="asgi", port=ENV.live_port, workers=1)


def _serve(
    application: Callable[..., Any], certificate: Path | None, *, interface: str, **options: Any
) -> None:
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols
    from granian.log import LogLevels

    from huigong.config.settings import ENV

    hold_on = lifeline(signal.SIGKILL)

    def load(target: str) -> Callable[..., Any]:
        hold_on()
        return application

    Granian(
        "huigong",
        address=ENV.listen,
        interface=Interfaces(interface),
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_FINISH,
        log_level=LogLevels.error,
        ssl_cert=certificate,
        ssl_key=certificate,
        ssl_protocol_min=SSLProtocols.tls12,  # phones of 2018 know no newer one
        **options,
    ).serve(target_loader=load)


def run_worker() -> None:
    """Run queued jobs until SIGTERM; running ones get a moment to finish, others wait for the next start."""
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
