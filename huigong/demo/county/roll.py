"""Who is a member where: union sizes as log-normal as in life, a few big ones and many small."""

from datetime import timedelta
from math import exp
from random import Random
from statistics import NormalDist

from django.utils import timezone

from huigong.demo.enrolment import Place, enrol
from huigong.demo.trades import Employer
from huigong.people.membership.models import Person
from huigong.people.orgs.models import Union

_MEDIAN = 35
_SIGMA = 1.34
_SMALLEST = 3


def fill_roll(unions: list[tuple[Union, Employer]], count: int, rng: Random) -> dict[Union, list[Person]]:
    """`count` members over `unions`; who was put where."""
    if not unions:
        return {}
    sizes = union_sizes(len(unions), count, rng)
    places = [
        _place(union, employer, rng)
        for (union, employer), size in zip(unions, sizes, strict=True)
        for _ in range(size)
    ]
    people = iter(enrol(places, rng))
    filled = {
        union: [next(people) for _ in range(size)] for (union, _), size in zip(unions, sizes, strict=True)
    }
    for union, members in filled.items():
        union.worker_count = round(len(members) * rng.uniform(1.0, 1.6))
    Union.objects.bulk_update(filled, ["worker_count"], batch_size=1000)
    return filled


def union_sizes(unions: int, members: int, rng: Random) -> list[int]:
    """Sizes at even quantiles of the log-normal curve, brought to the sum `members`, in random order."""
    curve = [NormalDist().inv_cdf((rank + 0.5) / unions) for rank in range(unions)]
    raw = [_MEDIAN * exp(_SIGMA * z) for z in curve]
    scale = members / sum(raw)
    sizes = [max(_SMALLEST, round(size * scale)) for size in raw]
    sizes[-1] += members - sum(sizes)
    rng.shuffle(sizes)
    return sizes


def _place(union: Union, employer: Employer, rng: Random) -> Place:
    form = employer.trade.form
    if form == "courier" and rng.random() < 0.4:
        form = "rider"
    joined_on = timezone.localdate() - timedelta(days=int(rng.triangular(20, 1500, 390)))
    return Place(union.pk, employer.name, rng.choice(employer.trade.jobs), form, joined_on)
