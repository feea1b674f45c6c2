"""Invented employers: a trade, a town, a name that no other has."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from random import Random

from huigong.demo.seeds import words


@dataclass(frozen=True)
class Trade:
    """A line of work, as seeds/trades.toml describes it."""

    name: str
    share: int
    towns: tuple[str, ...]
    unit: tuple[str, ...]
    jobs: tuple[str, ...]
    ownership: str
    form: str

    @property
    def is_joint(self) -> bool:
        """Do its unions cover many small employers?"""
        return self.form == "flexible"


@cache
def trades() -> dict[str, Trade]:
    """Every trade by its name."""
    found = [
        Trade(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
        for row in words("trades")["trades"]
    ]
    return {trade.name: trade for trade in found}


@dataclass(frozen=True)
class Employer:
    """An invented unit in a town."""

    name: str
    town: str
    trade: Trade


class Registry:
    """Names employers, never two alike, nor one that is `taken`."""

    def __init__(self, rng: Random, taken: Iterable[str] = ()) -> None:
        self._rng = rng
        self._taken = set(taken)

    def employer(self, trade: Trade | None = None) -> Employer:
        """A new employer of `trade`, or of one drawn by the trades' shares."""
        rng, every = self._rng, list(trades().values())
        trade = trade or rng.choices(every, [each.share for each in every])[0]
        while True:
            town = rng.choice(trade.towns or words("towns")["towns"])
            brand = rng.choice(words("trades")["brands"])
            name = rng.choice(trade.unit).format(brand=brand, place=town.removesuffix("镇"))
            if name not in self._taken:
                self._taken.add(name)
                return Employer(name, town, trade)
