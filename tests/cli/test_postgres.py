import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from huigong.cli.postgres import Cluster, cluster_of, programs
from huigong.cli.postgres.owner import find_owner
from huigong.cli.trouble import Trouble
from tests.cli.operator import await_end, public_directory

Modes = dict[Path, tuple[int, int, int]]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with public_directory() as folder:
        path = folder / "a" / "data"
        path.mkdir(parents=True)
        path.chmod(0o751)
        yield path


@pytest.fixture(scope="module")
def modes_before(data: Path) -> Modes:
    return modes_above(data)


@pytest.fixture(scope="module")
def server(data: Path, modes_before: Modes) -> Iterator[Cluster]:
    made = cluster_of(data)
    yield made
    made.stop(patience=2)


@pytest.fixture
def running(server: Cluster) -> Cluster:
    if not server.is_running:
        server.start()
    return server


def modes_above(path: Path) -> Modes:
    found = {parent: parent.stat() for parent in [path, *path.parents]}
    return {parent: (stat.st_mode, stat.st_uid, stat.st_gid) for parent, stat in found.items()}


def write_row(server: Cluster) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def count_rows(server: Cluster) -> int:
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row
    return row[0]


def test_new_cluster_is_durable_private_and_its_role_is_ordinary(running: Cluster) -> None:
    with psycopg.connect(running.url) as connection:
        settings = dict(
            connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN"
                " ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'server_encoding')"
            ).fetchall()
        )
        role = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        version = connection.info.server_version
    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
    }
    assert role == (False,)
    assert version // 10000 == 18
    assert running.sockets.stat().st_mode & 0o777 == 0o700


def test_initialised_cluster_starts_in_less_than_one_and_a_half_seconds(running: Cluster) -> None:
    took = []
    for _ in range(3):  # the best of three: other tests run beside this one
        running.stop()
        begin = time.monotonic()
        running.start()
        took.append(time.monotonic() - begin)
    assert min(took) < 1.5


def test_stop_and_start_keep_rows(running: Cluster) -> None:
    write_row(running)
    running.stop()
    running.start()
    assert count_rows(running) == 1


def test_killed_server_recovers_with_every_committed_row(running: Cluster) -> None:
    write_row(running)
    assert running.pid
    os.kill(running.pid, signal.SIGKILL)
    running.start()
    assert count_rows(running) == 1


def test_lock_file_with_the_number_of_a_stranger_does_not_block_the_start(running: Cluster) -> None:
    note = running.folder / "postmaster.pid"
    lines = note.read_text().splitlines()
    assert running.pid
    os.kill(running.pid, signal.SIGKILL)
    await_end({running.pid})
    owner = find_owner()
    with subprocess.Popen(["/bin/sleep", "60"], **owner.popen) as stranger:
        note.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        os.chown(note, owner.uid, owner.gid)
        running.start()
        assert stranger.poll() is None
        stranger.kill()


def test_cluster_of_another_major_version_is_refused(running: Cluster) -> None:
    running.stop()
    version = running.folder / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(Trouble, match="PostgreSQL 17"):
        running.start()
    version.write_text("18\n")


def test_server_that_cannot_start_says_why(running: Cluster) -> None:
    running.stop()
    with pytest.raises(Trouble, match=r"内置数据库启动失败.*nonsense"):
        running.start(settings=["shared_buffers=nonsense"])


def test_server_ends_when_its_starter_is_killed(data: Path, running: Cluster) -> None:
    running.stop()
    code = (
        "import time; from pathlib import Path; from huigong.cli.postgres import cluster_of\n"
        f"server = cluster_of(Path({str(data)!r})); server.start(); print(server.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        number = int(starter.stdout.readline())
        starter.kill()
    await_end({number})
    running.start()


def test_directories_that_others_made_keep_their_modes(
    data: Path, modes_before: Modes, running: Cluster
) -> None:
    assert modes_above(data) == modes_before


def test_first_start_that_was_killed_halfway_is_done_again(folder: Path) -> None:
    find_owner().make_directory(folder / "postgres.new")
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = cluster_of(folder)
    server.start()
    write_row(server)
    server.stop(patience=2)


def test_path_too_long_for_a_socket_gets_a_short_private_one(folder: Path) -> None:
    data = folder / ("长" * 20) / ("x" * 60)
    data.mkdir(parents=True)
    server = cluster_of(data)
    server.start()
    write_row(server)
    server.stop(patience=2)
    assert server.sockets.stat().st_mode & 0o777 == 0o700

    server.sockets.chmod(0o777)  # as if somebody else had made it first
    with pytest.raises(Trouble, match="已被别人占用"):
        server.start()
    server.sockets.rmdir()


@as_root
def test_what_the_system_user_cannot_reach_is_copied_and_linked_and_no_mode_changes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelter = folder / "shelter"
    monkeypatch.setattr(programs, "SHELTER", shelter)
    monkeypatch.setattr(programs, "_usable", lambda package, owner: package.is_relative_to(shelter))
    closed = folder / "home"
    data = closed / "data"
    data.mkdir(parents=True)
    closed.chmod(0o700)
    before = modes_above(data)
    server = cluster_of(data)
    server.start()
    write_row(server)
    server.stop()
    again = cluster_of(data)
    again.start()
    assert count_rows(again) == 1
    again.stop(patience=2)
    assert modes_above(data) == before
    assert (data / "postgres").readlink().is_relative_to(shelter)
    assert again.programs.is_relative_to(shelter)
    assert shelter.stat().st_mode & 0o777 == 0o711


def test_link_to_a_cluster_that_is_gone_is_refused_instead_of_starting_empty(folder: Path) -> None:
    (folder / "postgres").symlink_to(folder / "gone")
    with pytest.raises(Trouble, match="不在了"):
        cluster_of(folder)
