"""Letters of legal supervision that a case sends out, and how they are counted."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huigong.core.models import VaultedModel
from huigong.services.complaints.models.cases import Case


class Letter(VaultedModel):
    """A letter to the employer or to an authority. Its words and its paper are sealed with the key of the case."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", "劳动用工法律监督提示函"
        OPINION = "opinion", "工会劳动法律监督意见书"
        PROPOSAL = "proposal", "工会劳动法律监督建议书"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待签发"
        ISSUED = "issued", "待回函"
        ANSWERED = "answered", "已回函"
        DROPPED = "dropped", "已作废"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField("文书", max_length=10, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    answer_days = models.PositiveSmallIntegerField("回函工作日")
    words_sealed = models.BinaryField()
    """To whom, about which employer, what was found, by which law, what is asked; later the answer."""
    drafted_by = models.BigIntegerField()
    drafted_at = models.DateTimeField(db_default=Now())
    signed_by = models.BigIntegerField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    sequence = models.PositiveIntegerField(null=True)
    issued_on = models.DateField("发出日期", null=True)
    due_on = models.DateField("回函期限", null=True)
    answered_on = models.DateField("回函日期", null=True)
    paper_sealed = models.BinaryField(default=bytes)
    """The page as it went out."""

    class Meta:
        verbose_name = verbose_name_plural = "法律监督文书"
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "sequence"], name="complaints_letter_number"),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(state__in=["draft", "submitted"]),
                name="complaints_letter_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "answered"])
                & Q(year__isnull=False, sequence__isnull=False, signed_by__isnull=False)
                & Q(issued_on__isnull=False, due_on__gte=models.F("issued_on"))
                & ~Q(paper_sealed=b"")
                | Q(state__in=["draft", "submitted", "dropped"])
                & Q(year__isnull=True, sequence__isnull=True, signed_by__isnull=True)
                & Q(issued_on__isnull=True, due_on__isnull=True, paper_sealed=b""),
                name="complaints_letter_issued",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_on__isnull=False)
                | ~Q(state="answered") & Q(answered_on__isnull=True),
                name="complaints_letter_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="complaints_letter_due",
                condition=Q(state="issued"),
            )
        ]

    @property
    def words(self) -> dict[str, Any]:
        """What it says."""
        return self.case.unseal(f"letter.{self.uuid}", self.words_sealed)

    @property
    def paper(self) -> bytes:
        """The PDF that went out."""
        return self.case.key.unseal(self.paper_sealed, context=self._paper_context)

    def write(self, words: dict[str, Any]) -> None:
        """Seal what it says."""
        self.words_sealed = self.case.seal(f"letter.{self.uuid}", words)

    def print_on(self, paper: bytes) -> None:
        """Seal the page."""
        self.paper_sealed = self.case.key.seal(paper, context=self._paper_context)

    @property
    def _paper_context(self) -> str:
        return f"{self.case.uuid}.letter.{self.uuid}.paper"


class LetterCount(VaultedModel):
    """The last number that a kind of letter has got in a year."""

    kind = models.CharField(max_length=10, choices=Letter.Kind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "文号"
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="complaints_lettercount_once")]
