"""What the stories share: the unions by short keys, the people, and who acts for whom."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from huigong.core.audit import SYSTEM
from huigong.demo.crowd import Crowd, Somebody
from huigong.demo.seeds import words
from huigong.demo.story.clock import Clock
from huigong.demo.trades import Trade, trades
from huigong.people.accounts import operations as accounts
from huigong.people.accounts.models import Account
from huigong.people.membership import operations as membership
from huigong.people.membership import queries as roll
from huigong.people.membership.queries import Member
from huigong.people.orgs.models import Union

_SEED = 350521


@dataclass(frozen=True)
class Role:
    """Somebody whom visitors log in as, or whom the story names."""

    role: str
    name: str
    sex: str
    union: str = ""
    office: str = ""
    post: str = ""
    title: str = ""


def cast() -> list[Role]:
    """Those whom visitors log in as, in the order of the accounts file."""
    return [Role(**row) for row in words("cast")["cast"]]


class Stage:
    """The county while its story is told."""

    def __init__(self, passwords: dict[str, str]) -> None:
        self.clock = Clock()
        self.rng = Random(_SEED)  # noqa: S311 the same demo each time
        self.passwords = passwords
        self.unions: dict[str, Union] = {}
        self.accounts: dict[str, Account] = {}
        """By role for the cast, by union key and post for officers ("carving.chair")."""
        self.rolls: dict[str, list[Somebody]] = defaultdict(list)
        """People put on the roll of each union, by its key."""
        self.active: dict[str, list[Account]] = defaultdict(list)
        """Members of each union who use the platform, by its key."""
        self.users: set[Somebody] = set()
        """Who of the rolls has claimed their record."""
        self._crowd = Crowd(self.rng)
        self._serials = iter(range(1, 10_000))

    def somebody(self, *, sex: str = "", name: str = "") -> Somebody:
        """The next invented person."""
        return self._crowd.somebody(next(self._serials), sex=sex, name=name)

    def open_account(
        self, somebody: Somebody, *, role: str = "", phone: str = "", named: bool = False
    ) -> Account:
        """An account for a person's phone; with a password when the role has one."""
        account = accounts.register(
            phone or somebody.phone,
            actor=SYSTEM,
            name=somebody.name if named else "",
            password=self.passwords.get(role),
        )
        if role:
            self.accounts[role] = account
        return account

    def claim(self, account: Account, somebody: Somebody) -> Any:
        """Their record on the roll becomes theirs."""
        return membership.claim(
            account,
            name=somebody.name,
            document_kind=somebody.document_kind,
            id_number=somebody.id_number,
            actor=account,
        )

    def chair(self, key: str) -> Account:
        """Who decides for a union."""
        return self.accounts[f"{key}.chair"]

    def members(self, *, first: str = "", lead: bool = False) -> Iterator[tuple[Account, Member]]:
        """Members who use the platform, in any order but those of the union `first` before the others.

        With `lead` the demo member comes before all.
        """
        users = [(key, account) for key, accounts in self.active.items() for account in accounts]
        self.rng.shuffle(users)
        leader = self.accounts["member"] if lead else None
        for _, account in sorted(users, key=lambda user: (user[1] != leader, user[0] != first)):
            if member := roll.member_of(account):
                yield account, member


def trade_of(row: dict[str, Any]) -> Trade:
    """The trade of a union of seeds/unions.toml."""
    return trades()[row["trade"]]
