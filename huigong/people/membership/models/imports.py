"""A roll that a cadre sends as Excel, on its way into the membership, and what became of each of its rows."""

from django.db import models
from django.db.models import F, Q

from huigong.core.models import Model


class RollImport(Model):
    """One file: sent, its columns confirmed, tried out, then taken in. It survives any crash in between.

    `done_row` is the last Excel row whose outcome is on record; it and the counts move in the transaction that
    wrote the rows, so whoever goes on starts right behind them. Counts and lines are those of the trial until
    `started_at` is set, and of the real import from then on.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "待核对列"
        CHECKING = "checking", "正在试跑"
        CHECKED = "checked", "待开始"
        RUNNING = "running", "正在导入"
        DONE = "done", "已完成"
        FAILED = "failed", "已中断"
        DISCARDED = "discarded", "已放弃"

    BUSY = (State.CHECKING, State.RUNNING)
    RESTING = (State.UPLOADED, State.CHECKED, State.FAILED)
    KEPT_DAYS = 30

    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="导入到")
    uploaded_by = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    started_by = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="导入人"
    )
    file_name = models.CharField("文件", max_length=120)
    file_sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("core.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    report = models.ForeignKey("core.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    sheet_name = models.CharField("工作表", max_length=60)
    height = models.PositiveIntegerField("表格行数")
    mapping = models.JSONField("列", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.UPLOADED)
    done_row = models.PositiveIntegerField("已到行号", default=0)
    rows = models.PositiveIntegerField("数据行", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    rejected = models.PositiveIntegerField("未导入", default=0)
    skipped = models.JSONField("不是数据的行", default=list)
    error = models.CharField("中断原因", max_length=200, blank=True)
    progress_at = models.DateTimeField("最近进展", null=True)
    started_at = models.DateTimeField("开始导入", null=True)
    finished_at = models.DateTimeField("结束", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "名册导入"
        constraints = [
            models.UniqueConstraint(
                fields=["union"],
                condition=Q(state__in=["checking", "running"]),
                name="membership_import_one_busy",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["uploaded", "checking", "checked", "running", "done", "failed", "discarded"]
                ),
                name="membership_import_state",
            ),
            models.CheckConstraint(
                condition=Q(rows=F("created") + F("updated") + F("unchanged") + F("rejected")),
                name="membership_import_counts",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "-id"], name="membership_import_list"),
            models.Index(
                fields=["progress_at"],
                name="membership_import_busy",
                condition=Q(state__in=["checking", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.union}）"

    @property
    def is_busy(self) -> bool:
        return self.state in self.BUSY

    @property
    def is_trial(self) -> bool:
        """Do the counts and lines tell what would happen, rather than what did?"""
        return self.started_at is None


class RollImportLine(models.Model):
    """What became of one row of the file; a rejected row has one line for each fault."""

    class Result(models.TextChoices):
        CREATED = "c", "新增"
        UPDATED = "u", "更新"
        UNCHANGED = "s", "无变化"
        REJECTED = "r", "未导入"

    roll_import = models.ForeignKey(
        RollImport, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    row = models.PositiveIntegerField("行号")
    result = models.CharField("结果", max_length=1, choices=Result)
    name = models.CharField("姓名", max_length=60, blank=True)
    field = models.CharField("列", max_length=20, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "名册导入明细"
        indexes = [
            models.Index(fields=["roll_import", "row"], name="membership_import_lines"),
            models.Index(
                fields=["roll_import", "row", "id"],
                name="membership_import_told",
                condition=~Q(reason=""),
            ),
        ]
