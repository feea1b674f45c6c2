"""The sidebar: what a cadre's offices let them open, with how much waits there."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from huigong.faces.workbench.queries.todo import todo_counts
from huigong.people.membership import permissions as membership
from huigong.people.orgs import permissions as orgs
from huigong.services.activities import permissions as activities
from huigong.services.complaints import permissions as complaints
from huigong.services.conversations import permissions as conversations
from huigong.services.funds import permissions as funds
from huigong.services.news import permissions as news
from huigong.services.notices import permissions as notices
from huigong.services.policies import permissions as policies

_GROUPS = (
    (
        "会员服务",
        (
            (
                "会员名册",
                "groups",
                "admin:membership_person_changelist",
                membership.ROLL_VIEW,
                ("expulsion",),
            ),
            ("名册导入", "upload_file", "membership:imports", membership.ROLL_IMPORT, ()),
            (
                "入会申请",
                "person_add",
                "admin:membership_joinapplication_changelist",
                membership.ROLL_VIEW,
                ("application",),
            ),
            ("会籍认领", "how_to_reg", "admin:membership_claim_changelist", membership.ROLL_VIEW, ("claim",)),
            (
                "转会申请",
                "swap_horiz",
                "admin:membership_transfer_changelist",
                membership.ROLL_VIEW,
                ("transfer",),
            ),
            (
                "活动管理",
                "event",
                "admin:activities_activity_changelist",
                activities.VIEW,
                ("activity", "signup"),
            ),
            ("工会通知", "campaign", "notices:manage-index", notices.VIEW, ()),
            ("维权办理", "balance", "complaints:desk", complaints.OPEN, ("complaint",)),
            ("维权查阅记录", "visibility", "complaints:readings", complaints.REVIEW, ()),
            ("政策文件", "policy", "policies:manage-index", policies.VIEW, ()),
            ("申报办理", "volunteer_activism", "policies:review-index", policies.REVIEW, ("aid",)),
            ("申报项目", "assignment", "policies:schemes", policies.SCHEME_EDIT, ()),
            (
                "职工留言",
                "forum",
                "conversations:manage-index",
                conversations.HANDLE,
                ("conversation", "adoption"),
            ),
            ("经费公开", "account_balance_wallet", "funds:manage-index", funds.VIEW, ("accounts",)),
            ("信息中心", "newspaper", "news:manage-index", news.VIEW, ("article",)),
        ),
    ),
    (
        "组织建设",
        (
            ("工会组织", "account_tree", "admin:orgs_union_changelist", orgs.UNION_VIEW, ()),
            (
                "建会申请",
                "domain_add",
                "admin:orgs_registration_changelist",
                orgs.UNION_VIEW,
                ("registration",),
            ),
            ("干部任职", "badge", "admin:orgs_post_changelist", orgs.POST_VIEW, ()),
            ("联办单位", "handshake", "admin:orgs_partner_changelist", orgs.PARTNER_VIEW, ()),
        ),
    ),
    (
        "系统",
        (
            ("审计记录", "history", "admin:core_auditrow_changelist", orgs.AUDIT_VIEW, ()),
            ("节假日", "calendar_month", "admin:core_holiday_changelist", orgs.HOLIDAY_MANAGE, ()),
            ("紧急开关", "power_settings_new", "admin:core_flag_changelist", orgs.FLAG_MANAGE, ()),
        ),
    ),
)


_address = cache(reverse)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar as unfold wants them. Counted once a request."""
    known = request.__dict__.get("_navigation")
    if known is None:
        known = request.__dict__["_navigation"] = _navigation(request.user)
    return known


def _navigation(actor: Any) -> list[dict[str, Any]]:
    waiting = {kind.key: kind.count for kind in todo_counts(actor)}
    home = {"title": "工作台首页", "icon": "space_dashboard", "link": reverse("admin:index"), "badge": 0}
    desk = {
        "title": "待我办理",
        "icon": "inbox",
        "link": reverse("workbench:todo"),
        "badge": sum(waiting.values()),
    }
    groups: list[dict[str, Any]] = [{"title": "概览", "items": [home, desk]}]
    for title, entries in _GROUPS:
        items = [
            {
                "title": label,
                "icon": icon,
                "link": _address(name),
                "badge": sum(waiting.get(kind, 0) for kind in kinds),
            }
            for label, icon, name, permission, kinds in entries
            if orgs.may_anywhere(actor, permission)
        ]
        if items:
            groups.append({"title": title, "items": items})
    return groups
