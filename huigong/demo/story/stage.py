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
_FIRST_SERIAL = 101
"""Those below are the cast's."""


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
    partner: str = ""
    """The body of seeds/partners.toml for which they act, outside every union."""


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
        self._members: dict[int, Member | None] = {}
        self._crowd = Crowd(self.rng)
        self._serials = iter(range(_FIRST_SERIAL, 10_000))

    def somebody(self, role: Role | None = None) -> Somebody:
        """The next invented person; or one of the cast, whose phones are easy to type."""
        if role is None:
            return self._crowd.somebody(next(self._serials))
        return self._crowd.somebody(cast().index(role) + 1, sex=role.sex, name=role.name)

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

    def officer(self, key: str) -> Account:
        """Who writes for a union: at the county its administrator, elsewhere the chair."""
        return self.accounts["county.admin"] if key == "county" else self.chair(key)

    def members(self, *, first: str = "", lead: bool = False) -> Iterator[tuple[Account, Member]]:
        """Members who use the platform, in any order but those of the union `first` before the others.

        With `lead` the demo member comes before all.
        """
        users = [(key, account) for key, accounts in self.active.items() for account in accounts]
        self.rng.shuffle(users)
        leader = self.accounts["member"] if lead else None
        for _, account in sorted(users, key=lambda user: (user[1] != leader, user[0] != first)):
            yield account, self.member(account)

    def member(self, account: Account) -> Member:
        """Who stands behind the account of somebody who is `active`; looked up once, `forget` after a move."""
        if account.pk not in self._members:
            self._members[account.pk] = roll.member_of(account)
        return self._members[account.pk]

    def forget(self, account: Account) -> None:
        """Look this member up afresh the next time."""
        self._members.pop(account.pk, None)


def trade_of(row: dict[str, Any]) -> Trade:
    """The trade of a union of seeds/unions.toml."""
    return trades()[row["trade"]]
