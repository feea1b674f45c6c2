"""Grassroots unions under their townships."""

from datetime import timedelta
from random import Random

from django.db import connection
from django.utils import timezone

from huigong.core import pinyin
from huigong.demo.trades import Employer, Registry, trades
from huigong.people.orgs.models import CoveredUnit, Union


def found_unions(count: int, rng: Random) -> list[tuple[Union, Employer]]:
    """`count` established unions, each with the employer it was founded in."""
    townships = {
        union.name.removesuffix("总工会"): union for union in Union.objects.filter(kind=Union.Kind.TOWNSHIP)
    }
    registry = Registry(rng, Union.objects.values_list("unit_name", flat=True))
    employers = [registry.employer() for _ in range(count)]
    unions = [
        _union(union_id, employer, townships[employer.town], rng)
        for union_id, employer in zip(_ids(count), employers, strict=True)
    ]
    Union.objects.bulk_create(unions, batch_size=1000)
    founded = list(zip(unions, employers, strict=True))
    CoveredUnit.objects.bulk_create(
        [unit for union, employer in founded if employer.trade.is_joint for unit in _covered(union, rng)],
        batch_size=1000,
    )
    return founded


def _ids(count: int) -> list[int]:
    """Numbers for new unions, known before the rows because a union's path contains its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('orgs_union', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


def _union(union_id: int, employer: Employer, parent: Union, rng: Random) -> Union:
    founded_on = timezone.localdate() - timedelta(days=rng.randint(200, 4000))
    name = f"{employer.name}{'' if employer.trade.is_joint else '工会'}"
    name = name if name.endswith("工会") else f"{name}工会"
    return Union(
        pk=union_id,
        name=name,
        short_name=name.replace("有限公司", ""),
        sort_key=pinyin.sort_key(name),
        initials=pinyin.initials(name),
        level=Union.Level.GRASSROOTS,
        kind=Union.Kind.JOINT if employer.trade.is_joint else Union.Kind.INDEPENDENT,
        parent=parent,
        path=f"{parent.path}{union_id}.",
        state=Union.State.ESTABLISHED,
        unit_name=employer.name,
        ownership=employer.trade.ownership,
        industry=employer.trade.name,
        address=f"惠安县{employer.town}",
        founded_on=founded_on,
        elected_on=max(founded_on, timezone.localdate() - timedelta(days=rng.randint(30, 1700))),
        term_number=rng.randint(1, 4),
        source="imported",
        created_at=timezone.now() - timedelta(days=rng.randint(100, 390)),
    )


def _covered(union: Union, rng: Random) -> list[CoveredUnit]:
    """A joint union covers 20 to 80 small units."""
    employed = [trade for trade in trades().values() if trade.ownership == "private"]
    registry = Registry(rng)
    names = [registry.employer(rng.choice(employed)).name for _ in range(rng.randint(20, 80))]
    return [
        CoveredUnit(union=union, name=name, initials=pinyin.initials(name), created_at=union.created_at)
        for name in names
    ]
