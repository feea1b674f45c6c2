"""Rolls as cadres have them: what is taken in, and why each other row is not."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from huigong.core import flags, verify
from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.core.tables import Summary, TableRefused
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import events, operations
from huigong.people.membership.models import Employment, Membership, Person
from huigong.people.membership.operations.imports import running
from huigong.people.membership.tests import factories
from huigong.people.membership.tests.sheets import HEAD, clean_row, roll, workbook
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Union
from huigong.people.orgs.tests import factories as unions
from tests.cast import Cast

COUNTY_HEAD = [
    "序号", "会员姓名", "性 别", "证件种类", "身份证号码（必填）", "联系电话", "所属工会", "工作单位",
    "岗位", "入会时间", "就业形态", "技能等级", "是否农民工", "劳模", "会籍状态",
]  # fmt: skip


def take_in(
    cast: Cast, rows: list[list[Any]], *, scope: Any = None, actor: Any = None, **options: Any
) -> Summary:
    return operations.import_roll(
        workbook(rows), scope=scope or cast.county, actor=actor or cast.county_officer, **options
    )


def faults(summary: Summary) -> dict[tuple[int, str], str]:
    return {(fault.row, fault.field): fault.reason for fault in summary.rejections}


def the_only(summary: Summary) -> tuple[str, str]:
    assert summary.rejected == 1
    (fault,) = summary.rejections
    return fault.field, fault.reason


def broken() -> list[verify.Finding]:
    return [finding for finding in verify.run() if not finding.ok]


@pytest.fixture
def dirty(cast: Cast) -> tuple[list[list[Any]], dict[str, str]]:
    """A roll written the way a county clerk has it, and the numbers of its people."""
    numbers = {
        name: factories.id_number(sex=sex)
        for name, sex in {
            "clean": "1",
            "wide": "2",
            "twice": "1",
            "spoilt": "1",
            "sex": "1",
            "union": "2",
        }.items()
    }
    young = timezone.localdate() - timedelta(days=15 * 365)
    ends_in_x = next(number for number in (factories.id_number() for _ in range(60)) if number.endswith("X"))
    union, wide = cast.union.name, str.maketrans("0123456789", "０１２３４５６７８９")
    wrong_digit = numbers["clean"][:17] + ("1" if numbers["clean"][17] != "1" else "2")
    rows = [
        ["惠安县工会会员花名册（2026年）"],
        ["填报单位：螺城镇总工会（盖章）", None, None, None, None, "填报日期：2026年11月1日"],
        COUNTY_HEAD,
        [1, "陈海生", "男", "身份证", numbers["clean"], "13905950001", union, "石雕厂", "雕刻工",
         date(2019, 3, 1), "企业职工", "高级", "是", "否", "在籍"],
        [2, " 林 小 燕 ", "女", "居民身份证", numbers["wide"].translate(wide), "139-0595-0002", f" {union}　",
         "石雕厂", None, "2019.3.5", "企业职工", "无", "√", None, "保留会籍"],
        [3, "黄阿土", "男", "", numbers["twice"], 13905950003, union, "石雕厂", None, 43525, None, None, None,
         None, None],
        [4, "黄阿土", "男", "", numbers["twice"], None, union, None, None, "2019年3月", None, None, None, None, None],
        [5, "吴科学", "男", None, float(numbers["spoilt"][:15] + "000"), None, union] + [None] * 8,
        [6, "郑错码", "男", None, wrong_digit, None, union] + [None] * 8,
        [7, "许性别", "女", None, numbers["sex"], None, union] + [None] * 8,
        [8, "蔡少年", None, None, factories.id_number(born_on=young), None, union] + [None] * 8,
        [9, "庄坏号", "男", None, factories.id_number(), "0595-87381234", union] + [None] * 8,
        [10, "何方人", "女", None, numbers["union"], None, "螺城石雕工厂工会"] + [None] * 8,
        [11, None, "女", None, factories.id_number(sex="2"), None, union] + [None] * 8,
        [12, "骆X妹", "女", None, factories.id_number(sex="2"), None, union, None, None, "去年"] + [None] * 5,
        [13, "MARIA DA SILVA", "女", "护照", "FX123456", None, union] + [None] * 8,
        [14, "阿依古丽•买买提", None, None, ends_in_x.lower(), "13905950014", union] + [None] * 8,
        [15, "康无会", "男", None, factories.id_number(), None, None] + [None] * 8,
        [16, "邱县级", "男", None, factories.id_number(), None, cast.county.name] + [None] * 8,
        ["合计", None, None, None, None, None, "13人"],
        ["填表人：王小明", None, None, None, None, "审核人："],
    ]  # fmt: skip
    return rows, numbers


def test_a_dirty_roll_is_taken_in_and_every_bad_row_explained(
    cast: Cast, dirty: tuple[list[list[Any]], dict[str, str]]
) -> None:
    rows, numbers = dirty
    summary = take_in(cast, rows)
    assert (summary.rows, summary.created, summary.updated, summary.unchanged) == (16, 4, 0, 0)
    told = faults(summary)
    expected = {
        (7, "id_number"): "与第 6 行的证件号码相同",
        (8, "id_number"): "Excel 已把后几位变成 0",
        (9, "id_number"): "最后一位对不上",
        (10, "sex"): "号码第 17 位表示“男”",
        (11, "id_number"): "未满 16 周岁",
        (12, "phone"): "这是座机号",
        (13, "union"): "是不是：螺城石雕厂工会？",
        (14, "name"): "姓名没有填",
        (15, "joined_on"): "不是日期",
        (16, "born_on"): "请填写“出生日期”",
        (18, "union"): "所在工会没有填",
        (19, "union"): "不直接接收会员",
    }
    assert told.keys() == expected.keys()
    for where, words in expected.items():
        assert words in told[where], where
    assert summary.rejected == 12
    assert not [name for name in told.values() if numbers["clean"] in name]
    assert broken() == []


def test_clean_rows_keep_everything_that_was_written(
    cast: Cast, dirty: tuple[list[list[Any]], dict[str, str]]
) -> None:
    rows, numbers = dirty
    take_in(cast, rows)
    by_name = {person.name: person for person in Person.objects.filter(memberships__union=cast.union)}
    chen, lin, ayi = by_name["陈海生"], by_name["林小燕"], by_name["阿依古丽·买买提"]
    assert (chen.id_number, chen.phone, chen.sex) == (numbers["clean"], "13905950001", "1")
    assert (chen.skill, chen.is_migrant, chen.is_model_worker) == ("3", True, False)
    assert (chen.initials, chen.born_on) == ("chs", date(1990, 5, 1))
    assert (lin.phone, lin.is_migrant, lin.skill) == ("13905950002", True, "")
    assert ayi.id_number.endswith("X")
    memberships = {
        membership.person_id: membership for membership in Membership.objects.filter(union=cast.union)
    }
    assert memberships[chen.pk].joined_on == memberships[chen.pk].started_on == date(2019, 3, 1)
    assert (memberships[lin.pk].joined_on, memberships[lin.pk].state) == (date(2019, 3, 5), "retained")
    assert memberships[by_name["黄阿土"].pk].joined_on == date(2019, 3, 1)
    assert memberships[chen.pk].member_no == f"350521{chen.pk:08d}"
    assert Employment.objects.get(person=chen).job_title == "雕刻工"


def test_a_second_run_changes_nothing(cast: Cast, dirty: tuple[list[list[Any]], dict[str, str]]) -> None:
    rows, _ = dirty
    first = take_in(cast, rows)
    before = (Person.objects.count(), Membership.objects.count(), Employment.objects.count())
    second = take_in(cast, rows)
    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)
    assert second.rejections == first.rejections
    assert (Person.objects.count(), Membership.objects.count(), Employment.objects.count()) == before


def test_a_trial_says_the_same_and_writes_nothing(
    cast: Cast, dirty: tuple[list[list[Any]], dict[str, str]]
) -> None:
    rows, _ = dirty
    people, deeds = Person.objects.count(), AuditRow.objects.count()
    trial = take_in(cast, rows, dry_run=True)
    assert (Person.objects.count(), AuditRow.objects.count()) == (people, deeds)
    assert take_in(cast, rows) == trial


def test_the_report_is_the_sheet_with_an_outcome_beside_each_row(
    cast: Cast, dirty: tuple[list[list[Any]], dict[str, str]], tmp_path: Path
) -> None:
    rows, _ = dirty
    take_in(cast, rows, report=tmp_path / "out.xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx").active
    last = len(COUNTY_HEAD)
    beside = {number: (row[last], row[last + 1]) for number, row in enumerate(sheet.values, start=1)}
    assert beside[3] == ("结果", "原因")
    assert beside[4][0] == "新增"
    assert beside[7] == ("未导入", "证件号码：与第 6 行的证件号码相同，同一个人只留一行。")
    assert beside[20] == ("跳过", "合计行")
    assert sheet.cell(4, 2).value == "陈海生"


def test_each_person_and_the_import_are_in_the_audit_trail_without_their_numbers(cast: Cast) -> None:
    file = roll(cast.union.name, 3)
    operations.import_roll(file, scope=cast.county, actor=cast.county_officer)
    enrolled = AuditRow.objects.filter(action="membership:person:enrol")
    assert enrolled.count() == 3
    row = enrolled.first()
    assert (row.actor_id, row.org_id, row.org_path) == (
        cast.county_officer.pk,
        cast.union.pk,
        cast.union.path,
    )
    whole = AuditRow.objects.get(action="membership:roll:import")
    assert whole.after["created"] == 3
    assert len(whole.after["file"]) == 16
    written = str(list(AuditRow.objects.values_list("after", flat=True)))
    assert not [person for person in Person.objects.all() if person.id_number in written]


def test_other_modules_hear_of_every_new_member(cast: Cast) -> None:
    heard: list[int] = []
    events.member_joined.connect(
        lambda **fact: heard.append(fact["union_id"]), weak=False, dispatch_uid="test"
    )
    try:
        take_in(cast, [HEAD, clean_row(cast.union.name, "林一"), clean_row(cast.neighbour.name, "林二")])
    finally:
        events.member_joined.disconnect(dispatch_uid="test")
    assert heard == [cast.union.pk, cast.neighbour.pk]


# --- People on record


def person_of(cast: Cast) -> Person:
    return Person.objects.get(account=cast.member)


def row_of(person: Person, union: str, **other: Any) -> list[Any]:
    values = {"name": person.name, "number": person.id_number, "phone": None, "joined": None} | other
    return [values["name"], values["number"], values["phone"], union, values["joined"]]


def on_roll(cast: Cast, **fields: Any) -> Person:
    """A member whom nobody has claimed."""
    person = factories.person(**{"name": "吴海生"} | fields)
    factories.membership(person, cast.union)
    return person


def test_a_roll_fills_in_and_corrects_what_it_says_otherwise(cast: Cast) -> None:
    person = on_roll(cast)
    head = [*HEAD, "工作单位", "岗位", "技能等级", "标签", "会籍状态"]
    row = [*row_of(person, cast.union.name, phone="13900001111", joined=date(2018, 1, 2)), "石雕厂", "雕刻工", "2",
           "骨干、党员", "保留"]  # fmt: skip
    assert take_in(cast, [head, row]).updated == 1
    person.refresh_from_db()
    held = Membership.objects.get(person=person)
    assert (person.phone, person.skill, person.tags) == ("13900001111", "2", ["骨干", "党员"])
    assert (held.state, held.joined_on, held.started_on) == ("retained", date(2018, 1, 2), date(2018, 1, 2))
    assert Employment.objects.get(person=person, until=None).job_title == "雕刻工"
    deed = AuditRow.objects.get(action="membership:person:update")
    assert set(deed.after["fields"]) == {"phone", "skill", "tags", "employment", "state", "joined_on"}
    assert take_in(cast, [head, row]).unchanged == 1
    assert broken() == []


def test_the_phone_and_dates_of_somebody_with_an_account_stay(cast: Cast) -> None:
    person = person_of(cast)
    row = row_of(person, cast.union.name, phone="13900001111", joined=date(2001, 1, 1))
    assert take_in(cast, [HEAD, row]).unchanged == 1
    person.refresh_from_db()
    assert person.phone == cast.member.phone
    assert Membership.objects.get(person=person).joined_on == date(2020, 1, 1)


def test_a_known_number_under_another_name_is_refused_for_both_cells(cast: Cast) -> None:
    person = on_roll(cast)
    told = faults(take_in(cast, [HEAD, row_of(person, cast.union.name, name="吴海声")]))
    assert told.keys() == {(2, "name"), (2, "id_number")}
    assert "“吴*生”" in told[2, "name"]
    assert "填错了号码" in told[2, "id_number"]
    person.refresh_from_db()
    assert person.name == "吴海生"


@pytest.mark.parametrize(
    ("recorded", "written"),
    [
        ("阿卜杜拉·买买提", "阿卜杜拉 . 买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉买买提"),
        ("王䶮", "王\ue863"),
        ("Li Ming", "LI MING"),
        ("金\uf90a", "金金"),
    ],
)
def test_two_spellings_of_one_name_are_one_person(cast: Cast, recorded: str, written: str) -> None:
    person = on_roll(cast, name=recorded)
    assert take_in(cast, [HEAD, row_of(person, cast.union.name, name=written)]).unchanged == 1
    person.refresh_from_db()
    assert person.name == recorded


def test_a_member_of_another_union_within_reach_is_sent_to_transfer(cast: Cast) -> None:
    person = on_roll(cast)
    field, reason = the_only(take_in(cast, [HEAD, row_of(person, cast.neighbour.name)]))
    assert (field, reason) == ("union", f"已是{cast.union.name}会员，换单位请办理转会。")


def test_who_may_not_see_the_other_union_does_not_learn_its_name(cast: Cast) -> None:
    person = on_roll(cast)
    file = workbook([HEAD, row_of(person, cast.neighbour.name)])
    summary = operations.import_roll(file, scope=cast.neighbour, actor=cast.neighbour_officer)
    field, reason = the_only(summary)
    assert (field, reason) == ("union", "已是其他工会会员，换单位请办理转会。")
    wrong = workbook([HEAD, row_of(person, cast.neighbour.name, name="陈别人")])
    told = faults(operations.import_roll(wrong, scope=cast.neighbour, actor=cast.neighbour_officer))
    assert not [reason for reason in told.values() if "吴" in reason or cast.union.name in reason]


def test_a_union_outside_the_import_is_not_found(cast: Cast) -> None:
    file = workbook([HEAD, clean_row(cast.neighbour.name, "林一")])
    field, reason = the_only(operations.import_roll(file, scope=cast.township, actor=cast.township_officer))
    assert field == "union"
    assert reason.startswith(f"在{cast.township.name}范围内没有找到")
    assert not Membership.objects.filter(person__name="林一").exists()


def test_an_old_list_puts_nobody_back_who_left_since(cast: Cast) -> None:
    person = factories.person(name="吴海生")
    ended = factories.membership(person, cast.union, state="left")
    field, reason = the_only(take_in(cast, [HEAD, row_of(person, cast.union.name, joined=date(2020, 1, 1))]))
    assert field == "joined_on"
    assert "退会" in reason
    Membership.objects.filter(pk=ended.pk).update(ended_on=date(2022, 1, 1))
    again = take_in(cast, [HEAD, row_of(person, cast.union.name, joined=date(2023, 1, 1))])
    assert again.created == 1
    held = Membership.objects.get(person=person, state="active")
    assert (held.member_no, held.started_on) == (ended.member_no, date(2023, 1, 1))
    assert broken() == []


@pytest.mark.parametrize("state", ["deceased", "expelled"])
def test_the_dead_and_the_expelled_are_not_taken_in(cast: Cast, state: str) -> None:
    person = factories.person(name="吴海生")
    factories.membership(person, cast.neighbour, state=state)
    assert the_only(take_in(cast, [HEAD, row_of(person, cast.union.name)]))[0] == "id_number"


def test_somebody_with_an_account_becomes_a_member_and_is_told(cast: Cast) -> None:
    account = accounts.account(name="吴海生")
    person = factories.person(name="吴海生", account=account)
    assert take_in(cast, [HEAD, row_of(person, cast.union.name)]).created == 1
    from huigong.people.inbox.models import Message

    assert cast.union.name in Message.objects.get(account=account).title


def test_a_member_under_a_second_number_is_remarked_on(cast: Cast, tmp_path: Path) -> None:
    on_roll(cast, phone="13900001111")
    row = ["吴海生", factories.id_number(), "13900001111", cast.union.name, date(2020, 1, 1)]
    again = ["吴海生", factories.id_number(), "13900001111", cast.union.name, date(2020, 1, 1)]
    take_in(cast, [HEAD, row, again], dry_run=True, report=tmp_path / "out.xlsx")
    values = list(load_workbook(tmp_path / "out.xlsx").active.values)
    assert "名册上已有同名同手机号" in values[1][-1]
    assert "与第 2 行同名同手机号" in values[2][-1]


# --- Which union


def test_a_union_is_found_by_short_name_code_unit_or_covered_unit(cast: Cast) -> None:
    joint = orgs.create_union(
        "城南片区联合工会", level=5, kind="joint", parent=cast.township, actor=SYSTEM, short_name="城南联合",
        uscc="813505210000000001", unit_name="城南社区居委会",
    )  # fmt: skip
    orgs.set_covered_units(joint, [("好运来餐饮店", "")], actor=SYSTEM)
    words = [
        "城南联合",
        "城南片区联合工会委员会",
        "城南片区 联合工会",
        "城南社区居委会",
        "好运来餐饮店",
        "813505210000000001",
    ]
    rows = [clean_row(word, f"林{place}") for place, word in zip("一二三四五六", words, strict=True)]
    summary = take_in(cast, [HEAD, *rows])
    assert summary.rejections == []
    assert Membership.objects.filter(union=joint).count() == len(words)


def test_two_unions_of_one_name_are_both_named(cast: Cast) -> None:
    unions.grassroots(cast.neighbour_township, cast.union.name)
    field, reason = the_only(take_in(cast, [HEAD, clean_row(cast.union.name, "林一")]))
    assert field == "union"
    assert f"{cast.union.name}（{cast.township.name}）" in reason
    assert f"{cast.union.name}（{cast.neighbour_township.name}）" in reason


def test_a_roll_of_one_union_needs_no_column_for_it(cast: Cast) -> None:
    head, row = [*HEAD[:3], HEAD[4]], clean_row("", "林一")
    file = workbook([head, [*row[:3], row[4]]])
    assert operations.import_roll(file, scope=cast.union, actor=cast.officer).created == 1
    with pytest.raises(TableRefused, match="要有“所在工会”这一列"):
        operations.import_roll(workbook([head, [*row[:3], row[4]]]), scope=cast.county, actor=SYSTEM)


def test_a_file_without_what_is_needed_is_refused_as_a_whole(cast: Cast) -> None:
    with pytest.raises(TableRefused, match="证件号码"):
        take_in(cast, [["姓名", "所在工会"], ["林一", cast.union.name]])


# --- Safe to run again


def test_an_import_that_dies_in_the_middle_is_finished_by_the_next_run(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK", 10)
    file = roll(cast.union.name, 45)

    class KilledError(Exception):
        pass

    def die(done: int, height: int) -> None:
        if done > 20:
            raise KilledError

    with pytest.raises(KilledError):
        operations.import_roll(file, scope=cast.county, actor=SYSTEM, progress=die)
    before = Membership.objects.filter(union=cast.union).count()
    file.seek(0)
    summary = operations.import_roll(file, scope=cast.county, actor=SYSTEM)
    assert (summary.unchanged, summary.created) == (20, 25)
    assert Membership.objects.filter(union=cast.union).count() == before + 25
    assert broken() == []


def test_a_chunk_costs_the_same_number_of_queries_however_many_rows_it_has(cast: Cast) -> None:
    def queries(file: Any) -> int:
        file.seek(0)
        flags.forget()
        with CaptureQueriesContext(connection) as captured:
            operations.import_roll(file, scope=cast.county, actor=SYSTEM)
        return len(captured)

    few, many = roll(cast.union.name, 3, name="林小{}"), roll(cast.union.name, 60, name="林大{}")
    assert queries(few) == queries(many) < 20
    assert queries(few) == queries(many) < 12


def test_a_union_that_is_still_being_founded_is_named_so(cast: Cast) -> None:
    founding = unions.grassroots(cast.township, "新厂工会")
    Union.objects.filter(pk=founding.pk).update(state="recruiting")
    summary = take_in(cast, [HEAD, clean_row(founding.name, "林一")])
    assert the_only(summary) == ("union", f"{founding.name}还在建会，批准建会后才能导入会员。")


def test_a_hidden_row_is_taken_in_and_said_so(cast: Cast, tmp_path: Path) -> None:
    book = load_workbook(
        workbook([HEAD, clean_row(cast.union.name, "林一"), clean_row(cast.union.name, "林二")])
    )
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "hidden.xlsx")
    report = tmp_path / "report.xlsx"
    summary = operations.import_roll(
        tmp_path / "hidden.xlsx", scope=cast.county, actor=SYSTEM, dry_run=True, report=report
    )
    assert summary.created == 2
    told = [row[-1] or "" for row in load_workbook(report).active.iter_rows(values_only=True)]
    assert ["隐藏" in words for words in told] == [False, False, True]


def test_sheets_that_were_not_read_are_named_and_one_may_be_chosen(cast: Cast, tmp_path: Path) -> None:
    book = load_workbook(workbook([HEAD, clean_row(cast.union.name, "林一")]))
    book.active.title = "一车间"
    other = book.create_sheet("二车间")
    for row in (HEAD, clean_row(cast.union.name, "林二")):
        other.append(row)
    book.save(tmp_path / "two.xlsx")
    first = operations.import_roll(tmp_path / "two.xlsx", scope=cast.county, actor=SYSTEM)
    assert (first.created, first.unread) == (1, ("二车间",))
    second = operations.import_roll(
        tmp_path / "two.xlsx", scope=cast.county, actor=SYSTEM, sheet_name="二车间"
    )
    assert second.created == 1
    assert set(Person.objects.filter(name__startswith="林").values_list("name", flat=True)) == {
        "林一",
        "林二",
    }
    assert second.as_json().keys() == {
        "rows", "created", "updated", "unchanged", "rejected", "rejections",
    }  # fmt: skip
    with pytest.raises(TableRefused, match="没有名为“三车间”的工作表"):
        operations.import_roll(tmp_path / "two.xlsx", scope=cast.county, actor=SYSTEM, sheet_name="三车间")
