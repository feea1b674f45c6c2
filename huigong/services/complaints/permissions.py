"""Who may know that a complaint exists: its author, the county's registrar, those it was given to, never its accused.

Whoever works in the accused unit or holds an office in its union, below it, or above it short of the county is, for
that case, somebody from outside, whatever post at the county they hold: it answers them as one that there is not.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from huigong.core import crypto, identity
from huigong.core.audit import Actor
from huigong.core.vault import vault
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as unions
from huigong.services.complaints.models import Access, Case, Evidence, Letter

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

HANDLE = orgs.declare("complaints:case:handle", orgs.Role.RIGHTS_HANDLER, at_the_top=True)
REGISTER = orgs.declare("complaints:case:register", orgs.Role.RIGHTS_REGISTRAR, at_the_top=True)
OPEN = orgs.declare(
    "complaints:desk:open", orgs.Role.RIGHTS_HANDLER, orgs.Role.RIGHTS_REGISTRAR, at_the_top=True
)
REVIEW = orgs.declare("complaints:reading:view", orgs.Role.AUDITOR, at_the_top=True)
_PLACE = re.compile(r"^(?:.{2,3}省)?(?:.{2,3}市)?(?:.{2,3}[县区])?(?=.{2})")
_RECEIPT_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def holds(actor: Actor, permission: str) -> bool:
    """Does `actor` hold `permission` at the county itself? An office further down does not count here."""
    return actor.is_staff and orgs.may_anywhere(actor, permission)


def works_here(actor: Actor) -> bool:
    """Is there a desk for `actor`?"""
    return holds(actor, OPEN)


# --- Who is meant


def index_of_account(account_id: int) -> str:
    """How a case remembers its author: a keyed hash, so that no table links accounts to cases."""
    return crypto.blind_index("complaints.author", str(account_id))


def index_of_receipt(code: str) -> str:
    """The slow keyed hash under which a receipt code is found: the key lies outside the database."""
    pepper = crypto.blind_index("complaints.receipt-salt", "1")
    slow = hashlib.scrypt(code.encode(), salt=pepper.encode(), **_RECEIPT_COST)
    return crypto.blind_index("complaints.receipt", slow.hex())


def index_of_token(token: str) -> str:
    """How a case remembers the form it came with."""
    return crypto.blind_index("complaints.token", token)


def index_of_order(number: str) -> str:
    """How a case remembers the order of the hotline that it came with; no form can give the same."""
    return crypto.blind_index("complaints.order", number)


def index_of_code(code: str) -> str:
    """Of an employer's credit code."""
    return crypto.blind_index("complaints.employer-code", code)


def index_of_name(name: str) -> str:
    """Of an employer's name, whatever place it begins with, what stands in brackets, and what company it ends in."""
    plain = _PLACE.sub("", re.sub(r"[（(].*?[)）]", "", identity.normalise_name(name).replace(" ", "")))
    for ending in ("工会委员会", "工会", "股份有限公司", "有限责任公司", "有限公司", "公司"):
        plain = plain.removesuffix(ending)
    return crypto.blind_index("complaints.employer-name", plain)


# --- The firewall


@dataclass(frozen=True)
class Conflicts:
    """What an officer is too close to: unions, and employers by hashes of code and name."""

    union_ids: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def conflicts(actor: Actor) -> Conflicts:
    """The unions and employers about which `actor` must not hear anything."""
    return unions_too_close(_own_unions([actor.pk]).get(actor.pk, []))


def _own_unions(account_ids: list[int]) -> dict[int, list[str]]:
    """Paths of the unions where each account is a member or in office, the county itself left out."""
    found: dict[int, list[str]] = {}
    for account_id, path in [*unions.office_paths(account_ids), *membership.union_paths(account_ids)]:
        if path.count(".") > 1:
            found.setdefault(account_id, []).append(path)
    return found


def unions_too_close(paths: list[str]) -> Conflicts:
    """All unions at, below or above `paths`, short of the county, and the units they stand for."""
    if not paths:
        return Conflicts()
    above = {int(step) for path in paths for step in path.split(".")[1:-1]}
    near = list(unions.units_near(paths, above))
    return Conflicts(
        frozenset(unit.union_id for unit in near),
        frozenset(index_of_code(unit.code) for unit in near if unit.code),
        frozenset(index_of_name(unit.name) for unit in near if unit.name),
    )


def apart_from(found: QuerySet[Case], too_close: Conflicts) -> QuerySet[Case]:
    """Of `found` those cases that accuse nobody in `too_close`. Use it inside the vault."""
    return found.exclude(
        Q(close_union_ids__overlap=list(too_close.union_ids))
        | Q(employer_code_index__in=too_close.codes)
        | Q(employer_name_index__in=too_close.names)
    )


# --- Turning an id from outside into a case


@dataclass(frozen=True)
class Desk:
    """A case as one officer meets it: what part of it is theirs."""

    case: Case
    part: str
    """lead, helper or checker; empty for the registrar, who sees what it is about and not the story."""
    registers: bool

    @property
    def reads_content(self) -> bool:
        return bool(self.part)


def desk_scope(actor: Actor) -> "Scope":
    """Which cases `actor` may know of at the county, ready to be used inside the vault."""
    return Scope(actor, conflicts(actor), holds(actor, REGISTER), holds(actor, HANDLE))


@dataclass(frozen=True)
class Scope:
    """An officer's reach over cases: worked out before the vault is entered, since it holds no offices."""

    actor: Actor
    too_close: Conflicts
    registers: bool
    handles: bool

    def cases(self) -> QuerySet[Case]:
        """All for the registrar, those given to them for a handler, none for others. Use it inside the vault."""
        if self.registers:
            return apart_from(Case.objects.all(), self.too_close)
        if not self.handles:
            return Case.objects.none()
        own = Access.objects.filter(case=OuterRef("pk"), account_id=self.actor.pk, revoked_at=None)
        return apart_from(Case.objects.filter(Exists(own)), self.too_close)


def get_desk(actor: Actor, case_uuid: uuid.UUID) -> Desk:
    """The case for an officer of the county; 404 for everybody who must not know of it, as for one that is not."""
    scope = desk_scope(actor)
    with vault():
        case = scope.cases().filter(uuid=case_uuid).first()
        if case is None:
            raise Http404
        held = Access.objects.filter(case=case, account_id=actor.pk, revoked_at=None)
        part = held.values_list("part", flat=True).first() or ""
    return Desk(case, part if scope.handles else "", scope.registers)


IN_HAND = (Case.State.HANDLING, Case.State.PAUSED, Case.State.REPLIED, Case.State.VISITED)
"""Somebody handles it: letters about it are written and signed, and it may be supervised."""
_BY_REGISTRAR = {
    "assign": (Case.State.RECEIVED, Case.State.ACCEPTED, Case.State.HANDLING, Case.State.PAUSED, Case.State.REPLIED,
               Case.State.VISITED),
    "accept": (Case.State.RECEIVED,),
    "decline": (Case.State.RECEIVED,),
    "transfer": (Case.State.RECEIVED, Case.State.ACCEPTED),
    "decide": (Case.State.HANDLING,),
    "urge": IN_HAND,
    "merge": (Case.State.RECEIVED, Case.State.ACCEPTED, Case.State.HANDLING),
    "unmerge": (Case.State.HANDLING, Case.State.PAUSED),
}  # fmt: skip
_WHILE_FOLLOWING = {"note", "ask", "unmerge"}
"""With a case that follows another: all else is done with the one that leads."""
_BY_LEAD = {
    "accept": (Case.State.RECEIVED,),
    "decline": (Case.State.RECEIVED,),
    "transfer": (Case.State.RECEIVED, Case.State.HANDLING),
    "pause": (Case.State.HANDLING,),
    "resume": (Case.State.PAUSED,),
    "extend": (Case.State.HANDLING,),
    "reply": (Case.State.HANDLING,),
    "visit": (Case.State.REPLIED,),
}
_BY_HELPER = {
    "note": _BY_REGISTRAR["assign"],
    "ask": _BY_REGISTRAR["assign"],
}
_BY_CHECKER = {"note": _BY_REGISTRAR["assign"], "check": (Case.State.VISITED,)}
_BY_PART = {
    Access.Part.LEAD: _BY_LEAD | _BY_HELPER,
    Access.Part.HELPER: _BY_HELPER,
    Access.Part.CHECKER: _BY_CHECKER,
}


def acts(desk: Desk, *, actor: Actor, asked_by: int | None = None) -> set[str]:
    """What the officer may do with the case as it stands. `asked_by`: who waits for more time, if somebody does."""
    allowed: dict[str, tuple[str, ...]] = dict(_BY_REGISTRAR) if desk.registers else {}
    for verb, states in _BY_PART.get(Access.Part(desk.part), {}).items() if desk.part else ():
        allowed[verb] = (*allowed.get(verb, ()), *states)
    found = {verb for verb, states in allowed.items() if desk.case.state in states}
    found = found & _WHILE_FOLLOWING if desk.case.leading_id else found - {"unmerge"}
    if desk.case.source == Case.Source.HOTLINE:
        found.discard("ask")  # who called reads nothing here
    if asked_by is not None:
        found.discard("extend")
    return found - ({"decide"} if asked_by in (None, actor.pk) else set())


def require_act(desk: Desk, verb: str) -> None:
    """Refuse (403) a step that is not this officer's to take; whether it fits the state, the operation says."""
    mine = {
        **(_BY_REGISTRAR if desk.registers else {}),
        **(_BY_PART[Access.Part(desk.part)] if desk.part else {}),
    }
    if verb not in mine:
        raise PermissionDenied


_UNSEEN = (Letter.State.DRAFT, Letter.State.DROPPED)


def letters_of(desk: Desk) -> QuerySet[Letter]:
    """The letters of the case; of those that were not handed in the registrar sees nothing. Inside the vault."""
    found = Letter.objects.filter(case=desk.case)
    return found if desk.reads_content else found.exclude(state__in=_UNSEEN)


def get_letter(desk: Desk, letter_uuid: uuid.UUID) -> Letter:
    """A letter of the officer's case, or 404."""
    with vault():
        letter = letters_of(desk).filter(uuid=letter_uuid).first()
    if letter is None:
        raise Http404
    letter.case = desk.case
    return letter


def sees_letter(desk: Desk, letter: Letter) -> bool:
    """Is the letter the officer's to see, as it stands now?"""
    return desk.reads_content or letter.state not in _UNSEEN


def require_letter_act(desk: Desk, letter: Letter, verb: str, *, actor: Actor) -> None:
    """Refuse (403) a step that is not this officer's; whether it fits the state, the operation says.

    Whoever drafted a letter may ask to sign it: the operation knows whether there is somebody else.
    """
    is_mine = desk.part in _HANDS
    if verb in ("sign", "return"):
        is_mine = _signs(desk) or (verb == "sign" and is_mine and letter.drafted_by == actor.pk)
    if not is_mine:
        raise PermissionDenied


def _signs(desk: Desk) -> bool:
    return desk.registers or desk.part == Access.Part.CHECKER


def may_draft(desk: Desk) -> bool:
    """May the officer write a letter about this case, as it stands?"""
    return desk.part in _HANDS and desk.case.state in IN_HAND and not desk.case.leading_id


_HANDS = (Access.Part.LEAD, Access.Part.HELPER)


def letter_acts(desk: Desk, letter: Letter, *, actor: Actor) -> set[str]:
    """What the officer may do with a letter. Outside the vault."""
    if letter.state == Letter.State.ISSUED:
        return {"answer"} if desk.part in _HANDS else set()
    if desk.case.state not in IN_HAND:
        return set()
    if letter.state == Letter.State.SUBMITTED:
        return {"sign", "return"} if _signs(desk) and actor.pk != letter.drafted_by else set()
    if letter.state != Letter.State.DRAFT or desk.part not in _HANDS:
        return set()
    alone = actor.pk == letter.drafted_by and not second_signers(desk.case, besides=actor.pk)
    return {"edit", "drop", "sign" if alone else "submit"}


def second_signers(case: Case, *, besides: int) -> set[int]:
    """Who else may sign a letter of the case: registrars who are not too close, and its checker."""
    held = unions.officers(unions.root(), orgs.Role.RIGHTS_REGISTRAR).values_list("account_id", flat=True)
    registrars = set(held)
    paths = _own_unions(sorted(registrars))
    free = {account for account in registrars if not is_close(case, paths.get(account, []))}
    with vault():
        checkers = Access.objects.filter(case=case, revoked_at=None, part=Access.Part.CHECKER)
        free |= set(checkers.values_list("account_id", flat=True))
    return free - {besides}


def get_own(actor: "Account | Actor", case_uuid: uuid.UUID) -> Case:
    """The actor's own case, or 404."""
    with vault():
        own = Case.objects.filter(author_index=index_of_account(actor.pk), uuid=case_uuid)
        case = own.first() if actor.pk else None
    if case is None:
        raise Http404
    return case


def find_by_receipt(code: str) -> Case | None:
    """The anonymous case behind a receipt code."""
    index = index_of_receipt(code)
    with vault():
        return Case.objects.filter(receipt_index=index).first()


def get_evidence(case: Case, position: int) -> Evidence:
    """A piece of evidence of `case`, which the caller may read; 404 when there is none."""
    with vault():
        evidence = Evidence.objects.filter(case=case, position=position).first()
    if evidence is None:
        raise Http404
    return evidence


def handlers_for(case: Case) -> list[int]:
    """Accounts of the county's handlers who may be given `case`: none of them too close to whom it accuses."""
    held = list(unions.officers(unions.root(), orgs.Role.RIGHTS_HANDLER).values_list("account_id", flat=True))
    paths = _own_unions(held)
    return [account_id for account_id in dict.fromkeys(held) if not is_close(case, paths.get(account_id, []))]


def is_close(case: Case, paths: list[str]) -> bool:
    """Does `case` accuse a union or unit near `paths`?"""
    near = unions_too_close(paths)
    return (
        not near.union_ids.isdisjoint(case.close_union_ids)
        or case.employer_code_index in near.codes
        or case.employer_name_index in near.names
    )
