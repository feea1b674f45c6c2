"""A platform that is started, disturbed and stopped, as a whole."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.cli.operator import Operator, Running, await_end, descendants, is_alive, public_directory

SECONDS_TO_END = 5
WEB_WORKERS = 2


@pytest.fixture(scope="module")
def installed() -> Iterator[Operator]:
    """An installation whose database and pages are made; the tests below start and stop it again and again."""
    with public_directory() as folder:
        person = Operator(folder / "data")
        try:
            start(person)
            yield person
        finally:
            person.leave()


@pytest.fixture
def running(installed: Operator) -> Running:
    """The platform in service: still, or again when the test before has ended it."""
    return installed.running() or start(installed)


def start(operator: Operator) -> Running:
    started = operator.start("serve")
    started.wait_for("ready http")
    return started


def remember(operator: Operator) -> None:
    with psycopg.connect(operator.instance()["dsn"]) as connection:
        connection.execute("DROP TABLE IF EXISTS remembered")
        connection.execute("CREATE TABLE remembered (id int)")
        connection.execute("INSERT INTO remembered VALUES (1)")


def process_of(running: Running, name: str) -> int:
    """The number of the supervisor's child that ps shows as `name`."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    names = {Path(f"/proc/{child}/comm").read_text().strip(): int(child) for child in children}
    return names[name]


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Files of ours, with sizes and times; the server's own move by themselves."""
    files = [path for path in folder.rglob("*") if path.is_file() and "postgres" not in path.parts]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in files}


def test_second_start_on_the_same_data_says_so_and_touches_nothing(
    installed: Operator, running: Running
) -> None:
    before = snapshot(installed.data)
    second = installed.run("serve")
    assert second.code == 1
    assert f"进程 {running.process.pid}，地址 http://127.0.0.1:{installed.port}" in second.output
    assert len(second.output.splitlines()) == 1
    assert snapshot(installed.data) == before
    assert installed.get("/healthz") == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_ends_every_process_within_five_seconds(
    installed: Operator, running: Running, how: signal.Signals
) -> None:
    below = running.descendants()
    assert len(below) > 3
    assert running.end(how) < SECONDS_TO_END
    assert running.process.returncode == 0
    assert not any(is_alive(number) for number in below)


def test_killed_supervisor_leaves_no_process_and_the_next_start_keeps_every_row(
    installed: Operator, running: Running
) -> None:
    remember(installed)
    below = running.descendants()
    running.process.kill()
    again = installed.start("serve")
    await_end(below)
    again.wait_for("ready http")
    with psycopg.connect(installed.instance()["dsn"]) as connection:
        assert connection.execute("SELECT count(*) FROM remembered").fetchone() == (1,)


def test_everything_killed_at_once_does_not_block_the_next_start(
    installed: Operator, running: Running
) -> None:
    for number in [running.process.pid, *running.descendants()]:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    start(installed)
    assert installed.get("/healthz") == 200


@pytest.mark.parametrize(
    ("process", "name"),
    [("huigong-web", "网页"), ("huigong-worker", "后台任务"), ("huigong-live", "实时消息")],
)
def test_crashed_process_is_started_again(
    installed: Operator, running: Running, process: str, name: str
) -> None:
    crashed = process_of(running, process)
    os.kill(crashed, signal.SIGKILL)
    running.wait_for(f"{name}进程已重新启动")
    await_end({crashed})


def test_crashed_web_worker_is_replaced_while_the_site_stays_up(
    installed: Operator, running: Running
) -> None:
    web = process_of(running, "huigong-web")
    crashed = await_workers(web).pop()
    os.kill(crashed, signal.SIGKILL)
    await_end({crashed})
    await_answer(installed, "/healthz")
    assert crashed not in await_workers(web)
    assert process_of(running, "huigong-web") == web


def await_answer(operator: Operator, path: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            assert operator.get(path) == 200
            return
        except OSError:
            assert time.monotonic() < deadline, "the site did not come back"
            time.sleep(0.1)


def await_workers(web: int) -> set[int]:
    deadline = time.monotonic() + 20
    while len(workers := descendants(web)) < WEB_WORKERS:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return workers


def test_crashed_database_is_started_again(installed: Operator, running: Running) -> None:
    os.kill(process_of(running, "postgres"), signal.SIGKILL)
    running.wait_for("数据库意外退出")
    await_answer(installed, "/readyz")


def test_first_administrator_of_an_empty_platform_may_log_in(installed: Operator, running: Running) -> None:
    arguments = ("--phone", "138 0013 8000", "--name", "张三", "--password")
    weak = installed.run("create-admin", *arguments, "12345678")
    assert weak.code == 1
    assert "Traceback" not in weak.output
    made = installed.run("create-admin", *arguments, "Tidy-Otter-92")
    assert made.code == 0, made.output
    assert "张三已任惠安县总工会系统管理员" in made.output
    credentials = {"phone": "13800138000", "password": "Tidy-Otter-92"}
    assert installed.post("/api/v1/auth/tokens", credentials) == 200


def test_commands_use_the_database_of_the_running_instance(installed: Operator, running: Running) -> None:
    shown = installed.run("manage", "showmigrations", "core")
    assert shown.code == 0, shown.output
    assert "[X] 0001_initial" in shown.output


_A_CASE = """
SET ROLE huigong_vault;
INSERT INTO complaints_case (uuid, number, source, lodged_on, naming, demand, tier, cause, people_affected,
    state, key_sealed, content_sealed, identity_sealed, author_index, receipt_index, token_index, employer_code_index,
    employer_name_index, close_union_ids, reopened, has_news)
VALUES (gen_random_uuid(), '12345678', 'platform', '2026-01-05', 'anonymous', 'resolve', 'plain', 'wages', 1,
    'declined', '', '', '', '', 'r', 't', '', 'n', '{}', 0, false)
"""
"""A row that only the vault's own role may write, and only a backup with all rights holds."""


def test_backup_restores_on_a_blank_machine(
    installed: Operator, running: Running, operator: Operator
) -> None:
    remember(installed)
    vaulted = installed.run("pg", "psql", "-c", _A_CASE)
    assert vaulted.code == 0, vaulted.output
    dump = operator.data.with_name("huigong.dump")
    saved = installed.run("pg", "pg_dump", "-Fc", "-f", str(dump))
    assert saved.code == 0, saved.output
    operator.data.mkdir()
    shutil.copy2(installed.data / "secrets.json", operator.data)
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "-d", "huigong")
    restored = operator.run("pg", "pg_restore", *options, str(dump))
    assert restored.code == 0, restored.output
    closed = operator.run("migrate")
    assert closed.code == 0, closed.output
    verified = operator.run("verify")
    assert "不成立" not in verified.output
    counts = operator.run(
        "pg",
        "psql",
        "-Atc",
        "SELECT count(*) FROM complaints_case; SET ROLE huigong_vault; TABLE complaints_case",
    )
    assert counts.output.startswith("0\nSET\n")
    assert "|12345678|" in counts.output
    counted = operator.run("pg", "psql", "-Atc", "SELECT count(*) > 0 FROM remembered")
    assert counted.output == "t\n"
    shown = operator.run("manage", "showmigrations", "core")
    assert "[X] 0001_initial" in shown.output


def test_commands_start_the_database_when_nothing_runs_and_stop_it_again(installed: Operator) -> None:
    installed.leave()
    shown = installed.run("manage", "showmigrations", "core")
    assert "[X] 0001_initial" in shown.output
    assert not (installed.data / "postgres" / "postmaster.pid").exists()


def test_demo_mode_refuses_the_database_of_a_real_installation(installed: Operator) -> None:
    installed.leave()
    refused = installed.run("up")
    assert refused.code == 1
    assert "演示模式不会动它" in refused.output
    assert "Traceback" not in refused.output


def test_lost_keys_are_not_replaced_by_new_ones(installed: Operator) -> None:
    installed.leave()
    secrets = installed.data / "secrets.json"
    kept = secrets.rename(secrets.with_suffix(".kept"))
    refused = installed.run("serve")
    assert refused.code == 1
    assert "请从备份恢复" in refused.output
    assert not secrets.exists()
    kept.rename(secrets)
