"""Invented people: a name, a document and a phone that nobody has.

Document numbers pass the check of GB 11643 but carry a region code that was never given out, and phones
start with 164, which no carrier uses: nobody real is met by chance.
"""

from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from huigong.core.identity import DocumentKind, Sex, check_digit
from huigong.demo.seeds import words
from huigong.people.membership.models import Education, Ethnicity, PoliticalStatus

_NO_REGION = 350590
_FIRST_BIRTHDAY = date(1967, 1, 1)
_BIRTHDAYS = 15_000
_STRIDE = 7919
"""Coprime with the number of birthdays, so that successive people are of all ages."""
BLOCK = 10_000_000
"""Serials are given out in blocks; within one, serial and document number belong to each other."""


@dataclass(frozen=True)
class Somebody:
    """One invented person."""

    name: str
    sex: str
    born_on: date
    document_kind: str
    id_number: str
    phone: str


class Crowd:
    """Invents people; the same seed and serials give the same ones. Shares as in a real county's roll."""

    WOMEN = 0.39
    RARE_NAMES = 0.03
    LOOKALIKES = 0.04
    """So many take the name of somebody before them: 8 of 100 records then have a namesake."""
    OTHER_DOCUMENTS = 0.02

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._names = words("names")
        self._surnames = list(self._names["surnames"])
        self._steps = list(accumulate(self._names["surnames"].values()))
        self._given: dict[str, list[str]] = {Sex.MALE: [], Sex.FEMALE: []}

    def somebody(self, serial: int, *, sex: str = "", name: str = "") -> Somebody:
        """Person number `serial`. Distinct serials have distinct phones and documents."""
        rng = self._rng
        sex = sex or (Sex.FEMALE if rng.random() < self.WOMEN else Sex.MALE)
        block, number = divmod(serial, BLOCK)
        born_on = _FIRST_BIRTHDAY + timedelta(days=number * _STRIDE % _BIRTHDAYS)
        phone = f"164{serial:08d}"
        if not name and rng.random() < self.OTHER_DOCUMENTS:
            kind, id_number = self._other_document(serial)
            name = rng.choice(self._names["foreign"]["names"]) if kind == DocumentKind.PASSPORT else ""
            return Somebody(name or self._name(sex), sex, born_on, kind, id_number, phone)
        order = number // _BIRTHDAYS * 2 + (1 if sex == Sex.MALE else 2)
        body = f"{_NO_REGION + block}{born_on:%Y%m%d}{order:03d}"
        id_number = body + check_digit(body)
        return Somebody(name or self._name(sex), sex, born_on, DocumentKind.RESIDENT_ID, id_number, phone)

    def _other_document(self, serial: int) -> tuple[str, str]:
        kind = self._rng.choice(
            [DocumentKind.HK_MACAO_PERMIT, DocumentKind.TAIWAN_PERMIT, DocumentKind.PASSPORT]
        )
        letter = {DocumentKind.HK_MACAO_PERMIT: "H", DocumentKind.PASSPORT: "X"}.get(kind, "")
        return kind, f"{letter}{serial:08d}"

    def _name(self, sex: str) -> str:
        earlier = self._given[sex]
        if earlier and self._rng.random() < self.LOOKALIKES:
            return self._rng.choice(earlier)
        name = self._new_name(sex)
        earlier.append(name)
        return name

    def _new_name(self, sex: str) -> str:
        rng, rare = self._rng, self._names["rare"]
        if rng.random() < self.RARE_NAMES:
            if rng.random() < 0.3:
                return rng.choice(rare["dotted"])
            return self._surname() + rng.choice(rare["characters"])
        given = self._names["given"]["women" if sex == Sex.FEMALE else "men"]
        return self._surname() + "".join(rng.sample(given, 1 if rng.random() < 0.15 else 2))

    def _surname(self) -> str:
        return self._surnames[bisect(self._steps, self._rng.random() * self._steps[-1])]


_SCHOOLS = (Education.MIDDLE_SCHOOL, Education.HIGH_SCHOOL, Education.VOCATIONAL, Education.COLLEGE)
_PARTIES = (PoliticalStatus.MASSES, PoliticalStatus.YOUTH_LEAGUE, PoliticalStatus.PARTY_MEMBER)
_PEOPLES = (Ethnicity.HAN,) * 12 + (Ethnicity.HUI, Ethnicity.SHE, Ethnicity.TUJIA)


def details(seed: str) -> dict[str, str]:
    """What two of three tell of themselves, by dice of their own: whoever throws others is not disturbed."""
    rng = Random(seed)  # noqa: S311
    if rng.random() < 0.34:
        return {}
    return {
        "ethnicity": rng.choice(_PEOPLES).value,
        "education": rng.choice(_SCHOOLS).value,
        "political_status": rng.choices(_PARTIES, (8, 2, 1))[0].value,
    }
