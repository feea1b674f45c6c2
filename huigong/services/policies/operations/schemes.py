"""What may be applied for: writing it, opening and closing it, and what may still change once somebody applied."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.core.questions import Question, Questions, SchemaInvalid, parse_schema
from huigong.people.membership.queries import Rule, addressed_by
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.operations.indexing import reindex
from huigong.services.policies.queries.samples import SAMPLES

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State = Scheme.State
TERMS = ("unit_first", "unit_days", "notice_days", "keep_months")
_PLAIN = ("title", "intro", "policy", *TERMS)
_PROMISED = {
    "unit_first": "由谁核实",
    "notice_days": "公示天数",
    "keep_months": "敏感信息保存多久",
}
"""What applicants were told of who learns what, and for how long."""
_TOLD = ("title", "policy_id", "audience", *TERMS)


@transaction.atomic
def create_scheme(union: "Union", *, actor: audit.Actor, sample: str | None = None, **fields: Any) -> Scheme:
    """A draft that `union` offers; what `fields` do not say comes from the `sample` of that key.

    `fields`: title, intro, policy, questions, the terms, and `rule`, whom it is for. Refuses (422) questions that
    do not fit together, terms out of bounds, and a rule that reaches beyond the union.
    """
    scheme = unsaved(union, **_of_sample(sample) | fields)
    reindex(scheme)
    scheme.save()
    audit.record(actor, "policies:scheme:create", scheme, after=_told(scheme), org=union)
    return scheme


def unsaved(union: "Union", **fields: Any) -> Scheme:
    """What `create_scheme` would keep, kept nowhere, to be tried out. Refuses what it refuses."""
    scheme = Scheme(union=union)
    _fill(scheme, fields)
    return scheme


def _of_sample(key: str | None) -> dict[str, Any]:
    if key is None:
        return {"rule": Rule()}
    sample = SAMPLES[key]
    named = {name: getattr(sample, name) for name in ("title", "intro", "rule", *TERMS)}
    return named | {"questions": list(sample.questions)}


@transaction.atomic
def copy_scheme(scheme: Scheme, *, actor: audit.Actor) -> Scheme:
    """A new draft that says and asks the same."""
    kept = {name: getattr(scheme, name) for name in (*_PLAIN, "questions")}
    return create_scheme(scheme.union, actor=actor, rule=Rule.parse(scheme.audience), **kept)


@transaction.atomic
def update_scheme(scheme: Scheme, *, actor: audit.Actor, **fields: Any) -> Scheme:
    """Change it. Refuses what `create_scheme` refuses, and one that is closed ("closed").

    Once somebody has begun to apply, questions may be reworded and added, but not taken away or made into
    others ("asked"), and what applicants were promised stays ("promised"). Nobody can begin meanwhile: they wait.
    """
    locked = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if locked.state == State.CLOSED:
        raise Refused("已结束的项目不能修改。可以延长后再改，或复制一份。", "closed")
    before = _told(locked) | {"questions": locked.questions, "intro": locked.intro}
    _fill(scheme, fields)
    if Application.objects.filter(scheme=scheme).exists():
        _require_promises(locked, scheme)
        _require_same_questions(parse_schema(locked.questions), parse_schema(scheme.questions))
    reindex(scheme)
    scheme.save()
    after = _told(scheme) | {"questions": scheme.questions, "intro": scheme.intro}
    changed = [name for name, value in after.items() if value != before[name]]
    audit.record(
        actor,
        "policies:scheme:update",
        scheme,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        org=scheme.union,
    )
    return scheme


def _fill(scheme: Scheme, fields: Mapping[str, Any]) -> None:
    unknown = fields.keys() - {*_PLAIN, "questions", "rule"}
    if unknown:
        raise TypeError(f"a scheme has no {sorted(unknown)}")
    for name in _PLAIN:
        if name in fields:
            setattr(scheme, name, fields[name])
    if "rule" in fields:
        rule = addressed_by(scheme.union, fields["rule"])
        scheme.audience, scheme.audience_unions = rule.to_json(), list(rule.union_ids)
    if "questions" in fields:
        scheme.questions = _parsed(fields["questions"]).as_json()
    _require_terms(scheme)


def _parsed(questions: Any) -> Questions:
    try:
        return parse_schema(questions)
    except SchemaInvalid as fault:
        raise Refused(str(fault), "bad-questions", status=422) from None


def _require_terms(scheme: Scheme) -> None:
    if not 1 <= scheme.unit_days <= 30 or not 0 <= scheme.notice_days <= 30:
        raise Refused("核实期限是 1 至 30 个工作日，公示 0 至 30 个工作日。", "bad-terms", status=422)
    if not 1 <= scheme.keep_months <= 120:
        raise Refused("敏感信息保存 1 至 120 个月。", "bad-terms", status=422)


def _require_promises(before: Scheme, after: Scheme) -> None:
    for name, words in _PROMISED.items():
        if getattr(before, name) != getattr(after, name):
            raise Refused(
                f"已有人申报，“{words}”不能再改：申报人是照原来的说明填的。需要改，请复制一份新的项目。",
                "promised",
            )


def _require_same_questions(before: Questions, after: Questions) -> None:
    """Answers were given to the old ones and must still be answers to the new."""
    now = {question.id: question for question in after}
    for place, question in enumerate(before, start=1):
        fault = _lost(question, now.get(question.id))
        if fault:
            raise Refused(
                f"已有人申报，原来的第 {place} 题“{question.label}”{fault}。可以改说法、加新题。", "asked"
            )


def _lost(old: Question, new: Question | None) -> str:
    if new is None:
        return "不能删掉，也不能换题型"
    if new.kind != old.kind:
        return "不能换题型"
    if not set(old.options) <= set(new.options):
        return "的选项只能增加，不能去掉或改写"
    return "已说明要加密保存，不能改成不加密" if old.private and not new.private else ""


def _told(scheme: Scheme) -> dict[str, Any]:
    return {name: getattr(scheme, name) for name in _TOLD}


@transaction.atomic
def open_scheme(scheme: Scheme, *, opens_at: datetime, closes_at: datetime, actor: audit.Actor) -> Scheme:
    """Let those whom it is for apply from `opens_at` to `closes_at`.

    Refuses a window that is over or the wrong way round (422), a scheme that asks nothing, and one not in draft.
    """
    if not scheme.questions:
        raise Refused("还没有要填的内容，请先加题目。", "empty", status=422)
    _require_ahead(closes_at)
    if closes_at <= opens_at:
        raise Refused("截止时间要晚于开始时间。", "bad-window", status=422)
    _move(scheme, (State.DRAFT,), State.OPEN, opens_at=opens_at, closes_at=closes_at)
    _record_window(scheme, "open", actor)
    return scheme


@transaction.atomic
def extend(scheme: Scheme, *, closes_at: datetime, actor: audit.Actor) -> Scheme:
    """Give more time; a closed scheme is open again. Refuses an end that is over or not later than the present one."""
    _require_ahead(closes_at)
    if scheme.state == State.OPEN and scheme.closes_at and closes_at <= scheme.closes_at:
        raise Refused("新的截止时间要晚于原来的。", "bad-window", status=422)
    before = scheme.closes_at
    _move(scheme, (State.OPEN, State.CLOSED), State.OPEN, closes_at=closes_at)
    _record_window(scheme, "prolong", actor, before={"closes_at": before})
    return scheme


@transaction.atomic
def close_scheme(scheme: Scheme, *, actor: audit.Actor) -> Scheme:
    """Take no more applications. Those that were handed in go on as before."""
    _move(scheme, (State.OPEN,), State.CLOSED)
    _record_window(scheme, "close", actor)
    return scheme


@transaction.atomic
def discard_scheme(scheme: Scheme, *, actor: audit.Actor) -> None:
    """Throw a draft away; nobody has seen it."""
    locked = Scheme.objects.select_for_update().get(pk=scheme.pk)
    if locked.state != State.DRAFT:
        raise Refused("已开放过的项目不能删除，可以结束它。", "wrong-state")
    audit.record(actor, "policies:scheme:discard", scheme, before=_told(locked), org=scheme.union)
    scheme.delete()


def _require_ahead(closes_at: datetime) -> None:
    if closes_at <= timezone.now():
        raise Refused("截止时间已经过去，请另选。", "bad-window", status=422)


def _record_window(
    scheme: Scheme, verb: str, actor: audit.Actor, before: dict[str, Any] | None = None
) -> None:
    after = {"opens_at": scheme.opens_at, "closes_at": scheme.closes_at}
    audit.record(actor, f"policies:scheme:{verb}", scheme, before=before, after=after, org=scheme.union)


def _move(scheme: Scheme, sources: tuple[str, ...], state: str, **values: Any) -> None:
    """Change the state by one conditional statement; of two colleagues one is too late."""
    if not Scheme.objects.filter(pk=scheme.pk, state__in=sources).update(state=state, **values):
        scheme.refresh_from_db(fields=["state"])
        raise Refused(f"这个项目当前是“{scheme.get_state_display()}”，不能这样操作。", "wrong-state")
    scheme.refresh_from_db()
