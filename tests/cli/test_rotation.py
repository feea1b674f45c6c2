"""A new key for what is sealed: with the platform stopped, and again when it broke off."""

import json
import shutil

from tests.cli.operator import Operator

ADMIN = ("create-admin", "--phone", "13900990066", "--name", "陈钥匙", "--password", "huanyaoshi-2026")


def keys(operator: Operator) -> dict[str, str]:
    return json.loads((operator.data / "secrets.json").read_text())["field_keys"]


def sealed_with(operator: Operator) -> str:
    query = "SELECT DISTINCT split_part(phone_sealed, '.', 2) FROM accounts_account"
    return operator.run("pg", "psql", "-d", "huigong", "-At", "-c", query).output.strip()


def test_key_is_changed_and_the_old_one_dropped(operator: Operator) -> None:
    operator.run("migrate")
    assert operator.run(*ADMIN).code == 0
    assert (set(keys(operator)), sealed_with(operator)) == ({"k1"}, "k1")
    old = operator.data / "secrets.old.json"
    shutil.copy(operator.data / "secrets.json", old)
    outcome = operator.run("rotate-key")
    assert outcome.code == 0, outcome.output
    assert "accounts_account.phone_sealed：1" in outcome.output
    assert (set(keys(operator)), sealed_with(operator)) == ({"k2"}, "k2")
    assert (operator.data / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (
        json.loads(old.read_text())["index_key"]
        == json.loads((operator.data / "secrets.json").read_text())["index_key"]
    )


def test_without_keys_there_is_nothing_to_change(operator: Operator) -> None:
    outcome = operator.run("rotate-key")
    assert outcome.code == 1
    assert "找不到密钥文件" in outcome.output
    assert not (operator.data / "secrets.json").exists()
