"""What cannot work is told in one sentence, without a traceback, and changes nothing."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.operator import Operator, Outcome


def refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code != 0
    assert len(outcome.output.splitlines()) == 1, outcome.output
    for word in words:
        assert word in outcome.output


@pytest.mark.parametrize("command", ["up", "serve"])
def test_taken_port(operator: Operator, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", operator.port))
        other.listen()
        refused(operator.run(command), f"端口 {operator.port} 已被别的程序占用")
    assert not (operator.data / "postgres").exists()


def test_taken_port_of_the_live_streams(operator: Operator) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused(operator.run("up", HUIGONG_LIVE_PORT=str(port)), f"端口 {port} 已被别的程序占用")


def test_port_that_is_no_number(operator: Operator) -> None:
    outcome = operator.run("up", PORT="http")
    assert outcome.code != 0
    assert "Traceback" not in outcome.output


def test_directory_that_cannot_be_made(operator: Operator) -> None:
    refused(operator.run("up", HUIGONG_DATA="/proc/huigong"), "/proc/huigong", "不能写入")


def test_data_directory_that_is_a_file(operator: Operator, folder: Path) -> None:
    (folder / "file").write_text("kept")
    refused(operator.run("up", HUIGONG_DATA=str(folder / "file")), "不能写入")
    assert (folder / "file").read_text() == "kept"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_directory_without_permission_to_write(operator: Operator) -> None:
    operator.data.mkdir(mode=0o500)
    refused(operator.run("up"), str(operator.data), "不能写入")


def test_missing_browser_packages(operator: Operator, folder: Path) -> None:
    outcome = operator.run("up", HUIGONG_NODE_MODULES=str(folder / "nowhere"))
    refused(outcome, "缺少前端软件包", "weui")
    assert not (operator.data / "postgres").exists()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mysql://root@localhost/huigong", "DATABASE_URL 不对"),
        ("huigong", "DATABASE_URL 不对"),
        ("postgresql://huigong:secret@127.0.0.1:1/huigong", "连不上"),
        ("postgresql://huigong@/huigong?host=/nowhere", "连不上"),
        ("postgresql://huigong@/huigong?colour=red", "连不上"),
    ],
)
def test_wrong_database_url(operator: Operator, url: str, word: str) -> None:
    outcome = operator.run("up", DATABASE_URL=url)
    refused(outcome, word)
    assert "secret" not in outcome.output
    assert not (operator.data / "secrets.json").exists()


def test_setting_with_a_wrong_value_is_named(operator: Operator) -> None:
    outcome = operator.run("check", HUIGONG_WEB_WORKERS="many")
    assert outcome.code == 1
    assert "环境变量 HUIGONG_WEB_WORKERS 的值不对" in outcome.output.splitlines()[-1]


def test_gateway_for_text_messages_needs_its_key(operator: Operator) -> None:
    outcome = operator.run("check", HUIGONG_SMS="aliyun", HUIGONG_SMS_KEY_ID="key")
    assert outcome.code == 1
    last = outcome.output.splitlines()[-1]
    assert "HUIGONG_SMS_KEY_SECRET, HUIGONG_SMS_SIGN_NAME, HUIGONG_SMS_CODE_TEMPLATE" in last
    assert "HUIGONG_SMS_KEY_ID" not in last


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("HUIGONG_SMS", "", "没有设置短信通道"),
        ("HUIGONG_SMS_ENDPOINT", "http://sms.example", "HUIGONG_SMS_ENDPOINT 必须以 https:// 开头"),
        ("HUIGONG_HOSTS", "*", "HUIGONG_HOSTS 必须写明本站的域名"),
    ],
)
def test_production_does_not_start_with_an_unsafe_setting(
    operator: Operator, setting: str, value: str, sentence: str
) -> None:
    outcome = operator.run("serve", **{setting: value})
    assert outcome.code != 0
    assert sentence in outcome.output
    assert "Traceback" not in outcome.output


def test_production_does_not_start_with_keys_that_others_may_read(operator: Operator) -> None:
    operator.run("check")
    operator.data.joinpath("secrets.json").chmod(0o644)
    outcome = operator.run("serve")
    assert outcome.code != 0
    assert "密钥文件别人也能读" in outcome.output


@pytest.fixture
def other_database() -> Iterator[str]:
    """The address of a database that is not ours."""
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE somebody_elses")
    yield server.replace("/huigong?", "/somebody_elses?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE somebody_elses")


def test_demo_mode_refuses_a_database_that_it_did_not_make(operator: Operator, other_database: str) -> None:
    with psycopg.connect(other_database) as connection:
        connection.execute("CREATE TABLE precious (id int)")
    refused(operator.run("up", DATABASE_URL=other_database), "演示模式不会动它")
    refused(operator.run("demo", "tokens", "--count", "1", DATABASE_URL=other_database), "演示模式不会动它")
    with psycopg.connect(other_database) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("precious",)]


def test_database_in_which_we_may_not_make_tables(operator: Operator, other_database: str) -> None:
    with psycopg.connect(other_database) as connection:
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute("DROP ROLE IF EXISTS stranger")
        connection.execute("CREATE ROLE stranger LOGIN")
    outcome = operator.run("up", DATABASE_URL=other_database.replace("://huigong@", "://stranger@"))
    assert outcome.code == 1
    assert "数据表建不起来" in outcome.output.splitlines()[-1]
    assert "Traceback" not in outcome.output
