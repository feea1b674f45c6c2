"""docs/operations.md is what operators hold on to: nothing that they may set or run is missing from it."""

import re
from pathlib import Path

from huigong.cli import main
from huigong.config.settings import Environment

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text()


def variable(name: str) -> str:
    alias = Environment.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"HUIGONG_{name.upper()}"


def test_every_setting_is_explained_and_none_that_does_not_exist() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", TEXT, re.MULTILINE))
    assert explained == {variable(name) for name in Environment.model_fields}


def test_every_command_is_explained_and_none_that_does_not_exist() -> None:
    table = TEXT.partition("## 五、命令")[2].partition("## 六")[0]
    rows = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    explained = {name.split()[0] for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert explained == {name for name, command in main.commands.items() if not command.hidden}


def test_unit_file_is_the_one_in_the_text() -> None:
    shown = TEXT.partition("```ini\n")[2].partition("```")[0]
    unit = (ROOT / "deploy" / "huigong.service").read_text()
    assert unit.partition("\n")[2] == shown
