"""Every write to notices: writing, publishing, withdrawing, reminding; reading and confirming. Public door."""

from collections.abc import Sequence
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVector
from django.db import IntegrityError, transaction
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.urls import reverse

from huigong.core import audit, calendar, files, jobs, richtext, search
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.membership.queries import Rule, addressed_by
from huigong.services.notices import queries
from huigong.services.notices.models import Attachment, Notice, Reading, SavedAudience

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

State = Notice.State
MOST_ATTACHMENTS = 5


@transaction.atomic
def create_notice(
    union: "Union",
    *,
    title: str,
    body: str,
    rule: Rule,
    actor: audit.Actor,
    asks_confirmation: bool = False,
    expires_on: date | None = None,
) -> Notice:
    """A draft in the name of `union`. Refuses an audience outside the union's own subtree."""
    notice = Notice(union=union)
    _fill(notice, rule, title, body, asks_confirmation, expires_on)
    notice.save()
    audit.record(actor, "notices:notice:create", notice, after={"title": title}, org=union)
    return notice


@transaction.atomic
def update_notice(
    notice: Notice,
    *,
    title: str,
    body: str,
    rule: Rule,
    actor: audit.Actor,
    asks_confirmation: bool = False,
    expires_on: date | None = None,
) -> Notice:
    """Change a draft. Refuses a published one: what people have read does not change behind their backs."""
    locked = _locked(notice, State.DRAFT, "已发布的通知不能修改。可以撤回，再复制一份改好发布。")
    before = {"title": locked.title, "audience": locked.audience}
    _fill(notice, rule, title, body, asks_confirmation, expires_on)
    notice.save()
    after = {"title": notice.title, "audience": notice.audience}
    audit.record(actor, "notices:notice:update", notice, before=before, after=after, org=notice.union)
    return notice


def _fill(
    notice: Notice, rule: Rule, title: str, body: str, asks_confirmation: bool, expires_on: date | None
) -> None:
    rule = addressed_by(notice.union, rule)
    notice.title, notice.body = title, richtext.clean(body)
    notice.audience, notice.audience_unions = rule.to_json(), list(rule.union_ids)
    notice.asks_confirmation, notice.expires_on = asks_confirmation, expires_on


def _locked(notice: Notice, state: str, sentence: str) -> Notice:
    """The row as it is now, held until the transaction ends; refuses any other state."""
    locked = Notice.objects.select_for_update().get(pk=notice.pk)
    if locked.state != state:
        raise Refused(sentence, "wrong-state")
    return locked


@transaction.atomic
def attach(
    notice: Notice, uploads: Sequence[tuple[IO[bytes], str]], *, actor: audit.Actor
) -> list[Attachment]:
    """Add documents to a draft. Refuses more than five, and (422) what `core.documents` refuses, by name."""
    _locked(notice, State.DRAFT, "已发布的通知不能再加附件。")
    if notice.attachments.count() + len(uploads) > MOST_ATTACHMENTS:
        raise Refused(f"最多 {MOST_ATTACHMENTS} 个附件。", "too-many", status=422)
    kept = files.store_documents(uploads, owner=actor)
    added = [Attachment.objects.create(notice=notice, file=stored) for stored in kept]
    names = [attachment.file.name for attachment in added]
    audit.record(actor, "notices:notice:attach", notice, after={"files": names}, org=notice.union)
    return added


@transaction.atomic
def detach(attachment: Attachment, *, actor: audit.Actor) -> None:
    """Take a document off a draft, and forget it."""
    notice, stored = attachment.notice, attachment.file
    _locked(notice, State.DRAFT, "已发布的通知不能再减附件。")
    audit.record(actor, "notices:notice:detach", notice, before={"file": stored.name}, org=notice.union)
    attachment.delete()
    files.remove(stored)


@transaction.atomic
def publish(notice: Notice, *, actor: audit.Actor) -> Notice:
    """Show a draft to everybody it means: one row is written, however many they are. Open pages are told.

    Refuses a notice that would be over at once, and one that means nobody.
    """
    if notice.expires_on and notice.expires_on < calendar.today():
        raise Refused("有效期已经过了，请先改有效期。", "expired", status=422)
    people = queries.head_count(notice)
    if not people:
        raise Refused("按现在的范围没有一名会员，请先改“发给谁”。", "nobody", status=422)
    marks = {"published_at": Now(), "published_by_id": actor.pk, "words": _words(notice)}
    _move(notice, State.DRAFT, State.PUBLISHED, **marks)
    audit.record(actor, "notices:notice:publish", notice, after={"people": people}, org=notice.union)
    inbox.announce_all()
    return notice


def _words(notice: Notice) -> CombinedExpression | SearchVector:
    """Its name first, then who tells it, then its initials, then the text. Nothing of it changes afterwards."""
    text = richtext.to_text(notice.body)
    return search.vector(notice.title, notice.union.name, search.initials(notice.title), text)


@transaction.atomic
def withdraw(notice: Notice, *, actor: audit.Actor, reason: str) -> Notice:
    """Take a published notice back: out of lists, badges and inboxes. Who had read it stays on record."""
    _move(notice, State.PUBLISHED, State.WITHDRAWN, withdrawn_reason=reason)
    audit.record(actor, "notices:notice:withdraw", notice, after={"reason": reason}, org=notice.union)
    if notice.reminded_at:
        inbox.retract(_url(notice))
    inbox.announce_all()
    return notice


@transaction.atomic
def discard(notice: Notice, *, actor: audit.Actor) -> None:
    """Throw a draft away with its documents; nobody has seen it."""
    _locked(notice, State.DRAFT, "已发布的通知不能删除，可以撤回。")
    audit.record(actor, "notices:notice:discard", notice, before={"title": notice.title}, org=notice.union)
    for attachment in notice.attachments.select_related("file"):
        attachment.delete()
        files.remove(attachment.file)
    notice.delete()


@transaction.atomic
def copy(notice: Notice, *, actor: audit.Actor) -> Notice:
    """A new draft with the same words and audience. Documents are not copied: they may have been the mistake."""
    return create_notice(
        notice.union,
        title=notice.title,
        body=notice.body,
        rule=Rule.parse(notice.audience),
        actor=actor,
        asks_confirmation=notice.asks_confirmation,
    )


@transaction.atomic
def remind(notice: Notice, *, actor: audit.Actor) -> Notice:
    """Ask for the one reminder to those who have not read (or not confirmed); a job sends it. Refuses a second."""
    asked = Notice.objects.filter(pk=notice.pk, state=State.PUBLISHED, reminded_at=None)
    if not asked.update(reminded_at=Now()):
        raise Refused("这条通知已经提醒过一次，或已撤回。", "reminded")
    notice.refresh_from_db(fields=["reminded_at"])
    audit.record(actor, "notices:notice:remind", notice, org=notice.union)
    jobs.enqueue("notices.send_reminder", notice_id=notice.pk)
    return notice


@transaction.atomic
def send_reminder(notice_id: int) -> int:
    """Put the reminder into the inboxes; running it again sends nothing more. Returns how many it went to."""
    notice = Notice.objects.select_for_update().select_related("union").get(pk=notice_id)
    if notice.state != State.PUBLISHED or notice.reminded_at is None or notice.reminded is not None:
        return 0
    accounts = queries.outstanding(notice).exclude(account=None).values_list("account_id", flat=True)
    verb = "请阅读并确认" if notice.asks_confirmation else "请阅读"
    notice.reminded = inbox.send(
        accounts.iterator(),
        kind=inbox.Kind.NOTICE,
        title=f"{verb}通知：{notice.title}",
        body=f"{notice.union.name}提醒您，这条通知还没有{'确认' if notice.asks_confirmation else '阅读'}。",
        url=_url(notice),
    )
    notice.save(update_fields=["reminded"])
    return notice.reminded


MOST_SAVED = 20


@transaction.atomic
def save_audience(notice: Notice, *, name: str, actor: audit.Actor) -> SavedAudience:
    """Keep whom a notice means under a name, for its union's next ones. Refuses a name twice, and more than twenty."""
    kept = SavedAudience.objects.filter(union=notice.union)
    if kept.count() >= MOST_SAVED:
        raise Refused(f"最多存 {MOST_SAVED} 个常用范围，请先删掉不用的。", "too-many", status=422)
    try:
        with transaction.atomic():
            saved = SavedAudience.objects.create(union=notice.union, name=name, rule=notice.audience)
    except IntegrityError:
        raise Refused(f"已有叫“{name}”的常用范围，请换个名称。", "name-taken", status=422) from None
    audit.record(actor, "notices:audience:save", saved, after={"rule": saved.rule}, org=notice.union)
    return saved


@transaction.atomic
def forget_audience(saved: SavedAudience, *, actor: audit.Actor) -> None:
    """It is offered no more. Notices that were written with it keep whom they mean."""
    audit.record(actor, "notices:audience:forget", saved, before={"rule": saved.rule}, org=saved.union)
    saved.delete()


def note_export(notice: Notice, *, actor: audit.Actor, what: str = "figures") -> None:
    """Somebody takes the figures of a notice, or the names of who has not read it, out of the platform."""
    audit.record(actor, "notices:notice:export", notice, after={"what": what}, org=notice.union)


def _url(notice: Notice) -> str:
    return reverse("notices:detail", args=[notice.pk])


@transaction.atomic
def mark_read(notice: Notice, *, member: "Member") -> Reading:
    """Note the first time a member opened it; again changes nothing. A measurement: no audit row."""
    reading, created = Reading.objects.get_or_create(notice=notice, person_id=member.person_id)
    if created:
        inbox.announce([member.account_id])
    return reading


@transaction.atomic
def confirm(notice: Notice, *, member: "Member", actor: audit.Actor) -> Reading:
    """The member says that they took note. Again changes nothing; refuses a notice that asks for none."""
    if not notice.asks_confirmation:
        raise Refused("这条通知不需要确认。", "not-asked")
    reading = mark_read(notice, member=member)
    if Reading.objects.filter(pk=reading.pk, confirmed_at=None).update(confirmed_at=Now()):
        after = {"person": member.person_id}
        audit.record(actor, "notices:notice:confirm", notice, after=after, org=notice.union)
        inbox.announce([member.account_id])
    reading.refresh_from_db()
    return reading


def _move(notice: Notice, source: str, state: str, **values: Any) -> None:
    """Change the state by one conditional statement; of two colleagues one is too late."""
    if not Notice.objects.filter(pk=notice.pk, state=source).update(state=state, **values):
        notice.refresh_from_db(fields=["state"])
        raise Refused(f"通知当前是“{notice.get_state_display()}”，不能这样操作。", "wrong-state")
    notice.refresh_from_db()
