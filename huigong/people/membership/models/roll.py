"""People on the roll: who they are, their membership, their work."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from huigong.core.crypto import Sealed, last_four, whole
from huigong.core.identity import DocumentKind, Sex, mask_id, mask_phone
from huigong.core.models import Model
from huigong.people.membership.models.codes import (
    Education,
    EmploymentStatus,
    Ethnicity,
    PoliticalStatus,
    Skill,
)


class WorkForm(models.TextChoices):
    """就业形态, as a worker would name it."""

    ENTERPRISE = "enterprise", "企业职工"
    PUBLIC = "public", "机关事业单位职工"
    COURIER = "courier", "快递员"
    RIDER = "rider", "外卖配送员"
    DRIVER = "driver", "网约车、货车司机"
    DISPATCHED = "dispatched", "劳务派遣工"
    FLEXIBLE = "flexible", "灵活就业人员"


class Person(Model):
    """One human being on the roll or asking to be. The document number is sealed and unique."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.OneToOneField(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="账号"
    )
    name = models.CharField("姓名", max_length=60)
    sort_key = models.CharField(max_length=240, editable=False)
    initials = models.CharField(max_length=60, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    born_on = models.DateField("出生日期")
    document_kind = models.CharField("证件类型", max_length=20, choices=DocumentKind)
    id_number_sealed = models.TextField()
    id_number_index = models.CharField(max_length=64, unique=True)
    id_tail_index = models.CharField(max_length=64)
    phone_sealed = models.TextField(blank=True)
    phone_index = models.CharField(max_length=64, blank=True)
    phone_tail_index = models.CharField(max_length=64, blank=True)
    work_form = models.CharField("就业形态", max_length=12, choices=WorkForm, default=WorkForm.ENTERPRISE)
    skill = models.CharField("技能等级", max_length=1, choices=Skill, blank=True)
    ethnicity = models.CharField("民族", max_length=2, choices=Ethnicity, blank=True)
    education = models.CharField("学历", max_length=2, choices=Education, blank=True)
    political_status = models.CharField("政治面貌", max_length=2, choices=PoliticalStatus, blank=True)
    is_migrant = models.BooleanField("农民工", default=False)
    is_model_worker = models.BooleanField("劳模", default=False)
    tags = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="标签")

    id_number = Sealed("id-number", indexes={"id_number_index": whole, "id_tail_index": last_four})
    phone = Sealed("phone", indexes={"phone_index": whole, "phone_tail_index": last_four})

    class Meta:
        verbose_name = verbose_name_plural = "职工"
        constraints = [
            models.CheckConstraint(
                condition=Q(ethnicity__in=["", *Ethnicity.values]), name="membership_person_ethnicity"
            ),
            models.CheckConstraint(
                condition=Q(education__in=["", *Education.values]), name="membership_person_education"
            ),
            models.CheckConstraint(
                condition=Q(political_status__in=["", *PoliticalStatus.values]),
                name="membership_person_political",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="membership_person_sort"),
            models.Index(
                fields=["initials"], name="membership_person_initials", opclasses=["text_pattern_ops"]
            ),
            models.Index(fields=["id_tail_index"], name="membership_person_id_tail"),
            models.Index(fields=["phone_tail_index"], name="membership_person_phone_tail"),
            models.Index(fields=["phone_index"], name="membership_person_phone"),
            GinIndex(fields=["tags"], name="membership_person_tags"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone_sealed else ""

    @property
    def masked_id_number(self) -> str:
        return mask_id(self.id_number)


class Membership(Model):
    """A person's membership in one union, from joining to its end. One live row a person, ever."""

    class State(models.TextChoices):
        ACTIVE = "active", "在籍"
        RETAINED = "retained", "保留会籍"
        TRANSFERRED = "transferred", "已转出"
        LEFT = "left", "已退会"
        EXPELLED = "expelled", "已除名"
        DECEASED = "deceased", "已去世"

    class Change(models.TextChoices):
        """会籍变化类型, national code list."""

        JOIN = "1", "入会"
        TRANSFER_IN = "2", "转入"
        RETAIN = "3", "保留"
        TRANSFER_OUT = "4", "转出"
        EXPEL = "5", "除名"
        LEAVE = "6", "退会"

    class Reason(models.TextChoices):
        """会籍变化原因, national code list."""

        LABOUR_RELATION = "1", "劳动关系变化"
        LAID_OFF = "2", "本单位下岗待岗"
        UNEMPLOYED = "3", "失业"
        BANKRUPTCY = "4", "企业破产"
        OWN_REQUEST = "5", "个人要求退会"
        CRIME = "6", "因犯罪被开除会籍"

    LIVE = (State.ACTIVE, State.RETAINED)

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", verbose_name="会员"
    )
    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="所属工会"
    )
    state = models.CharField("会籍状态", max_length=12, choices=State, default=State.ACTIVE)
    member_no = models.CharField("会员编号", max_length=20)
    joined_on = models.DateField("入会日期")
    started_on = models.DateField("到本会日期")
    ended_on = models.DateField("离开本会日期", null=True)
    began_by = models.CharField("来源", max_length=1, choices=Change, default=Change.JOIN)
    ended_by = models.CharField("变化类型", max_length=1, choices=Change, blank=True)
    reason = models.CharField("变化原因", max_length=1, choices=Reason, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会籍"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["active", "retained"]), name="membership_one_live"
            ),
            models.UniqueConstraint(
                fields=["member_no"], condition=Q(state__in=["active", "retained"]), name="membership_no_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "retained"], ended_on=None)
                | Q(state__in=["transferred", "left", "expelled", "deceased"], ended_on__isnull=False),
                name="membership_ended_or_live",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state"], name="membership_of_union"),
            models.Index(fields=["person", "-id"], name="membership_history"),
        ]

    def __str__(self) -> str:
        return f"{self.person}（{self.union}）"


class Employment(Model):
    """Where a person works; a membership follows the labour relation, it is not the same."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    unit_name = models.CharField("工作单位", max_length=120)
    job_title = models.CharField("岗位", max_length=60, blank=True)
    status = models.CharField(
        "就业状况", max_length=1, choices=EmploymentStatus, default=EmploymentStatus.EMPLOYED
    )
    since = models.DateField("开始日期", null=True)
    until = models.DateField("结束日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作经历"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until=None), name="membership_one_employment"
            ),
        ]
