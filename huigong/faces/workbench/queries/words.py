"""The audit trail in a cadre's words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from huigong.core.audit import Moment
from huigong.core.models import AuditRow

_THINGS = {
    "core:flag": "紧急开关",
    "core:holiday": "节假日",
    "core:auditrow": "审计记录",
    "accounts:account": "账号",
    "accounts:consent": "同意记录",
    "orgs:union": "工会",
    "orgs:post": "干部任职",
    "orgs:registration": "建会申请",
    "orgs:grant": "联办授权",
    "orgs:partner": "联办单位",
    "membership:person": "职工档案",
    "membership:membership": "会籍",
    "membership:application": "入会申请",
    "membership:joinapplication": "入会申请",
    "membership:claim": "会籍认领",
    "membership:transfer": "转会申请",
    "membership:expulsion": "除名",
    "membership:request": "申请",
    "membership:applicant": "申请人资料",
    "membership:roll": "会员名册",
    "activities:activity": "活动",
    "activities:session": "活动场次",
    "activities:signup": "活动报名",
    "activities:contribution": "活动作品",
    "activities:campaign": "活动专题",
    "activities:calendar": "活动日历",
    "notices:notice": "工会通知",
    "notices:audience": "常用范围",
    "conversations:thread": "职工留言",
    "conversations:canned": "常用答复",
    "conversations:adoption": "建议采纳",
    "conversations:figures": "留言统计",
    "policies:policy": "政策文件",
    "policies:scheme": "申报项目",
    "policies:application": "申报",
    "policies:figures": "申报统计",
    "funds:report": "经费收支",
    "news:article": "文章",
    "news:channel": "栏目",
    "news:plan": "审核安排",
    "demo:data": "演示数据",
    "seats:pool": "名额",
    "points:account": "积分",
    "points:transaction": "积分",
}
_DEEDS = {
    "accept": "审核通过",
    "accept-offer": "确认候补",
    "add": "添加",
    "add-by-hand": "手工加入",
    "add-form": "添加表格",
    "adjust": "调整",
    "adopt": "采纳",
    "advance": "进入下一步",
    "agree-forwarding": "同意转办",
    "answer": "正式答复",
    "answer-objection": "答复异议",
    "appoint": "任命",
    "appoint-refused": "任命被拒",
    "approve": "批准",
    "ask-to-forward": "征求转办同意",
    "assign": "指派",
    "attach": "添加附件",
    "award": "发放",
    "call-back": "收回送审",
    "cancel": "取消",
    "check-in": "签到",
    "close": "结束",
    "confirm": "确认",
    "copy": "复制",
    "correct": "更正",
    "cover": "更新覆盖单位",
    "create": "新增",
    "decide": "作出决定",
    "decline": "不采纳",
    "decline-forwarding": "不同意转办",
    "detach": "删除附件",
    "discard": "删除草稿",
    "dissolve": "撤销",
    "draw": "抽签",
    "draw-lots": "抽签",
    "edit": "修改",
    "end": "卸任",
    "end-refused": "卸任被拒",
    "enrol": "登记入册",
    "erase": "到期删除",
    "escalate": "超期转上级",
    "establish": "建会",
    "expire": "任期届满",
    "export": "导出",
    "export-private": "导出保密内容",
    "export-report": "导出总结",
    "extend": "调整任期",
    "extend-refused": "调整任期被拒",
    "forget": "删除",
    "freeze": "锁定名单",
    "freeze-list": "锁定名单",
    "give": "授权",
    "invite": "邀请",
    "agree": "接受邀请",
    "turn-down": "谢绝邀请",
    "hide": "撤下",
    "import": "导入",
    "lapse": "补正超期",
    "leave": "退会",
    "let-go": "同意转出",
    "load": "载入",
    "log-out-everywhere": "退出所有设备",
    "move": "调整上级",
    "name": "登记姓名",
    "note": "内部备注",
    "object": "提出异议",
    "open": "开启",
    "print": "打印",
    "prolong": "延长",
    "propose": "提议",
    "publish": "发布",
    "purge": "到期删除敏感信息",
    "rate": "评价",
    "read": "查阅",
    "record-death": "登记去世",
    "record-leaving": "登记退会",
    "refuse": "不通过",
    "register": "注册",
    "reject": "不同意",
    "remind": "提醒未读",
    "release": "解除",
    "relink": "更换账号",
    "remove": "删除",
    "remove-form": "删除表格",
    "reopen": "重新打开",
    "reply": "回复",
    "report": "总结",
    "request": "提交",
    "restore": "恢复",
    "resubmit": "重新提交",
    "retain": "保留",
    "retire": "登记退休",
    "return": "退回",
    "reveal": "查看完整号码",
    "reverse": "冲正",
    "revoke": "收回授权",
    "save": "保存",
    "schedule": "定时发布",
    "second-parent": "设置协管",
    "set": "设置",
    "set-password": "设置密码",
    "set-quotas": "分配名额",
    "show": "展示",
    "sign": "选择署名",
    "show-numbers": "查看完整号码",
    "spend": "使用",
    "start": "发起",
    "stop": "停止合作",
    "submit": "提交",
    "take-in": "同意转入",
    "throw": "启用",
    "undo-check-in": "撤销签到",
    "update": "更新",
    "upload": "上传",
    "verify": "核实",
    "withdraw": "撤回",
    "withdraw-consent": "撤回同意",
    "write": "续写",
}
_FIELDS = {
    "name": "名称",
    "short_name": "简称",
    "kind": "类型",
    "level": "级别",
    "parent": "上级工会",
    "second_parent": "协管工会",
    "unit_name": "单位名称",
    "unit_uscc": "单位信用代码",
    "uscc": "工会信用代码",
    "ownership": "单位性质",
    "industry": "行业",
    "region_code": "行政区划",
    "address": "地址",
    "contact_phone": "电话",
    "worker_count": "职工人数",
    "founded_on": "建会日期",
    "elected_on": "换届日期",
    "term_number": "届次",
    "state": "状态",
    "units": "覆盖单位",
    "reason": "原因",
    "remark": "意见",
    "account": "账号",
    "role": "职务",
    "starts_on": "任期起",
    "ends_on": "任期止",
    "expires_at": "有效期至",
    "chair": "拟任主席",
    "step": "步骤",
    "due_on": "办理期限",
    "which": "号码",
    "rows": "行数",
    "filter": "筛选条件",
    "union": "工会",
    "phone": "手机号",
    "sex": "性别",
    "born_on": "出生日期",
    "work_form": "就业形态",
    "skill": "技能等级",
    "ethnicity": "民族",
    "education": "学历",
    "political_status": "政治面貌",
    "tags": "标签",
    "is_migrant": "农民工",
    "is_model_worker": "劳模",
    "title": "名称",
    "place": "地点",
    "points": "积分",
    "budget_fen": "预算",
    "spent_fen": "支出",
    "grounds": "事由",
    "day": "日期",
    "is_working": "上班",
    "source": "依据",
    "identity_checked": "已核对证件",
    "joined_on": "入会日期",
    "at": "签到时间",
    "from": "转出工会",
    "to": "转入工会",
    "entries": "名单人数",
    "hash": "名单摘要",
    "seed": "抽签种子",
    "won": "中签人数",
    "votes": "票数",
    "quotas": "名额分配",
    "fields": "更正的项目",
    "file": "文件",
    "is_deemed": "视为退会",
    "scale": "规模",
    "more": "另有",
    "people": "人数",
    "files": "附件",
    "starts_at": "开始时间",
    "shown": "署名",
    "ends_at": "结束时间",
    "capacity": "名额",
    "audience": "参加范围",
    "category": "类别",
    "contact_name": "联系人",
    "membership": "会籍编号",
    "economy": "经济类型",
    "postcode": "邮政编码",
    "email": "电子邮箱",
    "partner": "联办单位",
    "agrees": "认为属实",
    "marked": "批注的题目",
    "private": "保密的题目",
    "amount": "金额（分）",
    "award": "给予",
    "upheld": "异议成立",
    "opens_at": "开始时间",
    "closes_at": "截止时间",
    "intro": "说明",
    "questions": "表单",
    "unit_first": "先由单位核实",
    "unit_days": "单位核实期限",
    "notice_days": "公示天数",
    "keep_months": "敏感信息保存",
    "verify_by": "核实期限",
}
_KEYS = frozenset(
    {"person", "membership", "signup", "session", "contribution", "object", "objection", "policy_id"}
)
"""Numbers of rows: they lead a program, and tell a reader nothing."""
_CODES: dict[tuple[str, str], dict[str, str]] = {
    ("accounts.account", "level"): {"0": "手机号", "1": "姓名与证件相符", "2": "工会核验"},
    ("membership.membership", "state"): {
        "active": "在籍",
        "retained": "保留会籍",
        "transferred": "已转出",
        "left": "已退会",
        "expelled": "已除名",
        "deceased": "已去世",
    },
    ("membership.membership", "reason"): {
        "1": "劳动关系变化",
        "2": "本单位下岗待岗",
        "3": "失业",
        "4": "企业破产",
        "5": "个人要求退会",
        "6": "因犯罪被开除会籍",
    },
}
"""Words for codes of models that are not on the workbench; those that are bring their own."""
_NOTHING: tuple[Any, ...] = (None, "", [])
_VALUES = {
    "id_number": "证件号",
    "phone": "手机号",
    "established": "已建会",
    "completed": "信息已完善",
    "dissolved": "已撤销",
    "confirmed": "已报名",
    "pending": "待审核",
    "waiting": "候补",
    "membership ended": "会籍已终止",
    "expelled": "已除名",
    "dropped": "不予除名",
    "demo": "演示",
    "county": "全县",
}


def action_words(action: str) -> str:
    """工会 · 调整上级 for ``orgs:union:move``; a code that nobody has put into words stays a code."""
    thing, _, deed = action.rpartition(":")
    if thing not in _THINGS or deed not in _DEEDS:
        return action
    return f"{_THINGS[thing]} · {_DEEDS[deed]}"


def change_words(row: AuditRow) -> tuple[str, ...]:
    """What changed, a line each: 地址：无 → 中山路1号. Codes are put into words, numbers of rows left out."""
    before, after = row.before or {}, row.after or {}
    lines = []
    for name in dict.fromkeys([*before, *after]):
        is_silent = name not in before and after.get(name) in _NOTHING
        if name in _KEYS or is_silent:
            continue
        label, new = _FIELDS.get(name, name), _value(row, name, after.get(name))
        old = f"{_value(row, name, before[name])} → " if name in before else ""
        lines.append(f"{label}：{old}{new}")
    return tuple(lines)


def _value(row: AuditRow, name: str, value: Any) -> str:
    if value in _NOTHING:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name.endswith("_fen"):
        return f"{value / 100:,.2f} 元"
    if isinstance(value, dict):
        return f"{len(value)} 项"
    if isinstance(value, list):
        return "、".join(_FIELDS.get(str(item), str(item)) for item in value)
    if name == "at" or name.endswith("_at"):
        return _moment(str(value))
    return _code(row, name, str(value)) or str(value)


def _code(row: AuditRow, name: str, value: str) -> str:
    """The words for a code: those of the model on the workbench, or of the lists above."""
    model = next(
        (known for known in admin.site._registry if known._meta.label_lower == row.target_type), None
    )
    fields = {field.name: field for field in model._meta.fields} if model else {}
    choices = dict(fields[name].flatchoices) if name in fields else {}
    words = {str(key): str(label) for key, label in choices.items()} | _CODES.get((row.target_type, name), {})
    return words.get(value) or _VALUES.get(value, "")


def _moment(value: str) -> str:
    """A stored time in the reader's writing."""
    moment = parse_datetime(value)
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment and moment.tzinfo else value


_SAME_DECISION = timedelta(seconds=2)


def merged(moments: Iterable[Moment], rows: Iterable[AuditRow]) -> list[Moment]:
    """Both trails as one, newest first. A decision that stands in both stands once, with what changed."""
    told = list(moments)
    for row in rows:
        pair = next((place for place, moment in enumerate(told) if _is_same(moment, row)), None)
        if pair is None:
            told.append(Moment(row.at, action_words(row.action), row.actor_name, change_words(row)))
        else:
            told[pair] = _with_changes(told[pair], row)
    return sorted(told, key=lambda moment: moment.at, reverse=True)


def _is_same(moment: Moment, row: AuditRow) -> bool:
    return (
        moment.about == f"{row.target_type}:{row.target_id}"
        and moment.who.startswith(row.actor_name)
        and abs(moment.at - row.at) < _SAME_DECISION
    )


def _with_changes(moment: Moment, row: AuditRow) -> Moment:
    new = (line for line in change_words(row) if not any(told in line for told in moment.lines))
    return replace(moment, lines=(*moment.lines, *new), about="")
