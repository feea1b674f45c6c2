"""Who may, who gets, who reads: one typed rule over the roll, stored as JSON by the modules that use it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Exists,
    F,
    Field,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.core.identity import Sex, age_on
from huigong.core.prepared import Slot
from huigong.people.membership.models import Membership, Person, WorkForm
from huigong.people.membership.queries.members import Member
from huigong.people.orgs import queries as orgs
from huigong.people.orgs.permissions import subtree

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

WORK_FORMS: list[tuple[str, str]] = WorkForm.choices
"""What a rule's `work_forms` may hold, with the words for it."""

OFFICERS = ("chair", "cadre", "group_leader")
"""The posts that "officers only" means."""
LIVE_STATES = tuple(state.value for state in Membership.LIVE)
"""Active members and those whose membership is retained."""


@dataclass(frozen=True)
class Rule:
    """Conditions that all must hold; an empty one asks nothing. Ages in whole years today.

    `union_ids`: the member's union is one of these or below one. `roles`: holds one of these posts.
    `tags`: carries at least one. `states`: membership states, active alone unless told.
    """

    union_ids: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    states: tuple[str, ...] = (Membership.State.ACTIVE.value,)
    sex: str = ""
    min_age: int | None = None
    max_age: int | None = None
    work_forms: tuple[str, ...] = ()
    joined_by: date | None = None

    @classmethod
    def parse(cls, data: dict[str, Any]) -> "Rule":
        """The rule that `to_json` wrote. Unknown keys raise TypeError: a rule must not be half understood."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        if values.get("joined_by"):
            values["joined_by"] = date.fromisoformat(values["joined_by"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Only what differs from "every active member"."""
        data: dict[str, Any] = {}
        for name, field in self.__dataclass_fields__.items():
            value = getattr(self, name)
            if value != field.default:
                data[name] = list(value) if isinstance(value, tuple) else value
        if self.joined_by:
            data["joined_by"] = self.joined_by.isoformat()
        return data


def audience(rule: Rule | dict[str, Any]) -> "Audience":
    """The people a rule means."""
    return Audience(rule if isinstance(rule, Rule) else Rule.parse(rule))


@dataclass(frozen=True)
class Audience:
    """A rule applied to the roll: the people, how many, and why somebody is not among them."""

    rule: Rule

    def people(self) -> QuerySet[Person]:
        """Everybody the rule means."""
        return Person.objects.filter(
            Exists(self._memberships().filter(person=OuterRef("pk"))), self._personal()
        )

    def count(self) -> int:
        """How many people the rule means."""
        return self.people().count()

    def memberships(self) -> QuerySet[Membership]:
        """Their live memberships, one a person, to count them by union."""
        return self._memberships().filter(person__in=Person.objects.filter(self._personal()).values("pk"))

    def _memberships(self) -> QuerySet[Membership]:
        live = Membership.objects.filter(state__in=self.rule.states)
        if self.rule.union_ids:
            roots = orgs.paths(self.rule.union_ids)
            live = live.filter(subtree(roots, "union__"))
        if self.rule.joined_by:
            live = live.filter(joined_on__lte=self.rule.joined_by)
        return live

    def _personal(self) -> Q:
        rule, condition, today = self.rule, Q(), timezone.localdate()
        if rule.sex:
            condition &= Q(sex=rule.sex)
        if rule.work_forms:
            condition &= Q(work_form__in=rule.work_forms)
        if rule.tags:
            condition &= Q(tags__overlap=list(rule.tags))
        if rule.min_age is not None:
            condition &= Q(born_on__lte=_years_before(today, rule.min_age))
        if rule.max_age is not None:
            condition &= Q(born_on__gt=_years_before(today, rule.max_age + 1))
        if rule.roles:
            condition &= Q(account_id__in=orgs.accounts_in_office(rule.roles))
        return condition

    def why_not(self, member: Member | None) -> str | None:
        """None when `member` is meant, else one Chinese sentence that says why not. No query but for posts."""
        if member is None:
            return "请先加入工会：只有会员可以参加。"
        return next((sentence for ok, sentence in self._tests(member) if not ok), None)

    def unmet(self, member: Member) -> list[str]:
        """The same for every condition that `member` does not meet."""
        return [sentence for ok, sentence in self._tests(member) if not ok]

    def _tests(self, member: Member) -> Iterable[tuple[bool, str]]:
        rule = self.rule
        age = age_on(member.born_on, timezone.localdate())
        yield member.state in rule.states, "您的会籍目前不在籍，不能参加。"
        yield (
            not rule.union_ids or not set(rule.union_ids).isdisjoint(member.ancestor_ids),
            "只面向指定工会的会员，您所在的工会不在范围内。",
        )
        yield not rule.sex or member.sex == rule.sex, f"只面向{_sex_label(rule.sex)}职工。"
        yield rule.min_age is None or age >= rule.min_age, f"须年满 {rule.min_age} 周岁。"
        yield rule.max_age is None or age <= rule.max_age, f"须在 {rule.max_age} 周岁以下（含）。"
        yield (
            not rule.work_forms or member.work_form in rule.work_forms,
            f"只面向{'、'.join(WorkForm(form).label for form in rule.work_forms)}。",
        )
        yield not rule.tags or bool(set(rule.tags) & set(member.tags)), f"只面向：{'、'.join(rule.tags)}。"
        yield (
            rule.joined_by is None or member.joined_on <= rule.joined_by,
            f"须在 {rule.joined_by} 前入会。",
        )
        if rule.roles:
            holds = member.account_id in orgs.accounts_in_office(rule.roles)
            yield holds, "只面向工会干部。"

    def sentence(self) -> str:
        """The rule in words, for the page: "女职工 · 18–45 岁"."""
        rule = self.rule
        parts = []
        if rule.union_ids:
            parts.append("、".join(orgs.names(rule.union_ids)))
        if rule.sex:
            parts.append(f"{_sex_label(rule.sex)}职工")
        if rule.min_age is not None or rule.max_age is not None:
            parts.append(_ages(rule.min_age, rule.max_age))
        parts += [WorkForm(form).label for form in rule.work_forms]
        parts += rule.tags
        if rule.roles:
            parts.append("工会干部")
        if rule.joined_by:
            parts.append(f"{rule.joined_by:%Y年%-m月%-d日}前入会")
        if Membership.State.RETAINED in rule.states:
            parts.append("含保留会籍")
        return " · ".join(parts) or "全体会员"


def addressed_by(union: "Union", rule: Rule) -> Rule:
    """The rule as `union` may use it: without unions chosen it means the union itself and all below.

    Refuses unions outside its subtree ("audience-outside", 422).
    """
    if not rule.union_ids:
        return replace(rule, union_ids=(union.pk,))
    if orgs.below(union).filter(pk__in=rule.union_ids).count() != len(set(rule.union_ids)):
        raise Refused("范围只能是本工会及下级工会。", "audience-outside", status=422)
    return rule


class Means(Func):
    """Does the rule in `column` mean a member with these traits? `why_not` as a condition, for lists of such rows.

    What a rule says of unions is left out: rows keep the ids in an array of their own, which has an index.
    """

    function = "membership_means"
    output_field = BooleanField()

    def __init__(self, column: str, traits: Mapping[str, Any]) -> None:
        super().__init__(F(column), *(traits[name] for name in TRAITS))


_TEXT, _TEXTS = TextField(), ArrayField(TextField())
TRAITS: dict[str, Field] = {
    "state": _TEXT,
    "sex": _TEXT,
    "age": IntegerField(),
    "work_form": _TEXT,
    "tags": _TEXTS,
    "roles": _TEXTS,
    "joined_on": _TEXT,
}
"""What a rule asks of a member besides the union, in the order in which the database's function takes it."""


def traits_of(member: Member, *, roles: Iterable[str]) -> dict[str, Any]:
    """The member's traits today; `roles` are those of the posts they hold."""
    return {
        "state": member.state,
        "sex": member.sex,
        "age": age_on(member.born_on, timezone.localdate()),
        "work_form": member.work_form,
        "tags": list(member.tags),
        "roles": list(roles),
        "joined_on": member.joined_on.isoformat(),
    }


def means(member: Member, *, roles: Iterable[str], column: str = "audience") -> Means:
    """Rows whose rule, stored in `column`, means `member`, who holds posts of these `roles`."""
    traits = traits_of(member, roles=roles)
    return Means(column, {name: Value(value, TRAITS[name]) for name, value in traits.items()})


def means_slots(column: str = "audience") -> Means:
    """The same in a prepared queryset, to be called with `traits_of`."""
    return Means(column, {name: Slot(name, field) for name, field in TRAITS.items()})


def _sex_label(sex: str) -> str:
    return Sex(sex).label if sex else ""


def _ages(low: int | None, high: int | None) -> str:
    if low is None:
        return f"{high} 岁以下"
    return f"{low} 岁以上" if high is None else f"{low}–{high} 岁"


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28) + timedelta(days=1)


@dataclass(frozen=True)
class UnionChoice:
    """A union that an audience may be narrowed to."""

    pk: int
    name: str
    is_chosen: bool


def union_choices(union: "Union", *, chosen: Iterable[int], text: str) -> list[UnionChoice]:
    """The unions chosen already, then those below `union` that match: its children when nothing is typed."""
    chosen = set(chosen)
    below = orgs.below(union).exclude(pk=union.pk)
    matches = orgs.find(text) if text else orgs.established().filter(parent=union)
    ticked = below.filter(pk__in=chosen).order_by("sort_key")
    rest = matches.filter(pk__in=below.values("pk")).exclude(pk__in=chosen)[:30]
    return [UnionChoice(row.pk, row.name, row.pk in chosen) for row in [*ticked, *rest]]
