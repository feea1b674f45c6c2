"""`huigong up` on an empty machine, and the commands for trying out and measuring."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from openpyxl import Workbook

from huigong.core.identity import check_digit
from tests.cli.operator import Operator, Running, public_directory

WANTED_ROLES = {
    "member",
    "neighbour_member",
    "applicant",
    "grassroots_cadre",
    "neighbour_cadre",
    "township_cadre",
    "county_admin",
}


@pytest.fixture(scope="module")
def visitor() -> Iterator[Operator]:
    """Somebody who has started the demo for the first time."""
    with public_directory() as folder:
        person = Operator(folder / "data")
        try:
            person.start("up").wait_for("ready http", seconds=300)
            yield person
        finally:
            person.leave()


@pytest.fixture
def running(visitor: Operator) -> Running:
    """The demo in service."""
    found = visitor.running()
    if found is None:
        found = visitor.start("up")
        found.wait_for("ready http")
    return found


def accounts_in(operator: Operator) -> list[dict[str, str]]:
    return json.loads((operator.data / "demo-accounts.json").read_text())


def people_in(operator: Operator) -> int:
    with psycopg.connect(operator.instance()["dsn"]) as connection:
        row = connection.execute("SELECT count(*) FROM membership_person").fetchone()
    assert row
    return row[0]


def test_first_start_ends_with_address_and_accounts_that_open_the_door(
    visitor: Operator, running: Running
) -> None:
    accounts = accounts_in(visitor)
    assert {account["role"] for account in accounts} >= WANTED_ROLES
    said = running.output
    assert said.rstrip().splitlines()[-1].endswith(f"ready http://127.0.0.1:{visitor.port}")
    for account in accounts:
        assert account["phone"] in said
        assert account["password"] in said
    member = next(account for account in accounts if account["role"] == "member")
    credentials = {"phone": member["phone"], "password": member["password"]}
    assert visitor.post("/api/v1/auth/tokens", credentials) == 200


def test_tokens_are_one_json_line_for_each_distinct_member(visitor: Operator, running: Running) -> None:
    made = visitor.run("demo", "tokens", "--count", "5")
    assert made.code == 0, made.output
    tokens = [json.loads(line) for line in made.output.splitlines()]
    assert all(token.keys() == {"phone", "access"} for token in tokens)
    assert len({token["phone"] for token in tokens}) == 5


def test_activity_prints_its_number_alone(visitor: Operator, running: Running) -> None:
    made = visitor.run("demo", "activity", "--capacity", "200")
    assert made.code == 0, made.output
    assert int(made.output) > 0


def test_roll_is_checked_imported_and_imported_again_without_doubles(
    visitor: Operator, running: Running
) -> None:
    roll, report = visitor.data.with_name("roll.xlsx"), visitor.data.with_name("report.xlsx")
    write_roll(roll, union_in(visitor))
    people = people_in(visitor)

    tried = visitor.run("import-roll", str(roll), "--dry-run", "--json")
    assert tried.code == 0, tried.output
    expected = {"rows": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1}
    summary = json.loads(tried.output)
    (rejection,) = summary.pop("rejections")
    assert summary == expected
    assert (rejection["row"], rejection["field"]) == (4, "id_number")
    assert people_in(visitor) == people

    done = visitor.run("import-roll", str(roll), "--report", str(report))
    assert done.output.startswith("共 2 行：新增 1，更新 0，无变化 0，未导入 1。")
    assert report.stat().st_size > 0
    again = json.loads(visitor.run("import-roll", str(roll), "--json").output)
    assert (again["created"], again["unchanged"]) == (0, 1)
    assert people_in(visitor) == people + 1


def test_unions_are_imported_with_their_tree_and_again_without_doubles(
    visitor: Operator, running: Running
) -> None:
    book = Workbook()
    for row in (
        ["惠安县工会组织基本情况一览表"],
        ["序号", "工会全称", "上级工会", "工会类型", "职工人数", "成立时间"],
        [1, "惠安县华晟新材料公司工会", "东桥新材料园工会联合会", "独立", "120 人", "2020年3月"],
        [2, "东桥新材料园工会联合会", union_above(visitor), "区域联合", 320, "2019.5.1"],
        [3, "惠安县无名厂工会", "不存在的总工会", "独立", 12, None],
        ["合计", None, None, None, 452, None],
    ):
        book.active.append(row)
    file = visitor.data.with_name("unions.xlsx")
    book.save(file)

    first = json.loads(visitor.run("import-unions", str(file), "--json").output)
    assert (first["rows"], first["created"], first["rejected"]) == (3, 2, 1)
    (rejection,) = first["rejections"]
    assert (rejection["row"], rejection["field"]) == (5, "parent")
    again = visitor.run("import-unions", str(file), "--dry-run")
    assert again.output.startswith("共 3 行：新增 0，更新 0，无变化 2，未导入 1。")


def test_roll_that_cannot_be_used_is_told_in_one_sentence(visitor: Operator, running: Running) -> None:
    nothing, text = visitor.data.with_name("nothing.xlsx"), visitor.data.with_name("text.xlsx")
    text.write_text("name,phone")
    write_roll(visitor.data.with_name("good.xlsx"), union_in(visitor))
    for arguments in (
        [str(nothing)],
        [str(text)],
        [str(visitor.data.with_name("good.xlsx")), "--report", "/proc/nowhere/report.xlsx"],
        [str(visitor.data.with_name("good.xlsx")), "--union", "没有这个工会"],
    ):
        refused = visitor.run("import-roll", *arguments)
        assert refused.code == 1
        assert len(refused.output.splitlines()) == 1, refused.output


def write_roll(path: Path, union: str) -> None:
    """A title above the header, one member who is right and one whose number has a wrong check digit."""
    number = "35052119900101111"
    book = Workbook()
    for row in (
        ["会员名册"],
        ["姓名", "身份证号", "手机号", "所在工会"],
        ["陈小一", number + check_digit(number), "13900000011", union],
        [
            "陈小二",
            number + next(digit for digit in "01" if digit != check_digit(number)),
            "13900000012",
            union,
        ],
    ):
        book.active.append(row)
    book.save(path)


def union_in(operator: Operator) -> str:
    """The name of a union that takes members."""
    return name_of_first(operator, "kind = 'independent' AND state = 'established'")


def union_above(operator: Operator) -> str:
    """The name of a township's union."""
    return name_of_first(operator, "kind = 'township'")


def name_of_first(operator: Operator, condition: LiteralString) -> str:
    with psycopg.connect(operator.instance()["dsn"]) as connection:
        row = connection.execute(
            f"SELECT name FROM orgs_union WHERE {condition} ORDER BY id LIMIT 1"  # noqa: S608 a condition of ours
        ).fetchone()
    assert row
    return row[0]


def test_every_invariant_holds_after_loading(visitor: Operator, running: Running) -> None:
    checked = visitor.run("verify", "--json")
    assert checked.code == 0, checked.output
    findings = json.loads(checked.output)
    assert findings
    assert all(finding["ok"] for finding in findings)


def test_broken_invariant_is_named_and_ends_with_one(visitor: Operator, running: Running) -> None:
    with psycopg.connect(visitor.instance()["dsn"]) as connection:
        connection.execute("ALTER TABLE orgs_union DROP CONSTRAINT orgs_union_path")
        connection.execute("UPDATE orgs_union SET path = '0.' || path WHERE parent_id IS NULL")
    checked = visitor.run("verify")
    assert checked.code == 1
    assert "不成立" in checked.output
    with psycopg.connect(visitor.instance()["dsn"]) as connection:
        connection.execute("UPDATE orgs_union SET path = substr(path, 3) WHERE parent_id IS NULL")


def test_next_start_changes_nothing(visitor: Operator, running: Running) -> None:
    people, accounts = people_in(visitor), accounts_in(visitor)
    visitor.leave()
    again = visitor.start("up")
    said = again.wait_for("ready http")
    assert "演示数据" not in said
    assert people_in(visitor) == people
    assert accounts_in(visitor) == accounts


def test_real_installation_refuses_the_demo_database(visitor: Operator) -> None:
    visitor.leave()
    refused = visitor.run("serve")
    assert refused.code == 1
    assert refused.output.startswith("这是演示库")
