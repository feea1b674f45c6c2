"""What a sample is made of, and the questions that several of them ask."""

from dataclasses import dataclass
from typing import Any

from huigong.people.membership.queries import LIVE_STATES, Rule

Asked = dict[str, Any]

ACTIVE = Rule()
LIVE = Rule(states=LIVE_STATES)
"""Also those whose membership is retained: who has just lost their work may need help most."""


@dataclass(frozen=True)
class Sample:
    """A scheme to begin with. `note` says what it is for, `rule` whom it means within the union that offers it."""

    key: str
    note: str
    title: str
    intro: str
    questions: tuple[Asked, ...]
    rule: Rule = ACTIVE
    unit_first: bool = True
    unit_days: int = 5
    notice_days: int = 5
    keep_months: int = 24


HOUSEHOLD: Asked = {
    "id": "household_papers",
    "kind": "files",
    "label": "户口簿",
    "required": True,
    "private": True,
    "why": "核对家庭成员和人口数",
    "help": "拍首页和每位家庭成员的那一页，字要看得清",
    "max": 5,
}
INCOME_PAPERS: Asked = {
    "id": "income_papers",
    "kind": "files",
    "label": "收入材料",
    "required": True,
    "private": True,
    "why": "核对上面填的收入",
    "help": "工资条、银行流水或单位证明，有哪样传哪样",
    "max": 5,
}
ACCOUNT: Asked = {
    "id": "account",
    "kind": "text",
    "label": "收款的社保卡或银行卡卡号",
    "required": True,
    "private": True,
    "why": "审定后直接打到您本人的账户，不经过别人的手",
    "help": "要用本人名下的卡",
    "section": "领取方式",
}
BANK: Asked = {
    "id": "bank",
    "kind": "text",
    "label": "开户银行",
    "required": True,
    "help": "写到支行，例如：农业银行某某支行",
}
