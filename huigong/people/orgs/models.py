"""The tree of unions, who holds office in it, and guests on single objects."""

from django.db import models
from django.db.models import Q

from huigong.core.models import Model
from huigong.core.paths import Within


class Union(Model):
    """A trade-union organisation. `path` is its ancestors' ids and its own, each followed by a dot."""

    class Level(models.IntegerChoices):
        """工会级别 as in the national code list, with 0 for the nation."""

        NATION = 0, "全国"
        PROVINCE = 1, "省"
        CITY = 2, "市州"
        COUNTY = 3, "区县"
        TOWNSHIP = 4, "乡镇街道"
        GRASSROOTS = 5, "基层"
        GROUP = 6, "工会小组"

    class Kind(models.TextChoices):
        FEDERATION = "federation", "总工会"
        TOWNSHIP = "township", "乡镇（街道）工会"
        INDUSTRY = "industry", "产业（系统）工会"
        ZONE = "zone", "开发区工会"
        VILLAGE = "village", "村（社区）工会"
        REGIONAL = "regional", "区域工会联合会"
        TRADE = "trade", "行业工会联合会"
        INDEPENDENT = "independent", "独立基层工会"
        JOINT = "joint", "联合基层工会"
        WORK_COMMITTEE = "work_committee", "工会工作委员会"
        BRANCH = "branch", "工会分会"
        GROUP = "group", "工会小组"

    class Ownership(models.TextChoices):
        """单位性质."""

        STATE_ORGAN = "state_organ", "国家机关、事业单位"
        STATE_OWNED = "state_owned", "国有企业"
        COLLECTIVE = "collective", "集体企业"
        PRIVATE = "private", "民营（私营）企业"
        HK_MO_TW = "hk_mo_tw", "港澳台企业"
        FOREIGN = "foreign", "外商投资企业"
        SOCIAL = "social", "社会组织"
        SOLE = "sole", "个体工商户"
        PLATFORM = "platform", "平台企业"

    class State(models.TextChoices):
        """建会: from a request to an established union."""

        SUBMITTED = "submitted", "待审核"
        REJECTED = "rejected", "不同意"
        REPLIED = "replied", "线下批复"
        RECRUITING = "recruiting", "发展会员"
        GROUPING = "grouping", "建立工会小组"
        CONVENING = "convening", "筹备召开会员大会"
        ESTABLISHED = "established", "已建会"
        COMPLETED = "completed", "信息已完善"
        DISSOLVED = "dissolved", "已撤销"

    FOUNDING = (State.SUBMITTED, State.REPLIED, State.RECRUITING, State.GROUPING, State.CONVENING)

    name = models.CharField("工会名称", max_length=120)
    short_name = models.CharField("简称", max_length=40, blank=True)
    sort_key = models.CharField(max_length=400, editable=False)
    initials = models.CharField(max_length=120, editable=False)
    level = models.PositiveSmallIntegerField("级别", choices=Level)
    kind = models.CharField("类型", max_length=16, choices=Kind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", verbose_name="上级工会"
    )
    second_parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="协管工会"
    )
    path = models.CharField(max_length=200, unique=True, editable=False)
    state = models.CharField("状态", max_length=12, choices=State, default=State.ESTABLISHED)
    unit_name = models.CharField("单位名称", max_length=120, blank=True)
    unit_uscc = models.CharField("单位统一社会信用代码", max_length=18, blank=True)
    uscc = models.CharField("工会统一社会信用代码", max_length=18, blank=True)
    ownership = models.CharField("单位性质", max_length=12, choices=Ownership, blank=True)
    economy = models.CharField("经济类型", max_length=40, blank=True)
    industry = models.CharField("行业", max_length=40, blank=True)
    region_code = models.CharField("行政区划代码", max_length=12, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    postcode = models.CharField("邮政编码", max_length=6, blank=True)
    contact_phone = models.CharField("工会电话", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    worker_count = models.PositiveIntegerField("职工人数", default=0)
    founded_on = models.DateField("建会日期", null=True, blank=True)
    elected_on = models.DateField("换届日期", null=True, blank=True)
    term_number = models.PositiveSmallIntegerField("届次", null=True, blank=True)
    source = models.CharField("数据来源", max_length=10, default="applied", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "工会"
        constraints = [
            models.CheckConstraint(condition=Q(path__regex=r"^([1-9][0-9]*\.)+$"), name="orgs_union_path"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "submitted",
                        "rejected",
                        "replied",
                        "recruiting",
                        "grouping",
                        "convening",
                        "established",
                        "completed",
                        "dissolved",
                    ]
                ),
                name="orgs_union_state",
            ),
            models.CheckConstraint(condition=~Q(parent=models.F("pk")), name="orgs_union_not_own_parent"),
            models.UniqueConstraint(
                fields=["uscc"], condition=~Q(uscc="") & ~Q(state="rejected"), name="orgs_union_one_per_code"
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="orgs_union_subtree", opclasses=["text_pattern_ops"]),
            models.Index(fields=["sort_key"], name="orgs_union_sort"),
            models.Index(fields=["initials"], name="orgs_union_initials", opclasses=["text_pattern_ops"]),
            models.Index(fields=["unit_uscc"], name="orgs_union_unit_uscc"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_established(self) -> bool:
        return self.state in (self.State.ESTABLISHED, self.State.COMPLETED)

    @property
    def is_founding(self) -> bool:
        return self.state in self.FOUNDING

    @property
    def depth(self) -> int:
        return self.path.count(".")

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root to this union."""
        return [int(step) for step in self.path.split(".") if step]

    def covers(self, other: "Union") -> bool:
        """Is `other` this union or below it?"""
        return other.path.startswith(self.path)


Union._meta.get_field("path").register_lookup(Within)


class Registration(Model):
    """A worker's request to found a union. The union carries the state; this says who asked, and who may answer."""

    union = models.OneToOneField(
        Union, on_delete=models.PROTECT, related_name="registration", verbose_name="工会"
    )
    applicant = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    chair_name = models.CharField("拟任主席", max_length=60)
    due_on = models.DateField("答复期限")
    escalated_at = models.DateTimeField("转上级时间", null=True, editable=False)
    is_open = models.BooleanField("办理中", default=True)
    decided_reason = models.CharField("审核意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "建会申请"
        constraints = [
            models.UniqueConstraint(
                fields=["applicant"], condition=Q(is_open=True), name="orgs_registration_one_open"
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="orgs_registration_due", condition=Q(is_open=True))]

    def __str__(self) -> str:
        return f"{self.union}的建会申请"


class CoveredUnit(Model):
    """A unit (employer) that a joint union covers, besides the union's own."""

    union = models.ForeignKey(Union, on_delete=models.CASCADE, related_name="covered_units")
    name = models.CharField("单位名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    initials = models.CharField(max_length=120, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "所覆盖单位"
        constraints = [models.UniqueConstraint(fields=["union", "name"], name="orgs_unit_once")]
        indexes = [
            models.Index(fields=["initials"], name="orgs_unit_initials", opclasses=["text_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.name


class Post(Model):
    """An office that an account holds at a union for a term; it gives `role` over the union's subtree."""

    class Role(models.TextChoices):
        ADMIN = "admin", "系统管理员"
        CHAIR = "chair", "工会主席"
        CADRE = "cadre", "工会干部"
        GROUP_LEADER = "group_leader", "工会小组长"
        EDITOR = "editor", "信息编辑"
        RIGHTS_HANDLER = "rights_handler", "维权专员"
        RIGHTS_REGISTRAR = "rights_registrar", "维权登记员"
        AUDITOR = "auditor", "经审委员"
        MALL_OPERATOR = "mall_operator", "商城运营"

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="posts", verbose_name="工会")
    role = models.CharField("职务", max_length=16, choices=Role)
    title = models.CharField("职务名称", max_length=40, blank=True)
    is_full_time = models.BooleanField("专职", default=False)
    starts_on = models.DateField("任期起")
    ends_on = models.DateField("任期止")
    ended_at = models.DateTimeField("卸任时间", null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="orgs_post_term"),
            models.UniqueConstraint(
                fields=["account", "union", "role"], condition=Q(ended_at=None), name="orgs_post_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account"], name="orgs_post_held", condition=Q(ended_at=None)),
            models.Index(fields=["ends_on"], name="orgs_post_term_end", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.union}{self.title or self.get_role_display().removeprefix('工会')}"


class Partner(Model):
    """A body outside the tree with which a union does things together: a department, a hospital, a company."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "政府部门"
        MASS = "mass", "群团组织"
        INSTITUTION = "institution", "学校、医院等事业单位"
        COMPANY = "company", "企业"
        SOCIAL = "social", "社会组织"

    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="partners", verbose_name="联系工会"
    )
    name = models.CharField("单位名称", max_length=60)
    kind = models.CharField("单位类别", max_length=12, choices=Kind, default=Kind.DEPARTMENT)
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", verbose_name="联系人"
    )
    note = models.CharField("合作内容", max_length=120, blank=True)
    ended_at = models.DateTimeField("停止合作时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "联办单位"
        constraints = [
            models.UniqueConstraint(
                fields=["union", "name"], condition=Q(ended_at=None), name="orgs_partner_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ObjectGrant(Model):
    """A guest's access to one object of a higher module: a co-host's workspace, from their yes until it expires."""

    class State(models.TextChoices):
        INVITED = "invited", "待答复"
        ACCEPTED = "accepted", "已接受"
        DECLINED = "declined", "已谢绝"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    role = models.CharField(max_length=40)
    state = models.CharField("答复", max_length=8, choices=State, default=State.INVITED)
    answered_at = models.DateTimeField("答复时间", null=True)
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "单项授权"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "object_id", "role"],
                condition=Q(revoked_at=None),
                name="orgs_grant_once",
            ),
            models.CheckConstraint(
                condition=Q(state="invited", answered_at=None)
                | Q(state__in=["accepted", "declined"], answered_at__isnull=False),
                name="orgs_grant_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(revoked_at__isnull=False),
                name="orgs_grant_declined_is_over",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "kind"], name="orgs_grant_held", condition=Q(revoked_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.account}：{self.role}"

    @property
    def is_accepted(self) -> bool:
        return self.state == self.State.ACCEPTED
