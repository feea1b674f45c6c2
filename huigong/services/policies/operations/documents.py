"""Documents: writing, publishing, correcting, replacing, taking down; and the paper forms that go with them."""

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import audit, files, richtext
from huigong.core.errors import Refused
from huigong.services.policies.models import PaperForm, Policy
from huigong.services.policies.operations.indexing import reindex

if TYPE_CHECKING:
    from huigong.core.models import StoredFile
    from huigong.people.orgs.models import Union

State = Policy.State
MOST_FORMS = 20
_TOLD = (
    "title", "number", "issuer", "level", "topic", "issued_on", "in_force_on", "ends_on", "summary",
)  # fmt: skip
"""What the trail keeps of a change; of the full text it keeps only that it changed."""


@transaction.atomic
def create_policy(
    union: "Union", *, actor: audit.Actor, replaces: Iterable[Policy] = (), **fields: Any
) -> Policy:
    """A draft that `union` puts up. `fields` are those of the document; `replaces` the documents it takes over from.

    Refuses dates in the wrong order, and a document that replaces a newer one.
    """
    policy = Policy(union=union)
    _fill(policy, fields)
    reindex(policy)
    policy.save()
    _replace(policy, replaces)
    audit.record(actor, "policies:policy:create", policy, after=_told(policy), org=union)
    return policy


@transaction.atomic
def update_policy(
    policy: Policy, *, actor: audit.Actor, replaces: Iterable[Policy] = (), **fields: Any
) -> Policy:
    """Change a draft, or correct a published document: the trail keeps what stood there before.

    Refuses one that was taken down, and what `create_policy` refuses.
    """
    locked = _locked(policy, {State.DRAFT, State.PUBLISHED}, "已撤下的文件不能修改，请先重新上架。")
    before = _told(locked) | {"body": locked.body}
    _fill(policy, fields)
    reindex(policy)
    policy.save()
    _replace(policy, replaces)
    after = _told(policy) | {"body": policy.body}
    changed = [name for name, value in after.items() if value != before[name]]
    audit.record(
        actor,
        "policies:policy:update",
        policy,
        before={name: before[name] for name in changed if name != "body"},
        after={name: after[name] for name in changed if name != "body"}
        | ({"body": "全文有修改"} if "body" in changed else {}),
        org=policy.union,
    )
    return policy


def _fill(policy: Policy, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(policy, name, value)
    policy.body = richtext.clean(policy.body)
    if policy.in_force_on < policy.issued_on:
        raise Refused("施行日期不能早于发布日期。", "bad-dates", status=422)
    if policy.ends_on and policy.ends_on <= policy.in_force_on:
        raise Refused("废止日期要晚于施行日期。", "bad-dates", status=422)
    if policy.replaced_by and policy.replaced_by.issued_on <= policy.issued_on:
        raise Refused(f"发布日期要早于替代它的《{policy.replaced_by.title}》。", "not-older", status=422)


def _told(policy: Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in _TOLD}


def _replace(policy: Policy, replaces: Iterable[Policy]) -> None:
    """Let the documents point to the one that took over. Only older ones can: so nothing goes round in a circle."""
    older = list(replaces)
    for row in older:
        if row.pk == policy.pk or row.issued_on >= policy.issued_on:
            raise Refused(f"《{row.title}》不比这个文件早，不能被它替代。", "not-older", status=422)
    policy.replaces.exclude(pk__in=[row.pk for row in older]).update(replaced_by=None)
    Policy.objects.filter(pk__in=[row.pk for row in older]).update(replaced_by=policy)


def _locked(policy: Policy, states: set[State], sentence: str) -> Policy:
    """The row as it is now, held until the transaction ends; refuses any other state."""
    locked = Policy.objects.select_for_update().get(pk=policy.pk)
    if locked.state not in states:
        raise Refused(sentence, "wrong-state")
    return locked


@transaction.atomic
def attach_file(policy: Policy, upload: IO[bytes], *, name: str, actor: audit.Actor) -> "StoredFile":
    """Keep the document as it was issued, in place of an earlier file. Refuses (422) what `core.documents` refuses."""
    locked = _locked(policy, {State.DRAFT, State.PUBLISHED}, "已撤下的文件不能更换原文件。")
    stored = _stored(upload, name, actor)
    old = locked.file
    Policy.objects.filter(pk=policy.pk).update(file=stored)
    policy.file = stored
    if old is not None:
        files.remove(old)
    audit.record(
        actor,
        "policies:policy:attach",
        policy,
        before={"file": old.name if old else ""},
        after={"file": stored.name},
        org=policy.union,
    )
    return stored


def _stored(upload: IO[bytes], name: str, actor: audit.Actor) -> "StoredFile":
    try:
        return files.store_document(upload, owner=actor, name=name)
    except ValueError as error:
        raise Refused(f"“{name[:40]}”：{error}", "bad-document", status=422) from None


@transaction.atomic
def add_form(
    policy: Policy, upload: IO[bytes], *, name: str, version: str, file_name: str, actor: audit.Actor
) -> PaperForm:
    """Hand out a form, or a new version of the one with that name: the version before then says that it is old.

    Refuses a version that there is already ("same-version"), more than twenty forms, and bad documents (422).
    """
    _locked(policy, {State.DRAFT, State.PUBLISHED}, "已撤下的文件不能加表格。")
    forms = policy.forms.all()
    if len(forms) >= MOST_FORMS:
        raise Refused(f"一个文件最多 {MOST_FORMS} 份表格（含旧版）。", "too-many", status=422)
    if any((form.name, form.version) == (name, version) for form in forms):
        raise Refused(f"“{name}”已经有 {version} 版，请写新的版本号。", "same-version", status=422)
    stored = _stored(upload, file_name, actor)
    policy.forms.filter(name=name, superseded_at=None).update(superseded_at=Now())
    form = PaperForm.objects.create(policy=policy, name=name, version=version, file=stored)
    after = {"form": name, "version": version}
    audit.record(actor, "policies:policy:add-form", policy, after=after, org=policy.union)
    return form


@transaction.atomic
def remove_form(form: PaperForm, *, actor: audit.Actor) -> None:
    """Take a version away, and forget it; the one before it counts again."""
    policy = form.policy
    _locked(policy, {State.DRAFT, State.PUBLISHED}, "已撤下的文件不能减表格。")
    stored, was_current = form.file, form.superseded_at is None
    before = {"form": form.name, "version": form.version}
    form.delete()
    if was_current:
        latest = policy.forms.filter(name=before["form"]).last()
        if latest is not None:
            PaperForm.objects.filter(pk=latest.pk).update(superseded_at=None)
    audit.record(actor, "policies:policy:remove-form", policy, before=before, org=policy.union)
    files.remove(stored)


@transaction.atomic
def publish(policy: Policy, *, actor: audit.Actor) -> Policy:
    """Show a draft to everybody. Refuses one that has neither a full text nor a file."""
    if not policy.body and policy.file_id is None:
        raise Refused("请先写全文，或传上原文件。", "empty", status=422)
    _move(policy, State.DRAFT, State.PUBLISHED, published_at=Now(), published_by_id=actor.pk)
    audit.record(actor, "policies:policy:publish", policy, org=policy.union)
    return policy


@transaction.atomic
def withdraw(policy: Policy, *, actor: audit.Actor, reason: str) -> Policy:
    """Take it down: out of the list, the search, and from every link to it."""
    _move(policy, State.PUBLISHED, State.WITHDRAWN, withdrawn_reason=reason)
    audit.record(actor, "policies:policy:withdraw", policy, after={"reason": reason}, org=policy.union)
    return policy


@transaction.atomic
def restore(policy: Policy, *, actor: audit.Actor) -> Policy:
    """Put a document that was taken down up again."""
    _move(policy, State.WITHDRAWN, State.PUBLISHED, withdrawn_reason="")
    audit.record(actor, "policies:policy:restore", policy, org=policy.union)
    return policy


@transaction.atomic
def discard(policy: Policy, *, actor: audit.Actor) -> None:
    """Throw a draft away with its files; nobody has seen it."""
    locked = _locked(policy, {State.DRAFT}, "已发布的文件不能删除，可以撤下。")
    audit.record(actor, "policies:policy:discard", policy, before=_told(locked), org=policy.union)
    policy.replaces.update(replaced_by=None)
    gone = [form.file for form in policy.forms.select_related("file")]
    policy.forms.all().delete()
    if locked.file:
        gone.append(locked.file)
    policy.delete()
    for stored in gone:
        files.remove(stored)


def _move(policy: Policy, source: str, state: str, **values: Any) -> None:
    """Change the state by one conditional statement; of two colleagues one is too late."""
    if not Policy.objects.filter(pk=policy.pk, state=source).update(state=state, **values):
        policy.refresh_from_db(fields=["state"])
        raise Refused(f"文件当前是“{policy.get_state_display()}”，不能这样操作。", "wrong-state")
    policy.refresh_from_db()
