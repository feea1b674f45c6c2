"""A roll as a spreadsheet: the columns that are read, and the many ways in which cadres head and fill them."""

import io
import re
from dataclasses import replace
from functools import lru_cache
from typing import IO

from huigong.core.tables import (
    Column,
    Mapping,
    Schema,
    Sheet,
    cells,
    open_sheet,
    propose_mapping,
    write_table,
)
from huigong.people.membership.models import (
    Education,
    EmploymentStatus,
    Ethnicity,
    Membership,
    PoliticalStatus,
    RollImport,
    Skill,
    WorkForm,
)

_WORK_FORMS = {
    "职工": WorkForm.ENTERPRISE,
    "企业": WorkForm.ENTERPRISE,
    "机关": WorkForm.PUBLIC,
    "事业单位": WorkForm.PUBLIC,
    "机关事业单位": WorkForm.PUBLIC,
    "快递": WorkForm.COURIER,
    "快递小哥": WorkForm.COURIER,
    "外卖员": WorkForm.RIDER,
    "外卖骑手": WorkForm.RIDER,
    "骑手": WorkForm.RIDER,
    "网约车司机": WorkForm.DRIVER,
    "货车司机": WorkForm.DRIVER,
    "司机": WorkForm.DRIVER,
    "劳务派遣": WorkForm.DISPATCHED,
    "派遣工": WorkForm.DISPATCHED,
    "灵活就业": WorkForm.FLEXIBLE,
}
_SKILLS = {
    "高级工": Skill.ADVANCED,
    "中级工": Skill.INTERMEDIATE,
    "初级工": Skill.JUNIOR,
    "高级技师（一级）": Skill.SENIOR_TECHNICIAN,
    "技师（二级）": Skill.TECHNICIAN,
    "高级工（三级）": Skill.ADVANCED,
    "中级工（四级）": Skill.INTERMEDIATE,
    "初级工（五级）": Skill.JUNIOR,
}
_ETHNICITIES = {ethnicity.label.removesuffix("族"): ethnicity for ethnicity in Ethnicity}
_SCHOOLS = {
    Education.POSTGRADUATE: (
        "研究生", "博士", "硕士", "博士研究生", "硕士研究生", "研究生班",
        "博士研究生毕业", "硕士研究生毕业", "研究生班毕业",
    ),
    Education.UNDERGRADUATE: ("本科", "大学", "大学本科", "本科毕业", "大学本科毕业", "大学普通班毕业", "学士"),
    Education.COLLEGE: ("专科", "大专", "高职", "大学专科", "专科毕业", "大学专科毕业", "大专毕业"),
    Education.VOCATIONAL: (
        "中专", "中职", "职高", "技校", "中等专科", "中等职业", "职业高中", "技工学校",
        "中等专科毕业", "中专毕业", "职业高中毕业", "技工学校毕业", "技校毕业",
    ),
    Education.HIGH_SCHOOL: ("高中", "普通高中", "高中毕业", "普通高中毕业"),
    Education.MIDDLE_SCHOOL: ("初中", "初中毕业"),
    Education.PRIMARY_SCHOOL: ("小学", "小学毕业"),
    Education.OTHER: ("文盲", "半文盲", "文盲或半文盲", "无学历"),
}  # fmt: skip
_EDUCATIONS = {
    **{f"{group.value[0]}{unit}": group for group in Education for unit in range(1, 10)},
    **{wording: group for group, wordings in _SCHOOLS.items() for wording in wordings},
}
"""GB/T 4658 parts its groups further (21 大学本科毕业, 22 结业); all of a group is the group."""
_PARTIES = {
    "党员": PoliticalStatus.PARTY_MEMBER,
    "共产党员": PoliticalStatus.PARTY_MEMBER,
    "中国共产党党员": PoliticalStatus.PARTY_MEMBER,
    "预备党员": PoliticalStatus.PROBATIONARY_MEMBER,
    "中国共产党预备党员": PoliticalStatus.PROBATIONARY_MEMBER,
    "团员": PoliticalStatus.YOUTH_LEAGUE,
    "中国共产主义青年团团员": PoliticalStatus.YOUTH_LEAGUE,
    "民革": PoliticalStatus.MINGE,
    "民革会员": PoliticalStatus.MINGE,
    "民盟": PoliticalStatus.MINMENG,
    "民建": PoliticalStatus.MINJIAN,
    "民进": PoliticalStatus.MINJIN,
    "农工党": PoliticalStatus.NONGGONG,
    "农工民主党党员": PoliticalStatus.NONGGONG,
    "致公党": PoliticalStatus.ZHIGONG,
    "九三学社": PoliticalStatus.JIUSAN,
    "台盟": PoliticalStatus.TAIMENG,
    "无党派": PoliticalStatus.NO_PARTY,
    "无党派民主人士": PoliticalStatus.NO_PARTY,
    "普通群众": PoliticalStatus.MASSES,
    "普通公民": PoliticalStatus.MASSES,
}
_EMPLOYMENT = {"在职": EmploymentStatus.EMPLOYED, "退休人员": EmploymentStatus.RETIRED}
_STATES = {
    Membership.State.ACTIVE.value: "在籍",
    Membership.State.RETAINED.value: "保留",
}
_STATE_WORDINGS = {
    "保留会籍": Membership.State.RETAINED,
    "正常": Membership.State.ACTIVE,
    "在会": Membership.State.ACTIVE,
    "有效": Membership.State.ACTIVE,
}
_MOST_TAGS = 10


def _remembered(parse: cells.Parse) -> cells.Parse:
    """For columns where the same few words come again and again."""
    return lru_cache(maxsize=1000, typed=True)(parse)


def _model_worker(cell: cells.Cell) -> bool:
    """省劳模 says it as well as 是."""
    written = cells.as_text(cell)
    return True if re.search("劳模|劳动模范", written) else bool(cells.yes_no(cell))


def _tags(cell: cells.Cell) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(filter(None, re.split(r"[\s、,，;；/|]+", cells.as_text(cell)))))
    if len(tags) > _MOST_TAGS or any(len(tag) > 20 for tag in tags):
        raise ValueError(f"标签最多 {_MOST_TAGS} 个，每个最多 20 个字，用顿号隔开。")
    return tags


_ID_NUMBER = Column(
    "id_number",
    "证件号码",
    cells.document_number,
    ("身份证号", "身份证号码", "身份证", "居民身份证号", "公民身份号码", "证件号"),
    required=True,
)

ROLL = Schema(
    columns=(
        Column("name", "姓名", cells.name, ("职工姓名", "会员姓名", "名字"), required=True),
        _ID_NUMBER,
        Column(
            "document_kind",
            "证件类型",
            cells.as_text,
            ("证件种类", "证件类别", "证件名称"),
            help="身份证可不填",
        ),
        Column("sex", "性别", _remembered(cells.sex), help="与身份证号核对"),
        Column(
            "born_on",
            "出生日期",
            cells.day,
            ("出生年月日", "出生年月", "生日"),
            help="护照、通行证才需要",
        ),
        Column(
            "phone",
            "手机号",
            cells.phone,
            ("手机号码", "联系电话", "联系方式", "移动电话", "电话"),
            telling=True,
            help="会员认领和接收通知用",
        ),
        Column(
            "union",
            "所在工会",
            cells.text(120),
            ("工会名称", "所属工会", "基层工会", "工会全称", "所属基层工会", "会籍所在工会"),
            help="工会全称、简称或信用代码",
        ),
        Column(
            "unit_name",
            "工作单位",
            cells.text(120),
            ("单位名称", "所在单位", "单位全称", "用人单位", "企业名称", "单位"),
        ),
        Column("job_title", "岗位", cells.text(60), ("工种", "职务", "岗位名称", "从事岗位", "现任职务")),
        Column("joined_on", "入会日期", cells.day, ("入会时间", "入会年月", "加入工会时间", "入会年月日")),
        Column(
            "work_form",
            "就业形态",
            _remembered(cells.choice(WorkForm, _WORK_FORMS)),
            ("用工形式", "从业形态", "职工类型", "职工类别"),
        ),
        Column(
            "skill",
            "技能等级",
            _remembered(cells.choice(Skill, _SKILLS)),
            ("职业技能等级", "技术等级", "技能水平"),
        ),
        Column("ethnicity", "民族", _remembered(cells.choice(Ethnicity, _ETHNICITIES)), ("族别", "民族成分")),
        Column(
            "education",
            "学历",
            _remembered(cells.choice(Education, _EDUCATIONS)),
            ("文化程度", "最高学历", "受教育程度", "学历层次"),
        ),
        Column(
            "political_status",
            "政治面貌",
            _remembered(cells.choice(PoliticalStatus, _PARTIES)),
            ("政治面目", "政治身份", "党派"),
        ),
        Column(
            "employment_status",
            "就业状况",
            _remembered(cells.choice(EmploymentStatus, _EMPLOYMENT)),
            ("就业状态", "在岗情况"),
        ),
        Column("is_migrant", "农民工", _remembered(cells.yes_no), ("是否农民工", "进城务工人员")),
        Column("is_model_worker", "劳模", _remembered(_model_worker), ("是否劳模", "劳动模范", "劳模先进")),
        Column("tags", "标签", _tags, ("人员标签", "分类标签")),
        Column(
            "state",
            "会籍状态",
            _remembered(cells.choice(_STATES, _STATE_WORDINGS)),
            ("会员状态", "会籍情况"),
            help="在籍或保留",
        ),
    ),
)
LABELS = {column.name: column.label for column in ROLL.columns}

_FINDING = replace(
    ROLL,
    columns=tuple(
        replace(column, parse=cells.id_number, telling=True) if column is _ID_NUMBER else column
        for column in ROLL.columns
    ),
)
"""To recognise the column of ID numbers by its content, it must hold nothing else; to read it, any document will do."""


def open_roll(file: IO[bytes] | bytes, *, sheet: str | None = None) -> Sheet:
    """The sheet of that name, or the one that looks most like a roll. Raises `TableRefused` for what is no table."""
    return open_sheet(file, _FINDING, name=sheet)


def propose_columns(sheet: Sheet, *, header_row: int | None = None) -> Mapping:
    """Which column of the sheet holds what, for a person to confirm."""
    return propose_mapping(sheet, _FINDING, header_row=header_row)


def columns_of(roll_import: RollImport, sheet: Sheet, *, header_row: int | None = None) -> Mapping:
    """What was confirmed or proposed for an import; proposed anew for another sheet or another header."""
    kept = Mapping.from_json(roll_import.mapping)
    is_same = sheet.name == roll_import.sheet_name and header_row in (None, kept.header_row)
    return kept if is_same else propose_columns(sheet, header_row=_within(header_row, sheet))


def _within(header_row: int | None, sheet: Sheet) -> int | None:
    return header_row if header_row is not None and header_row <= len(sheet.head) else None


def empty_roll() -> IO[bytes]:
    """A workbook with our own headings and nothing below."""
    file = io.BytesIO()
    write_table(file, [column.label for column in ROLL.columns], [])
    file.seek(0)
    return file
