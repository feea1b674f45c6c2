"""Who holds office: a chair in every union, more cadres in big ones; in a third of them the term ran out."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from huigong.people.accounts.models import Account
from huigong.people.membership.models import Person
from huigong.people.orgs.models import Post, Union

_LAPSED = 0.3
_MEMBERS_PER_CADRE = 60


def fill_offices(people: dict[Union, list[Person]], rng: Random) -> None:
    """Posts for the new unions, held by members of theirs."""
    posts = [post for union, members in people.items() for post in _posts(union, members, rng)]
    Post.objects.bulk_create(posts, batch_size=1000)
    running = [post for post in posts if post.ended_at is None]
    for post in running:
        post.account.staff_until = post.ends_on
    Account.objects.bulk_update([post.account for post in running], ["staff_until"], batch_size=1000)


def _posts(union: Union, members: list[Person], rng: Random) -> list[Post]:
    officers = members[: 1 + min(5, len(members) // _MEMBERS_PER_CADRE)]
    lapsed = rng.random() < _LAPSED
    roles = [Post.Role.CHAIR] + [Post.Role.CADRE] * (len(officers) - 1)
    return [_post(union, person, role, lapsed, rng) for person, role in zip(officers, roles, strict=True)]


def _post(union: Union, person: Person, role: str, lapsed: bool, rng: Random) -> Post:
    now = timezone.now()
    ends_on = now.date() + timedelta(days=rng.randint(30, 1500))
    if lapsed:
        ends_on = now.date() - timedelta(days=rng.randint(20, 300))
    return Post(
        account=person.account,
        union=union,
        role=role,
        starts_on=ends_on - timedelta(days=1826),
        ends_on=ends_on,
        ended_at=now - (now.date() - ends_on) if lapsed else None,
        created_at=now - timedelta(days=rng.randint(310, 390)),
    )
