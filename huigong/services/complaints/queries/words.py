"""How cases are put into words, for their author and for those who handle them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from huigong.core import calendar
from huigong.core.formats import day_zh, thousands, yuan
from huigong.services.complaints.models import Case, Deadline, Entry
from huigong.services.complaints.queries.terms import terms

_TONES = {
    Case.State.RECEIVED: "gold",
    Case.State.ACCEPTED: "blue",
    Case.State.HANDLING: "blue",
    Case.State.PAUSED: "grey",
    Case.State.REPLIED: "ok",
    Case.State.VISITED: "ok",
    Case.State.CLOSED: "grey",
    Case.State.DECLINED: "red",
    Case.State.TRANSFERRED: "grey",
}
_BAD = {
    Entry.Kind.DECLINED,
    Entry.Kind.CHECK_FAILED,
    Entry.Kind.EXTENSION_REFUSED,
    Entry.Kind.LETTER_RETURNED,
}

_NEXT = {
    Case.State.RECEIVED: "县总工会会在 {accept} 个工作日内告诉您是否受理。",
    Case.State.ACCEPTED: "已经受理，正在安排专人办理。",
    Case.State.HANDLING: "专人正在办理。有了结果会在这里答复您。",
    Case.State.PAUSED: "办理期限暂停计算，原因见下面的进展。",
    Case.State.REPLIED: "已经答复。请看看是否满意；不满意可以要求重新办理。",
    Case.State.VISITED: "已经回访，质检通过后办结。",
    Case.State.CLOSED: "已经办结。问题没有解决的，可以要求重新办理。",
    Case.State.DECLINED: "没有受理，原因见下面的进展。您可以补充理由，要求重新审查。",
    Case.State.TRANSFERRED: "已经转给有权处理的部门，去哪里问见下面的进展。",
}


def what_comes(state: str) -> str:
    """What comes now, in plain words."""
    return _NEXT[Case.State(state)].format(accept=terms().accept)


def tone_of(state: str) -> str:
    return _TONES[Case.State(state)]


def is_bad(kind: Entry.Kind) -> bool:
    return kind in _BAD


def tags_of(case: Case) -> list[tuple[str, str]]:
    """State, how it is signed, and what sort it is."""
    naming = {"named": "blue", "withheld": "gold", "anonymous": "grey"}
    return [
        (case.get_state_display(), tone_of(case.state)),
        (case.get_naming_display(), naming[case.naming]),
        (case.get_demand_display(), "grey"),
        *([("12351", "blue")] if case.source == Case.Source.HOTLINE else []),
        *([(f"第 {case.reopened + 1} 次办理", "red")] if case.reopened else []),
    ]


def facts(case: Case, story: dict[str, Any]) -> list[tuple[str, str]]:
    """What it is about, without the story."""
    return [
        ("编号", f"{case.number[:4]} {case.number[4:]}"),
        ("来源", f"12351 热线，工单 {story['order']}" if "order" in story else ""),
        ("提交日期", day_zh(case.lodged_on)),
        ("事由", case.get_cause_display()),
        ("难易", case.get_tier_display()),
        ("用人单位", story["employer"]),
        ("信用代码", story["employer_code"]),
        ("涉及金额", "" if case.amount_fen is None else yuan(case.amount_fen)),
        ("涉及人数", f"{thousands(case.people_affected)} 人"),
        ("满意度", f"{case.rating} 分（满分 5 分）" if case.rating else ""),
    ]


def step_lines(kind: Entry.Kind, words: dict[str, Any]) -> str:
    """What was said in a step."""
    said = words.get("text", "")
    first = {
        Entry.Kind.TRANSFERRED: f"转给：{words.get('body', '')}",
        Entry.Kind.EXTENDED: f"增加 {words.get('days', 0)} 个工作日",
        Entry.Kind.EXTENSION_ASKED: f"申请增加 {words.get('days', 0)} 个工作日",
        Entry.Kind.VISITED: f"回访结果：{words.get('outcome', '')}",
        Entry.Kind.RATED: f"{words.get('stars', 0)} 分（满分 5 分）",
        Entry.Kind.SUPPLEMENTED: f"附 {words['files']} 份材料" if words.get("files") else "",
        Entry.Kind.MERGED: _other("并入", words),
        Entry.Kind.TOOK_IN: _other("并入的诉求", words),
        Entry.Kind.UNMERGED: _other("分开的诉求", words),
        Entry.Kind.LETTER_ISSUED: _sent_out(words),
        Entry.Kind.LETTER_ANSWERED: f"对{words.get('letter', '')}的答复，办理人正在核实。",
        Entry.Kind.LETTER_MOVED: f"{words.get('letter', '')}：{words.get('before', '')} 改为 {words.get('after', '')}",
        Entry.Kind.LETTER_DRAFTED: words.get("letter", ""),
        Entry.Kind.LETTER_SUBMITTED: words.get("letter", ""),
        Entry.Kind.LETTER_RETURNED: words.get("letter", ""),
        Entry.Kind.LETTER_DROPPED: words.get("letter", ""),
    }.get(kind, "")
    return "\n".join(part for part in (first, said) if part)


def _other(what: str, words: dict[str, Any]) -> str:
    number = words.get("other", "")
    return f"{what}：{number[:4]} {number[4:]}"


def _sent_out(words: dict[str, Any]) -> str:
    """That a letter went out, in plain words: to whom, by when it is to be answered, and that nobody is named in it."""
    to, letter, days = (words.get(name, "") for name in ("to", "letter", "days"))
    return f"向{to}发出{letter}，请对方在 {days} 个工作日内书面答复。文书里不写是谁反映的。"


def dues(deadlines: Iterable[Deadline]) -> tuple[str, str] | None:
    """The deadline that runs, in words and with a tone; None when none does."""
    for deadline in deadlines:
        if deadline.ended_on is None:
            words, tone = due_words(deadline)
            return f"{deadline.get_task_display()}期限 {words}", tone
    return None


def due_words(deadline: Deadline) -> tuple[str, str]:
    """今天到期, 已超期 3 天 or the day, with a tone. A day that may still move says so."""
    days = (deadline.due_on - calendar.today()).days
    if days < 0:
        return f"已超期 {-days} 天", "red"
    if days == 0:
        return "今天到期", "red"
    words = "明天到期" if days == 1 else day_zh(deadline.due_on)
    return (
        f"{words}（节假日未公布，暂定）" if deadline.is_provisional else words
    ), "gold" if days <= 2 else "grey"


def grouped(readings: Iterable[tuple[datetime, str, dict[str, Any]]]) -> list[str]:
    """Each reader once a day, with what they looked at and, for an identity, why."""
    days: dict[tuple[Any, str], list[str]] = {}
    for at, what, words in readings:
        who = f"{words['who']}（{words['office']}）" if words.get("office") else words["who"]
        seen = days.setdefault((timezone.localdate(at), who), [])
        look = f"{what}（原因：{words['reason']}）" if words.get("reason") else what
        if look not in seen:
            seen.append(look)
    return [f"{day_zh(day)}　{who}　看了{'、'.join(seen)}" for (day, who), seen in days.items()]
