"""Lodging a complaint: straight to the county, sealed, and with no trace of an author who gave no name."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, NamedTuple

from django.db import IntegrityError, transaction

from huigong.core import calendar, documents, files, flags, identity
from huigong.core.audit import Actor
from huigong.core.crypto import DataKey
from huigong.core.errors import Refused
from huigong.core.vault import vault
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as unions
from huigong.services.complaints import permissions
from huigong.services.complaints.models import Case, Deadline, Entry, Evidence
from huigong.services.complaints.operations.deadlines import calendar_of_the_year, set_deadline
from huigong.services.complaints.operations.entries import write_entry

MOST_FILES = 9
_PICTURES_ONLY = "匿名提交时只收图片：文档里往往写着作者的姓名。请把文档截图或拍照后再传。"


@dataclass(frozen=True)
class Draft:
    """What a worker filled in, checked by the form."""

    demand: str
    cause: str
    employer: str
    narrative: str
    wanted: str
    employer_code: str = ""
    amount_fen: int | None = None
    people_affected: int = 1


class Upload(NamedTuple):
    """A file as it came; the name is looked at for its ending and then forgotten."""

    file: IO[bytes]
    name: str


class Lodged(NamedTuple):
    """A case, and for an anonymous author the receipt code, which is told this once."""

    case: Case
    receipt: str = ""


@transaction.atomic
def lodge_as(
    draft: Draft, *, withheld: bool, token: str, uploads: Sequence[Upload] = (), actor: Actor
) -> Lodged:
    """A complaint under the actor's name; `withheld` keeps it even from handlers until they say why they need it.

    Nobody is told; the county's registrar finds it on their desk. The same `token` again gives the case that it
    made. Refuses a complaint about the county union itself (403), and evidence that is not fit (422).
    """
    person = membership.person_of(actor)
    member = membership.member_of(actor)
    who = {
        "account_id": actor.pk,
        "name": person.name if person else actor.display_name,
        "phone": getattr(actor, "phone", ""),
        "union": member.union_name if member else "",
    }
    naming = Case.Naming.WITHHELD if withheld else Case.Naming.NAMED
    case = new_case(draft, naming, token, own_path=member.union_path if member else "")
    case.identity_sealed = case.seal("identity", who)
    case.author_index = permissions.index_of_account(actor.pk)
    return Lodged(keep(case, draft, uploads))


@transaction.atomic
def lodge_anonymously(draft: Draft, *, token: str, uploads: Sequence[Upload] = ()) -> Lodged:
    """A complaint of which nothing leads to its author: no account, no time of day, no name of a file.

    Returns the receipt code, which nobody can tell again. The same `token` again gives the same case with a new
    code, for a first answer that was lost. Takes pictures only, refuses what `lodge_as` refuses.
    """
    receipt = f"{secrets.randbelow(10**16):016}"
    index = permissions.index_of_receipt(receipt)
    case = new_case(draft, Case.Naming.ANONYMOUS, token)
    case.receipt_index = index
    return Lodged(keep(case, draft, uploads), receipt)


def new_case(draft: Draft, naming: str, token: str, *, own_path: str = "") -> Case:
    """A case, not kept yet. Refuses (403) one about the county union itself."""
    flags.require_open()
    accused = unions.union_of_unit(name=draft.employer, code=draft.employer_code)
    root = unions.root()
    if root == accused or permissions.index_of_name(root.name) == permissions.index_of_name(draft.employer):
        raise Refused(
            "这里由县总工会办理，不能由它自己查自己。对县总工会的意见请向市总工会反映，或拨打 12351。",
            "accuses-county",
            status=403,
        )
    close = {accused.pk} if accused else set()
    close |= {int(step) for step in own_path.split(".")[-2:-1]} - {root.pk}
    case = Case(
        number=f"{secrets.randbelow(90_000_000) + 10_000_000}",
        lodged_on=calendar.today(),
        naming=naming,
        demand=draft.demand,
        cause=draft.cause,
        amount_fen=draft.amount_fen,
        people_affected=draft.people_affected,
        token_index=permissions.index_of_token(token),
        employer_code_index=permissions.index_of_code(draft.employer_code) if draft.employer_code else "",
        employer_name_index=permissions.index_of_name(draft.employer),
        close_union_ids=sorted(close),
    )
    case.key_sealed = DataKey.make(context=case.key_context)
    return case


def keep(case: Case, draft: Draft, uploads: Sequence[Upload] = (), **more: str) -> Case:
    """Seal the story, with `more` in it, and the evidence; returns the case, or the one that the same form made."""
    story = {
        **more,
        "employer": identity.normalise_name(draft.employer),
        "employer_code": draft.employer_code,
        "narrative": draft.narrative,
        "wanted": draft.wanted,
    }
    case.content_sealed = case.seal("content", story)
    pieces = examine(uploads, case)
    days = calendar_of_the_year()
    try:
        with vault():
            case.save(force_insert=True)
            keep_evidence(case, pieces)
            write_entry(case, Entry.Kind.LODGED)
            set_deadline(case, Deadline.Task.ACCEPT, Deadline.Why.LODGED, days)
    except IntegrityError:  # the form came before
        return _known(case)
    return case


def _known(case: Case) -> Case:
    """The case that the same form of the same author made; an anonymous one takes the new receipt code."""
    with vault():
        same = Case.objects.filter(token_index=case.token_index, author_index=case.author_index)
        same.update(receipt_index=case.receipt_index)
        return same.get()


class Piece(NamedTuple):
    """Evidence ready to be sealed."""

    content: bytes
    content_type: str
    ending: str


def examine(uploads: Sequence[Upload], case: Case) -> list[Piece]:
    """The files, made anew or checked. Refuses (422) what is neither picture nor document, saying which it was."""
    if len(uploads) > MOST_FILES:
        raise Refused(f"一次最多 {MOST_FILES} 个文件。", "too-many", status=422)
    pieces = []
    for place, upload in enumerate(uploads, 1):
        try:
            pieces.append(_piece(upload, case))
        except ValueError as error:
            raise Refused(f"第 {place} 个文件：{error}", "bad-evidence", status=422) from None
    return pieces


def _piece(upload: Upload, case: Case) -> Piece:
    if case.naming == Case.Naming.ANONYMOUS and documents.is_one(upload.file):
        raise ValueError(_PICTURES_ONLY)
    found = files.examine(upload.file, name=upload.name)
    return Piece(found.content, found.content_type, found.name.rpartition(".")[2])


def keep_evidence(case: Case, pieces: Sequence[Piece]) -> None:
    """Seal and number them. Inside the vault, with the case's row held or new."""
    first = Evidence.objects.filter(case=case).count() + 1
    Evidence.objects.bulk_create(
        Evidence(
            case=case,
            position=position,
            added_on=calendar.today(),
            content_type=piece.content_type,
            ending=piece.ending,
            size=len(piece.content),
            sha256=hashlib.sha256(piece.content).hexdigest(),
            content_sealed=case.key.seal(piece.content, context=f"{case.uuid}.evidence.{position}"),
        )
        for position, piece in enumerate(pieces, first)
    )
