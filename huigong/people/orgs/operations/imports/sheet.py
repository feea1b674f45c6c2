"""A list of unions as a spreadsheet: the columns that are read, and how cadres head and fill them."""

import re
import unicodedata

from huigong.core import identity
from huigong.core.tables import Column, Schema, cells
from huigong.people.orgs.models import Union

Kind = Union.Kind
Level = Union.Level

_KINDS = {
    "独立": Kind.INDEPENDENT,
    "独立工会": Kind.INDEPENDENT,
    "基层工会": Kind.INDEPENDENT,
    "单位工会": Kind.INDEPENDENT,
    "联合": Kind.JOINT,
    "联合工会": Kind.JOINT,
    "乡镇工会": Kind.TOWNSHIP,
    "乡镇总工会": Kind.TOWNSHIP,
    "街道工会": Kind.TOWNSHIP,
    "街道总工会": Kind.TOWNSHIP,
    "产业工会": Kind.INDUSTRY,
    "系统工会": Kind.INDUSTRY,
    "村工会": Kind.VILLAGE,
    "社区工会": Kind.VILLAGE,
    "行业工会": Kind.TRADE,
    "行业联合": Kind.TRADE,
    "行业联合会": Kind.TRADE,
    "行业性工会联合会": Kind.TRADE,
    "区域联合": Kind.REGIONAL,
    "区域联合会": Kind.REGIONAL,
    "区域性工会联合会": Kind.REGIONAL,
    "工作委员会": Kind.WORK_COMMITTEE,
    "分会": Kind.BRANCH,
    "支会": Kind.BRANCH,
    "小组": Kind.GROUP,
}
_OWNERSHIPS = {
    "国有": "state_owned",
    "集体": "collective",
    "民营": "private",
    "私营": "private",
    "民营企业": "private",
    "私营企业": "private",
    "外资": "foreign",
    "外资企业": "foreign",
    "机关": "state_organ",
    "事业单位": "state_organ",
    "机关事业单位": "state_organ",
    "个体": "sole",
}
_KIND_BY_NAME = (
    (re.compile(r"(镇|乡|街道)(总工会|工会)$"), Kind.TOWNSHIP),
    (re.compile(r"(系统|产业)工会$"), Kind.INDUSTRY),
    (re.compile(r"(开发区|工业园区?)(总工会|工会)$"), Kind.ZONE),
    (re.compile(r"行业.*工会(联合会)?$"), Kind.TRADE),
    (re.compile(r"工会联合会$"), Kind.REGIONAL),
    (re.compile(r"联合工会$"), Kind.JOINT),
    (re.compile(r"(村|社区)(工会|联合工会)$"), Kind.VILLAGE),
    (re.compile(r"工会工作委员会$"), Kind.WORK_COMMITTEE),
    (re.compile(r"(分会|支会)$"), Kind.BRANCH),
    (re.compile(r"工会小组$"), Kind.GROUP),
)
_LEVELS = {
    Kind.FEDERATION: Level.COUNTY,
    Kind.TOWNSHIP: Level.TOWNSHIP,
    Kind.INDUSTRY: Level.TOWNSHIP,
    Kind.ZONE: Level.TOWNSHIP,
    Kind.GROUP: Level.GROUP,
}


def kind_of(name: str) -> Kind:
    """The kind that a name tells; a unit's own union where it tells none."""
    return next((kind for shape, kind in _KIND_BY_NAME if shape.search(name)), Kind.INDEPENDENT)


def level_of(kind: str) -> int:
    """The level that a union of this kind stands at when the file says none."""
    return _LEVELS.get(Kind(kind), Level.GRASSROOTS)


def _name(cell: cells.Cell) -> str:
    name = identity.normalise_name(cells.as_text(cell))
    if not 4 <= len(name) <= 60 or not re.search("工会|分会|支会", name):
        raise ValueError("请写工会全称，如“惠安县某某公司工会”。")
    return name


def _place(cell: cells.Cell) -> str:
    """A name or a credit code of another union."""
    return identity.normalise_name(cells.as_text(cell))[:120]


def _telephone(cell: cells.Cell) -> str:
    """Also a landline with its extension."""
    written = re.sub(r"[\s\u2010-\u2015]+", "-", unicodedata.normalize("NFKC", cells.as_text(cell)))
    if not 7 <= len(re.sub(r"\D", "", written)) <= 16 or not re.fullmatch(r"[0-9()+转*#-]{7,20}", written):
        raise ValueError("不是电话号码，只留一个，如 0595-87380000。")
    return written


def _region(cell: cells.Cell) -> str:
    written = identity.normalise_number(cells.as_text(cell))
    if not re.fullmatch(r"[0-9]{6}([0-9]{3}){0,2}", written):
        raise ValueError("行政区划代码是 6、9 或 12 位数字。")
    return written


UNIONS = Schema(
    columns=(
        Column(
            "name", "工会名称", _name, ("工会全称", "基层工会名称", "工会组织名称", "名称"), required=True
        ),
        Column("short_name", "简称", cells.text(40), ("工会简称",)),
        Column(
            "parent",
            "上级工会",
            _place,
            ("上级工会名称", "主管工会", "所属上级工会", "隶属工会", "所属乡镇", "所属工会"),
            help="不填就是导入到的工会",
        ),
        Column("second_parent", "协管工会", _place, ("地方协管工会", "双重领导工会")),
        Column(
            "kind",
            "工会类型",
            cells.choice(Kind, _KINDS),
            ("基层工会类型", "工会类别", "组织类型", "建会形式"),
            help="不填就按名称判断",
        ),
        Column("unit_name", "单位名称", cells.text(120), ("所在单位", "单位全称", "企业名称", "单位")),
        Column(
            "unit_uscc",
            "单位信用代码",
            cells.credit_code,
            ("单位统一社会信用代码", "统一社会信用代码", "社会信用代码", "信用代码", "企业信用代码"),
        ),
        Column(
            "uscc",
            "工会信用代码",
            cells.credit_code,
            ("工会统一社会信用代码", "工会法人信用代码", "工会法人统一社会信用代码"),
        ),
        Column(
            "ownership",
            "单位性质",
            cells.choice(Union.Ownership, _OWNERSHIPS),
            ("企业性质", "经济类型", "单位类型"),
        ),
        Column("industry", "行业", cells.text(40), ("所属行业", "行业类别")),
        Column("region_code", "行政区划代码", _region, ("区划代码", "政区代码")),
        Column("address", "地址", cells.text(200), ("单位地址", "工会地址", "详细地址", "通讯地址")),
        Column("contact_phone", "工会电话", _telephone, ("联系电话", "电话", "办公电话")),
        Column("worker_count", "职工人数", cells.whole(0, 1_000_000), ("职工数", "职工总数", "在职职工数")),
        Column("founded_on", "建会日期", cells.day, ("建会时间", "成立时间", "成立日期", "建会年月")),
        Column("elected_on", "换届日期", cells.day, ("换届时间", "最近换届时间", "换届年月")),
        Column("term_number", "届次", cells.whole(1, 99), ("届数", "第几届")),
    ),
    unique=("uscc",),
)
UNION_LABELS = {column.name: column.label for column in UNIONS.columns}
