"""Offices: who holds which, given by whom, until when."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.urls import reverse

from huigong.core import audit, calendar
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions, queries
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.operations.tree import lock_tree, refresh_staff

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

LONGEST_TERM = timedelta(days=5 * 366)
"""Union committees are elected for three or five years."""


def appoint(
    account: "Account",
    *,
    union: Union,
    role: str,
    starts_on: date,
    ends_on: date,
    actor: audit.Actor,
    title: str = "",
    is_full_time: bool = False,
) -> Post:
    """Give `account` an office at `union` for a term; the role reaches over the union's subtree.

    Refuses, with 403 and a line in the audit trail, a role above the actor's own or outside their subtree,
    and oneself; refuses terms of more than five years, an office that the account already holds, and an
    account or union that is no longer active.
    """
    _require_grant(actor, account, role, union, attempt="appoint")
    _require_term(starts_on, ends_on)
    if not account.is_active:
        raise Refused("这个账号已停用，不能任职。", "inactive")
    if not union.is_established:
        raise Refused("这个工会还没有建立或已撤销，不能任职。", "not-established")
    values = {"title": title, "is_full_time": is_full_time, "starts_on": starts_on, "ends_on": ends_on}
    return give_post(account, union=union, role=role, actor=actor, **values)


@transaction.atomic
def give_post(account: "Account", *, union: Union, role: str, actor: audit.Actor, **values: Any) -> Post:
    """Write the office down and tell its holder, unless the platform itself gives it (imports, first steps).

    The caller has decided that it may be given.
    """
    _close_expired(Post.objects.filter(account=account, union=union, role=role))
    try:
        with transaction.atomic():
            post = Post.objects.create(account=account, union=union, role=role, **values)
    except IntegrityError:
        raise Refused("已经担任这个职务，请改任期。", "already-appointed") from None
    refresh_staff(account)
    after = {"account": str(account), "role": role, "starts_on": post.starts_on, "ends_on": post.ends_on}
    audit.record(actor, "orgs:post:appoint", post, after=after, org=union)
    if actor is not audit.SYSTEM:
        _tell(
            post,
            title=f"您已任{post}",
            body=f"任期 {post.starts_on} 至 {post.ends_on}，可进入工作台办理工作。",
        )
    return post


def extend_post(post: Post, *, ends_on: date, actor: audit.Actor) -> Post:
    """Let an office run until a later or earlier day, as after an election. Refuses as `appoint` does."""
    _require_grant(actor, post.account, post.role, post.union, attempt="extend")
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).select_related("account", "union").get(pk=post.pk)
        if post.ended_at:
            raise Refused("这个职务已经结束，请重新任命。", "ended")
        _require_term(max(post.starts_on, calendar.today()), ends_on)
        before = {"ends_on": post.ends_on}
        post.ends_on, post.reminded_at = ends_on, None
        post.save(update_fields=["ends_on", "reminded_at"])
        refresh_staff(post.account)
        audit.record(
            actor, "orgs:post:extend", post, before=before, after={"ends_on": ends_on}, org=post.union
        )
        _tell(post, title=f"您的任期已改到 {ends_on}", body=str(post))
    return post


def end_post(post: Post, *, actor: audit.Actor, reason: str) -> Post:
    """End an office now. Its holder may resign; else who may give it may end it.

    Refuses to end the last administrator at the top, because nobody could let anybody in any more.
    """
    if actor.pk is None or actor.pk != post.account_id:
        _require_grant(actor, post.account, post.role, post.union, attempt="end")
    with transaction.atomic():
        lock_tree(alone=True)
        _require_administrator_left(post)
        if not Post.objects.filter(pk=post.pk, ended_at=None).update(ended_at=Now()):
            raise Refused("这个职务已经结束。", "ended")
        post.refresh_from_db(fields=["ended_at"])
        refresh_staff(post.account)
        audit.record(actor, "orgs:post:end", post, after={"reason": reason}, org=post.union)
        _tell(post, title=f"您不再担任{post}", body=reason, page="portal:me")
    return post


@transaction.atomic
def end_posts_of(account: "Account", *, actor: audit.Actor, reason: str) -> int:
    """End every office of somebody who can hold none any more (expelled, dead). Returns how many.

    The caller has decided; whether they were the last administrator does not matter here, for `create-admin`
    lets another in. Nobody is written to.
    """
    held = Post.objects.filter(account=account, ended_at=None).select_related("union")
    ended = list(held.select_for_update(of=("self",)))
    Post.objects.filter(pk__in=[post.pk for post in ended]).update(ended_at=Now())
    for post in ended:
        audit.record(actor, "orgs:post:end", post, after={"reason": reason}, org=post.union)
    if ended:
        refresh_staff(account)
    return len(ended)


def _require_grant(actor: audit.Actor, account: "Account", role: str, union: Union, *, attempt: str) -> None:
    """Refuse who may not give `role`, and write the attempt down: it outlives the refused request."""
    own = actor.pk is not None and actor.pk == account.pk
    if not own and permissions.may_grant(actor, role, union):
        return
    audit.record(
        actor, f"orgs:post:{attempt}-refused", union, after={"account": str(account), "role": role}, org=union
    )
    if own:
        raise Refused("不能给自己任命职务，请由上级工会办理。", "own-post", status=403)
    raise Refused("只能在您管理的工会范围内，任命不高于您的职务。", "not-yours-to-give", status=403)


def _require_term(starts_on: date, ends_on: date) -> None:
    if ends_on <= starts_on:
        raise Refused("任期结束要晚于开始。", "bad-term", status=422)
    if ends_on - starts_on > LONGEST_TERM:
        raise Refused("任期最长 5 年，到期再续任。", "long-term", status=422)


def _require_administrator_left(post: Post) -> None:
    if post.role != Post.Role.ADMIN or post.union_id != queries.root_id():
        return
    others = queries.officers(post.union, Post.Role.ADMIN).exclude(pk=post.pk)
    if not others.exists():
        raise Refused("这是最后一位系统管理员，请先任命另一位。", "last-administrator")


def _tell(post: Post, *, title: str, body: str, page: str = "admin:index") -> None:
    inbox.send([post.account_id], kind=inbox.Kind.SYSTEM, title=title, body=body, url=reverse(page))


def expire_posts() -> int:
    """End every office whose term is over. Returns how many; a second run finds none."""
    return _close_expired(Post.objects.all())


@transaction.atomic
def _close_expired(posts: Any) -> int:
    over = list(
        posts.filter(ended_at=None, ends_on__lt=calendar.today())
        .select_related("account", "union")
        .select_for_update(of=("self",), skip_locked=True)
    )
    for post in over:
        Post.objects.filter(pk=post.pk).update(ended_at=Now())
        refresh_staff(post.account)
        audit.record(audit.SYSTEM, "orgs:post:expire", post, after={"ends_on": post.ends_on}, org=post.union)
    return len(over)


@transaction.atomic
def remind_of_term_ends() -> int:
    """Tell holders, and the union above, of terms that end within thirty days; once for each term."""
    soon = Post.objects.filter(
        ended_at=None,
        reminded_at=None,
        ends_on__range=(calendar.today(), calendar.today() + queries.REMIND_BEFORE),
    )
    ending = list(
        soon.select_related("account", "union__parent").select_for_update(of=("self",), skip_locked=True)
    )
    for post in ending:
        Post.objects.filter(pk=post.pk).update(reminded_at=Now())
        above = post.union.parent or post.union
        inbox.send(
            [post.account_id, *queries.officer_accounts(above, *permissions.LEADERS)],
            kind=inbox.Kind.TASK,
            title=f"{post}（{post.account}）任期将于 {post.ends_on:%-m月%-d日} 届满",
            body="请及时换届或续任，到期后职务自动结束。",
            url=reverse("admin:orgs_post_change", args=[post.pk]),
        )
    return len(ending)
