"""Conversations: a worker and their union, or one union and another, in writing."""

from django.db import models
from django.db.models import Q

from huigong.core.models import Model


class Thread(Model):
    """One matter, from the first message to the end. Who wrote it stands in `person`, or is the union `home`."""

    class Kind(models.TextChoices):
        HELP = "help", "求助"
        SUGGESTION = "suggestion", "建言"
        QUESTION = "question", "咨询"
        PRAISE = "praise", "表扬"
        UNION = "union", "工会往来"

    class State(models.TextChoices):
        NEW = "new", "待查看"
        READ = "read", "已查看"
        REPLYING = "replying", "沟通中"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "已办结"
        REOPENED = "reopened", "已重开"

    WAITING = (State.NEW, State.READ, State.REPLYING, State.REOPENED)
    """The union owes an answer."""

    kind = models.CharField("类别", max_length=10, choices=Kind)
    title = models.CharField("标题", max_length=60)
    person = models.ForeignKey(
        "membership.Person", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="留言人"
    )
    """Empty when a union writes to another."""
    home = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="来自")
    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="承办工会"
    )
    """Who owes the answer now; others that take part stand in `Handling`."""
    state = models.CharField("状态", max_length=10, choices=State, default=State.NEW)
    due_on = models.DateField("答复期限", null=True)
    assignee = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    is_new_to_author = models.BooleanField(default=False)
    is_new_to_union = models.BooleanField(default=True)
    last_at = models.DateTimeField("最近留言", null=True)
    answered_at = models.DateTimeField("首次答复", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    rating = models.PositiveSmallIntegerField("评分", null=True)
    rating_words = models.CharField("评价", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "read", "replying", "answered", "closed", "reopened"]),
                name="conversations_thread_state",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True, kind="union") | (Q(person__isnull=False) & ~Q(kind="union")),
                name="conversations_thread_author",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, state__in=["answered", "closed"])
                | Q(due_on__isnull=False, state__in=["new", "read", "replying", "reopened"]),
                name="conversations_thread_due",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True)
                | Q(rating__gte=1, rating__lte=5, answered_at__isnull=False, person__isnull=False),
                name="conversations_thread_rating",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-last_at"], name="conversations_thread_person"),
            models.Index(fields=["due_on"], name="conversations_thread_due_on", condition=~Q(due_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}“{self.title}”"

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED


class Handling(Model):
    """A union that takes part in answering a thread, and why."""

    class Reason(models.TextChoices):
        OWN = "own", "本会职工"
        VACANT = "vacant", "下级工会暂无干部"
        ADDRESSED = "addressed", "收到来函"
        ESCALATED = "escalated", "超期督办"
        FORWARDED = "forwarded", "职工同意转来"

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="handlings")
    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("缘由", max_length=10, choices=Reason)

    class Meta:
        verbose_name = verbose_name_plural = "承办"
        constraints = [
            models.UniqueConstraint(fields=["thread", "union"], name="conversations_handling_once")
        ]
        indexes = [models.Index(fields=["union", "thread"], name="conversations_handling_union")]


class Forwarding(Model):
    """The question to a worker whether another union may take their thread over, and what they said."""

    class State(models.TextChoices):
        ASKED = "asked", "待本人决定"
        AGREED = "agreed", "同意"
        DECLINED = "declined", "不同意"

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="forwardings")
    to = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="转给")
    reason = models.CharField("原因", max_length=200)
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED)

    class Meta:
        verbose_name = verbose_name_plural = "转办"
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(state="asked"), name="conversations_forwarding_one_asked"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "agreed", "declined"]), name="conversations_forwarding_state"
            ),
        ]


class Message(Model):
    """One thing said in a thread, in the order of ids. It is never changed."""

    class Kind(models.TextChoices):
        WORDS = "words", "留言"
        REPLY = "reply", "回复"
        ANSWER = "answer", "答复"
        NOTE = "note", "内部备注"
        EVENT = "event", "进展"

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind)
    writer = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, null=True, related_name="+")
    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, null=True, related_name="+")
    """In whose name: empty for a worker's words and for what the platform notes."""
    key = models.UUIDField(null=True)
    """Made by the page on which it was written: sent twice, it arrives once."""
    text = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "留言内容"
        constraints = [
            models.UniqueConstraint(
                fields=["writer", "key"], condition=~Q(key=None), name="conversations_message_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["words", "event"]) | Q(union__isnull=False),
                name="conversations_message_union",
            ),
        ]
        indexes = [models.Index(fields=["thread", "id"], name="conversations_message_thread")]


class Adoption(Model):
    """What a union decided on a suggestion, and the words in which it shows that to its members.

    Nothing of the private thread stands here: title, wording and reply are written for everybody to read.
    """

    class State(models.TextChoices):
        DECLINED = "declined", "未采纳"
        ADOPTED = "adopted", "已采纳"
        REVIEWING = "reviewing", "公示待审"
        PUBLISHED = "published", "已公示"
        WITHDRAWN = "withdrawn", "公示已撤下"

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="adoption")
    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="工会")
    state = models.CharField("状态", max_length=10, choices=State)
    reason = models.CharField("理由", max_length=200)
    shows_name = models.BooleanField("署名", default=False)
    """Only the author says so; without a word from them the name is withheld."""
    title = models.CharField("标题", max_length=60, blank=True)
    wording = models.TextField("建议内容", blank=True)
    reply = models.TextField("工会答复", blank=True)
    version = models.PositiveSmallIntegerField("第几稿", default=0)
    """What a reviewer has read is what they publish."""
    writer = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="起草人"
    )
    published_at = models.DateTimeField("公示时间", null=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "建议采纳"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["declined", "adopted", "reviewing", "published", "withdrawn"]),
                name="conversations_adoption_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["declined", "adopted"])
                | (~Q(title="") & ~Q(wording="") & ~Q(reply="") & Q(writer__isnull=False)),
                name="conversations_adoption_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="conversations_adoption_published",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                name="conversations_adoption_withdrawn",
            ),
        ]
        indexes = [
            models.Index(
                fields=["union", "-published_at"],
                name="conversations_adoption_shown",
                condition=Q(state="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"建议“{self.title or self.thread.title}”"


class Support(Model):
    """A member who says that a suggestion shown is theirs as well."""

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="supports")
    person = models.ForeignKey("membership.Person", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "同感"
        constraints = [
            models.UniqueConstraint(fields=["adoption", "person"], name="conversations_support_once")
        ]


class Enclosure(Model):
    """A picture or document sent with a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="enclosures")
    file = models.OneToOneField("core.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]


class CannedAnswer(Model):
    """Words that a union's cadres need again and again."""

    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=20)
    text = models.CharField("内容", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "常用答复"
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["union", "title"], name="conversations_canned_once")]

    def __str__(self) -> str:
        return self.title
