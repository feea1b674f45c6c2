"""Complaints for tests, made as workers and the county make them. All people and employers are invented."""

import io
import uuid
from typing import Any

from PIL import Image

from huigong.core.vault import vault
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Case, Letter
from huigong.services.complaints.operations import Draft, LetterWords, Lodged, Upload
from huigong.services.complaints.permissions import Desk
from tests.cast import Cast


def rows(model: Any, **conditions: Any) -> list[Any]:
    """What the vault holds of a model, oldest first."""
    with vault():
        return list(model.objects.filter(**conditions).order_by("pk"))


def draft(**fields: Any) -> Draft:
    values = {
        "demand": "resolve",
        "cause": "wages",
        "employer": "螺城石雕厂",
        "narrative": "从九月起没有发工资，一共三个月。",
        "wanted": "补发工资。",
        "amount_fen": 1_850_000,
        "people_affected": 3,
    }
    return Draft(**{**values, **fields})


def lodged(author: Account, *, withheld: bool = False, uploads: Any = (), **fields: Any) -> Case:
    """A complaint under a name."""
    token = uuid.uuid4().hex
    return operations.lodge_as(
        draft(**fields), withheld=withheld, token=token, uploads=uploads, actor=author
    ).case


def anonymous(*, uploads: Any = (), **fields: Any) -> Lodged:
    """A complaint under none, with its receipt code."""
    return operations.lodge_anonymously(draft(**fields), token=uuid.uuid4().hex, uploads=uploads)


def photo(*, gps: bool = True, name: str = "张三家的照片.jpg") -> Upload:
    """A photo that says where it was taken."""
    image = Image.effect_noise((64, 48), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "HUAWEI"
    if gps:
        exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    file.seek(0)
    return Upload(file, name)


def officer(cast: Cast, role: str = Post.Role.RIGHTS_HANDLER, *, name: str = "维权专员") -> Account:
    """Somebody with a post for complaints at the county."""
    made = accounts.account(name=name)
    unions.post(made, cast.county, role)
    made.refresh_from_db()
    return made


def registrar(cast: Cast) -> Account:
    return officer(cast, Post.Role.RIGHTS_REGISTRAR, name="维权登记员")


def desk(actor: Account, case: Case) -> Desk:
    """The case as `actor` meets it, looked up anew."""
    return permissions.get_desk(fresh(actor), case.uuid)


def fresh(actor: Account) -> Account:
    """The account without what it remembers of its posts."""
    return Account.objects.get(pk=actor.pk)


def reread(case: Case) -> Case:
    """The case as it is now."""
    with vault():
        return Case.objects.get(pk=case.pk)


def given(case: Case, handler: Account, by: Account, **more: Any) -> Case:
    """Accepted, and in the hands of `handler`."""
    operations.assign(case, lead=handler.pk, actor=by, **more)
    operations.accept(
        case, demand=case.demand, tier=case.tier, cause=case.cause, reason="属于受理范围。", actor=by
    )
    return case


def words(case: Case, *, kind: Letter.Kind = Letter.Kind.REMINDER, **fields: str) -> LetterWords:
    """What a letter begins with, some of it otherwise."""
    return LetterWords(**queries.first_words(case, kind) | fields)


def letter(case: Case, by: Account, *, kind: Letter.Kind = Letter.Kind.REMINDER, **more: Any) -> Letter:
    """A draft."""
    said = more.get("words") or words(case, kind=kind)
    return operations.draft_letter(case, kind=kind, words=said, answer_days=10, actor=by)


def issued(case: Case, by: Account, signed_by: Account, **more: Any) -> Letter:
    """A letter that went out."""
    made = letter(case, by, **more)
    operations.submit_letter(made, actor=by)
    operations.sign_letter(made, actor=signed_by)
    return made
