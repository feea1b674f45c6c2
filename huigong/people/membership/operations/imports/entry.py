"""One row of a roll on its own: what it says, and what is wrong with it before anybody looks at the membership."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from huigong.core import calendar, identity
from huigong.core.identity import DocumentKind, Sex, age_on
from huigong.core.tables import Row, RowError, cells
from huigong.people.membership import queries
from huigong.people.membership.operations.enrol import PersonFields
from huigong.people.membership.operations.imports.places import Places
from huigong.people.membership.queries import Identity

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

_KIND = cells.choice(
    DocumentKind,
    {
        "身份证": DocumentKind.RESIDENT_ID,
        "二代身份证": DocumentKind.RESIDENT_ID,
        "居住证": DocumentKind.RESIDENCE_PERMIT,
        "港澳台居住证": DocumentKind.RESIDENCE_PERMIT,
        "港澳通行证": DocumentKind.HK_MACAO_PERMIT,
        "回乡证": DocumentKind.HK_MACAO_PERMIT,
        "台湾通行证": DocumentKind.TAIWAN_PERMIT,
        "台胞证": DocumentKind.TAIWAN_PERMIT,
        "外国人永久居留证": DocumentKind.FOREIGN_PERMANENT_ID,
        "外国护照": DocumentKind.PASSPORT,
    },
)
_BY_SHAPE = (
    (re.compile(r"8[123]0000[0-9]{11}[0-9X]"), DocumentKind.RESIDENCE_PERMIT),
    (re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"), DocumentKind.FOREIGN_PERMANENT_ID),
    (re.compile(r"[HM][0-9]{8}([0-9]{2})?"), DocumentKind.HK_MACAO_PERMIT),
    (re.compile(r"[A-Z]{1,2}[0-9]{7,8}"), DocumentKind.PASSPORT),
)
_OTHER_DOCUMENT = re.compile(r"[0-9]{8}|(?=.*[A-WYZ])[A-Z0-9]+")
_SPOILT = re.compile(r"[0-9]{15}000")


@dataclass(slots=True)
class Entry:
    """A row as it was understood. `who`, `fields` and `union` are there when `faults` is empty."""

    number: int
    name: str
    faults: list[RowError]
    notes: list[str] = field(default_factory=list)
    is_double: bool = False
    who: Identity | None = None
    index: str = ""
    fields: PersonFields | None = None
    union: "Union | None" = None
    joined_on: date | None = None
    date_note: str = ""
    state: str = ""


class Reader:
    """Reads the rows of one file in their order, because it remembers whom it has met.

    `has_dates`: the file has a column for the day of joining, so that an empty cell is worth a remark.
    """

    def __init__(self, places: Places, *, has_dates: bool) -> None:
        self.places = places
        self.has_dates = has_dates
        self.today = calendar.today()
        self._met: dict[str, int] = {}
        self._named: dict[tuple[str, str], int] = {}

    def read(self, row: Row) -> Entry:
        """What the row says. Every fault is found, not only the first one."""
        values = row.values
        entry = Entry(row.number, values["name"] or "", list(row.errors))
        document = self._document(entry, values)
        sex = self._sex(entry, values, document)
        born_on = self._born_on(entry, values, document)
        entry.union = self._union(entry, values)
        entry.joined_on = self._joined_on(entry, values, born_on)
        entry.state = values["state"] or ""
        if self.has_dates and entry.joined_on is None:
            entry.date_note = "入会日期没有填，按导入当天登记。"
        if not entry.faults and document and sex and born_on:
            entry.who = Identity(entry.name, document.kind.value, document.number, sex, born_on)
            entry.index = entry.who.index
            entry.fields = _fields(entry.who, values)
            self._note_double(entry, values["phone"])
        return entry

    def _document(self, entry: Entry, values: dict[str, Any]) -> identity.Document | None:
        number = values["id_number"]
        if number is None:
            return None
        try:
            kind = _kind(values["document_kind"], number)
        except ValueError as unknown:
            entry.faults.append(RowError("document_kind", str(unknown)))
            return None
        try:
            document = identity.parse_document(kind, number)
        except ValueError as wrong:
            entry.faults.append(RowError("id_number", _explained(str(wrong), kind, number, values)))
            return None
        first = self._met.setdefault(document.number, entry.number)
        if first != entry.number:
            entry.faults.append(RowError("id_number", f"与第 {first} 行的证件号码相同，同一个人只留一行。"))
        if document.born_on and age_on(document.born_on, self.today) < queries.MIN_AGE:
            entry.faults.append(RowError("id_number", f"未满 {queries.MIN_AGE} 周岁，不能入会。"))
        return document

    def _sex(self, entry: Entry, values: dict[str, Any], document: identity.Document | None) -> str:
        written = values["sex"] or ""
        if document is None:
            return written
        if document.sex and written and written != document.sex:
            told = Sex(document.sex).label
            entry.faults.append(
                RowError("sex", f"与证件号码不符：号码第 17 位表示“{told}”，请核对性别或号码。")
            )
        elif not document.sex and not written and not _has_fault(entry, "sex"):
            entry.faults.append(RowError("sex", "这种证件看不出性别，请在“性别”一列填写。"))
        return str(document.sex or written)

    def _born_on(
        self, entry: Entry, values: dict[str, Any], document: identity.Document | None
    ) -> date | None:
        """What the number tells is right; the column is for documents that tell nothing."""
        if document is None or document.born_on:
            entry.faults = [fault for fault in entry.faults if fault.field != "born_on"]
            return document.born_on if document else None
        born_on: date | None = values["born_on"]
        if born_on is None:
            if not _has_fault(entry, "born_on"):
                entry.faults.append(
                    RowError("born_on", "这种证件看不出出生日期，请填写“出生日期”；没有这一列就加一列。")
                )
        elif age_on(born_on, self.today) < queries.MIN_AGE:
            entry.faults.append(RowError("born_on", f"未满 {queries.MIN_AGE} 周岁，不能入会。"))
        return born_on

    def _union(self, entry: Entry, values: dict[str, Any]) -> "Union | None":
        if _has_fault(entry, "union"):
            return None
        try:
            return self.places.find(values["union"] or "", values["unit_name"] or "")
        except ValueError as unclear:
            entry.faults.append(RowError("union", str(unclear)))
            return None

    def _joined_on(self, entry: Entry, values: dict[str, Any], born_on: date | None) -> date | None:
        joined_on: date | None = values["joined_on"]
        if joined_on and joined_on > self.today:
            entry.faults.append(RowError("joined_on", "入会日期还没到，请核对。"))
        elif joined_on and born_on and joined_on <= born_on:
            entry.faults.append(RowError("joined_on", "入会日期早于出生日期，请核对。"))
        return joined_on

    def _note_double(self, entry: Entry, phone: str | None) -> None:
        if phone:
            first = self._named.setdefault((entry.name, phone), entry.number)
            if first != entry.number:
                entry.is_double = True
                entry.notes.append(f"与第 {first} 行同名同手机号，证件号码不同，请核对是否同一人。")


def _kind(written: str | None, number: str) -> DocumentKind:
    """The kind of document: as written, else as the number looks. Digits alone are meant for a resident's."""
    if written:
        return DocumentKind(_KIND(written))
    return next((kind for shape, kind in _BY_SHAPE if shape.fullmatch(number)), DocumentKind.RESIDENT_ID)


def _explained(wrong: str, kind: DocumentKind, number: str, values: dict[str, Any]) -> str:
    if _SPOILT.fullmatch(number):
        return cells.DIGITS_LOST
    if kind == DocumentKind.RESIDENT_ID and not values["document_kind"] and _OTHER_DOCUMENT.fullmatch(number):
        return f"{wrong}如果是其他证件，请加一列“证件类型”。"
    return wrong


def _has_fault(entry: Entry, name: str) -> bool:
    return any(fault.field == name for fault in entry.faults)


def _fields(who: Identity, values: dict[str, Any]) -> PersonFields:
    return PersonFields(
        name=who.name,
        id_number=who.id_number,
        document_kind=who.document_kind,
        sex=who.sex,
        born_on=who.born_on,
        phone=values["phone"] or "",
        work_form=values["work_form"] or "",
        skill=values["skill"] or "",
        ethnicity=values["ethnicity"] or "",
        education=values["education"] or "",
        political_status=values["political_status"] or "",
        is_migrant=values["is_migrant"],
        is_model_worker=values["is_model_worker"],
        tags=values["tags"] or (),
        unit_name=values["unit_name"] or "",
        job_title=values["job_title"] or "",
        employment_status=values["employment_status"] or "",
    )
