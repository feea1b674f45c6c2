"""From an empty machine to a served site, and back down again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from huigong.cli.data_directory import DataDirectory, Instance
from huigong.cli.frontend import check_packages
from huigong.cli.greeting import greet
from huigong.cli.lifeline import lifeline
from huigong.cli.postgres import Cluster, cluster_of
from huigong.cli.processes import load_application
from huigong.cli.site import Site
from huigong.cli.supervisor.interrupts import Interrupts, Stopped
from huigong.cli.supervisor.services import Child, process_table
from huigong.cli.tls import provide_certificates
from huigong.cli.trouble import Trouble

_PATIENCE_FOR_SERVICES = 3.0
_PATIENCE_FOR_DATABASE = 1.0
"""Together below the five seconds within which everything must have ended."""
_PATIENCE_FOR_START = 90.0


def run(site: Site) -> None:
    """Serve `site` in the foreground until Ctrl-C or SIGTERM.

    Refuses, and changes nothing, when the data directory is in use or the port is taken.
    """
    directory = DataDirectory.from_environment()
    with Interrupts() as interrupts:
        try:
            with directory.hold(Instance(os.getpid(), site.mode, site.port, site.address)) as holding:
                site.check_ports(interrupts.pause)
                check_packages()
                if site.https:
                    provide_certificates(directory.path / "tls")
                with _database(directory, interrupts) as (url, cluster):
                    os.environ |= site.environment(directory.path) | {"DATABASE_URL": url}
                    _prepare(interrupts)
                    load_application()
                    with _services(site, directory, interrupts) as children:
                        _await_ready(site, children, interrupts)
                        holding.announce(Instance(os.getpid(), site.mode, site.port, site.address, url))
                        greet(site, directory)
                        _watch(children, cluster, interrupts)
        except Stopped:
            click.echo("惠工已停止。")


@contextmanager
def _database(directory: DataDirectory, interrupts: Interrupts) -> Iterator[tuple[str, Cluster | None]]:
    """DATABASE_URL when it is set, else the embedded server for as long as we run."""
    if url := os.environ.get("DATABASE_URL"):
        yield url, None
        return
    cluster = cluster_of(directory.path)
    try:
        cluster.start(pause=interrupts.pause)
        yield cluster.url, cluster
    finally:
        cluster.stop(patience=_PATIENCE_FOR_DATABASE)


def _prepare(interrupts: Interrupts) -> None:
    """Migrations, static files and demo data, in a process that gives its memory back."""
    process = subprocess.Popen(
        [sys.executable, "-m", "huigong.cli", "prepare"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lifeline(signal.SIGKILL),
    )
    try:
        while process.poll() is None:
            interrupts.pause(1.0)
    finally:
        process.kill()  # what it does is transactional or done again
        process.wait()
    if process.returncode != 0:
        sys.exit(process.returncode)


@contextmanager
def _services(site: Site, directory: DataDirectory, interrupts: Interrupts) -> Iterator[list[Child]]:
    children: list[Child] = []
    try:
        children.extend(Child(service) for service in process_table(site, directory))
        yield children
    finally:
        for child in children:
            child.ask_to_end()
        deadline = time.monotonic() + _PATIENCE_FOR_SERVICES
        while any(child.is_running for child in children) and time.monotonic() < deadline:
            time.sleep(0.02)
        for child in children:
            child.end()


def _await_ready(site: Site, children: list[Child], interrupts: Interrupts) -> None:
    deadline = time.monotonic() + _PATIENCE_FOR_START
    while not site.is_ready():
        for child in children:
            if sentence := child.look_after():
                raise Trouble(f"启动失败：{sentence.split('，')[0]}；原因见上面的输出。")
        if time.monotonic() > deadline:
            raise Trouble(f"启动失败：{site.address}/readyz 在 {_PATIENCE_FOR_START:.0f} 秒内没有就绪。")
        interrupts.pause(0.1)


def _watch(children: list[Child], cluster: Cluster | None, interrupts: Interrupts) -> None:
    while True:
        if cluster and not cluster.is_running:
            click.echo("数据库意外退出，正在重新启动。")
            cluster.start(pause=interrupts.pause)
        for child in children:
            if sentence := child.look_after():
                click.echo(sentence)
        interrupts.pause(0.2 if any(child.has_crashed for child in children) else 5.0)
