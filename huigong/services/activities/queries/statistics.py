"""What came of an activity: figures for its report, and what participants said."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Func, IntegerField, Q, QuerySet, Sum, Value
from django.utils import timezone

from huigong.core.identity import Sex
from huigong.core.questions import Kind, Question, parse_schema
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.queries.details import sessions_of
from huigong.services.activities.queries.words import Places, yuan

_AGES = ((0, 29, "30 岁以下"), (30, 39, "30–39 岁"), (40, 49, "40–49 岁"), (50, 200, "50 岁以上"))
_CHOICES = (Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO)
MOST_WORDS = 200
Counts = defaultdict[str, list[int]]
"""By the name of a group how many signed up and how many came."""


class _Years(Func):
    """Whole years between two days."""

    template = "date_part('year', age(%(expressions)s))::int"
    output_field = IntegerField()


@dataclass(frozen=True)
class Group:
    """How many of one union, sex or age signed up and came."""

    name: str
    signed: int
    came: int


@dataclass(frozen=True)
class Figures:
    """An activity in numbers. People count once each, heads with their companions."""

    capacity: int
    signed: int
    confirmed: int
    came: int
    heads: int
    cancelled: int
    points: int
    unions: list[Group]
    sexes: list[Group]
    ages: list[Group]
    spent_fen: int | None

    @property
    def came_share(self) -> int:
        """Per cent of those with a place who came."""
        return round(self.came * 100 / self.confirmed) if self.confirmed else 0

    @property
    def fen_per_head(self) -> int | None:
        return self.spent_fen // self.heads if self.spent_fen is not None and self.heads else None

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The main figures, label and value."""
        rows = [
            ("名额", f"{self.capacity:,}"),
            ("报名", f"{self.signed:,} 人次"),
            ("有名额", f"{self.confirmed:,} 人"),
            ("到场", f"{self.came:,} 人，连同行人共 {self.heads:,} 人"),
            ("到场率", f"{self.came_share}%"),
            ("取消", f"{self.cancelled:,} 人次"),
            ("发放积分", f"{self.points:,}"),
        ]
        if self.spent_fen is not None:
            rows.append(("实际支出", yuan(self.spent_fen)))
        if self.fen_per_head is not None:
            rows.append(("人均支出", yuan(self.fen_per_head)))
        return rows


def figures(activity: Activity) -> Figures:
    """Count an activity: a constant number of queries."""
    signups = Signup.objects.filter(session__activity=activity)
    confirmed = Q(entry__state="confirmed")
    came = Q(checked_in_at__isnull=False)
    total = signups.aggregate(
        signed=Count("id"),
        confirmed=Count("id", filter=confirmed),
        came=Count("id", filter=came),
        heads=Sum("entry__size", filter=came, default=0),
        cancelled=Count("id", filter=Q(entry__state="cancelled")),
        points=Sum("points", filter=came, default=0),
    )
    sexes, ages = _by_kind(signups)
    return Figures(
        capacity=Places.of(sessions_of(activity)).capacity,
        unions=_by_union(signups),
        sexes=sexes,
        ages=ages,
        spent_fen=activity.spent_fen,
        **total,
    )


def _by_union(signups: QuerySet[Signup]) -> list[Group]:
    rows = (
        signups.filter(entry__state="confirmed")
        .values("union__name")
        .annotate(signed=Count("id"), came=Count("id", filter=Q(checked_in_at__isnull=False)))
        .order_by("-signed", "union__name")
    )
    return [Group(row["union__name"], row["signed"], row["came"]) for row in rows]


def _by_kind(signups: QuerySet[Signup]) -> tuple[list[Group], list[Group]]:
    """The groups of sex and of age, counted by the database: a popular activity has ten thousand signups."""
    rows = (
        signups.filter(entry__state="confirmed")
        .annotate(age=_Years(Value(timezone.localdate()), "person__born_on"))
        .values_list("person__sex", "age")
        .annotate(signed=Count("id"), came=Count("id", filter=Q(checked_in_at__isnull=False)))
        .order_by()
    )
    by_sex: Counts = defaultdict(lambda: [0, 0])
    by_age: Counts = defaultdict(lambda: [0, 0])
    for sex, age, signed, came in rows:
        for counts in (by_sex[Sex(sex).label if sex else "未登记"], by_age[_age_zh(age)]):
            counts[0] += signed
            counts[1] += came
    return _groups(by_sex), _groups(by_age)


def _groups(counts: Counts) -> list[Group]:
    return [Group(name, *counts[name]) for name in sorted(counts)]


def _age_zh(age: int) -> str:
    return next(label for low, high, label in _AGES if low <= age <= high)


# --- What participants said


@dataclass(frozen=True)
class Bar:
    """One choice and how often it was taken."""

    label: str
    count: int
    share: int


@dataclass(frozen=True)
class Said:
    """What was answered to one question: bars for choices, an average for numbers, else the words."""

    label: str
    answered: int
    bars: list[Bar]
    average: str
    words: list[str]


@dataclass(frozen=True)
class SurveyResults:
    """What those who came said; who said what is not told."""

    came: int
    answered: int
    questions: list[Said]


def survey_context(signup_id: int) -> str:
    """What the encrypted answers to the survey are bound to."""
    return f"activities_signup.survey.{signup_id}"


def survey_results(activity: Activity) -> SurveyResults:
    """The answers to an activity's survey, question by question, without names."""
    came = Signup.objects.filter(session__activity=activity, checked_in_at__isnull=False)
    rows: list[Any] = list(
        came.filter(survey_answers__isnull=False).order_by("id").values_list("survey_answers", flat=True)
    )
    questions = parse_schema(activity.survey)
    said = [
        _said(question, [row[question.id] for row in rows if question.id in row]) for question in questions
    ]
    return SurveyResults(came=came.count(), answered=len(rows), questions=said)


def _said(question: Question, answers: list[Any]) -> Said:
    bars, average, words = [], "", []
    if question.is_sensitive:
        words = ["为保护个人信息，不在这里显示"] if answers else []
    elif question.kind in _CHOICES:
        bars = _bars(question, answers)
    elif question.kind == Kind.NUMBER:
        numbers = [answer for answer in answers if isinstance(answer, int | float)]
        average = f"{sum(numbers) / len(numbers):.1f}" if numbers else ""
    else:
        words = [str(question.shown(answer)) for answer in answers[-MOST_WORDS:][::-1]]
    return Said(question.label, len(answers), bars, average, words)


def _bars(question: Question, answers: list[Any]) -> list[Bar]:
    counts: Counter[str] = Counter()
    for answer in answers:
        counts.update(answer if isinstance(answer, list) else [str(question.shown(answer))])
    labels = question.options or ("是", "否")
    shares = {label: round(counts[label] * 100 / len(answers)) if answers else 0 for label in labels}
    return [Bar(label, counts[label], shares[label]) for label in labels]


# --- The report as a spreadsheet


def report_rows(activity: Activity) -> list[tuple[str, Any, Any]]:
    """The report, three cells to a row: figures, then unions, sexes and ages, then what was said."""
    counted, said = figures(activity), survey_results(activity)
    rows: list[tuple[str, Any, Any]] = [
        ("活动", activity.title, ""),
        ("主办工会", activity.union.name, ""),
        ("时间", activity.starts_at, activity.ends_at),
        ("地点", activity.place, ""),
    ]
    rows += [(label, value, "") for label, value in counted.rows]
    for title, groups in (("工会", counted.unions), ("性别", counted.sexes), ("年龄", counted.ages)):
        rows.append((f"按{title}", "报名", "到场"))
        rows += [(group.name, group.signed, group.came) for group in groups]
    for question in said.questions:
        rows.append((question.label, f"{question.answered} 人回答", question.average))
        rows += [(bar.label, bar.count, f"{bar.share}%") for bar in question.bars]
        rows += [("", words, "") for words in question.words]
    return rows


# --- Who is reminded


def sessions_tomorrow() -> QuerySet[Session]:
    """Sessions that begin tomorrow and whose people were not reminded yet."""
    day = timezone.localdate() + timedelta(days=1)
    start = timezone.make_aware(datetime.combine(day, time.min))
    found = Session.objects.filter(
        activity__state__in=Activity.HELD,
        reminded_at=None,
        starts_at__gte=start,
        starts_at__lt=start + timedelta(days=1),
    )
    return found.select_related("activity").order_by("starts_at", "id")
