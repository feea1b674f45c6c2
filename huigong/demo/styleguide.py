"""The living style page: every piece of the ui kit, and whole sample pages made of them.

Served in demo and test mode only. Its words and figures are samples; its forms, filters, sheets and lists work.
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event
from markupsafe import Markup

from huigong.core.formats import date_zh, span_zh
from huigong.core.jinja import Tab, render_page
from huigong.core.keys import row_key

MODES = {"": "随手机", "light": "浅色", "dark": "深色", "care": "关怀版", "care-dark": "关怀版深色"}
SAMPLES = {
    "home": "首页",
    "activity": "活动详情",
    "activities": "活动列表",
    "join": "入会申请",
    "inbox": "消息",
    "me": "我的",
    "code": "会员码",
    "done": "提交成功",
    "drawings": "图画",
}
PAGE_SIZE = 5

COVERS = {
    "badminton": "羽毛球",
    "basketball": "篮球",
    "hike": "徒步",
    "tug-of-war": "拔河",
    "fishing": "垂钓",
    "skill": "技能比武",
    "training": "培训",
    "quiz": "知识竞赛",
    "reading": "读书",
    "film": "电影",
    "lantern": "灯会",
    "family": "亲子",
    "volunteer": "志愿服务",
    "meeting": "会议",
    "station": "驿站",
    "law": "法律服务",
    "baby": "妈妈小屋",
    "help": "帮扶",
    "health": "健康",
    "music": "音乐",
    "flowers": "花艺",
    "travel": "古城游",
    "writing": "征文",
    "kite": "风筝",
}

# title, cover, kind, days from now, length in hours, place, seats taken, seats
ACTIVITIES = [
    ("“崇武杯”职工羽毛球邀请赛", "badminton", "文体", 12, 8.5, "县工人文化宫二楼羽毛球馆", 90, 120),
    ("“健步惠女湾”职工徒步大会", "hike", "文体", 18, 4, "崇武古城南门广场", 212, 300),
    ("石雕技能比武大赛", "skill", "技能", 25, 16, "惠安石雕园", 38, 40),
    ("“书香工会”读书分享会", "reading", "读书", 6, 2.5, "职工书屋（总馆）", 60, 60),
    ("职工亲子采摘日", "family", "亲子", 9, 6, "螺阳镇生态农庄", 44, 50),
    ("海钓友谊赛", "fishing", "文体", 30, 5, "小岞镇码头", 12, 30),
    ("职工拔河比赛", "tug-of-war", "文体", 14, 3, "县体育场", 16, 24),
    ("工会法知识竞赛", "quiz", "学习", 3, 72, "线上答题", 512, None),
    ("七夕灯会联谊", "lantern", "联谊", 21, 3, "螺城镇科山公园", 58, 80),
    ("周末电影专场", "film", "文体", 5, 2, "县工人文化宫影厅", 118, 160),
    ("海岸净滩志愿行动", "volunteer", "公益", 8, 3, "半月湾", 27, 60),
    ("职工篮球联赛", "basketball", "文体", 40, 48, "县体育中心", 9, 16),
    ("电工技能提升培训", "training", "技能", 16, 24, "县职业中专实训楼", 31, 45),
]


# kind, title, from whom and when, picture
ARTICLES = [
    (
        "news",
        "县总工会召开十四届五次全委（扩大）会议 部署明年重点工作",
        ["县总工会", "11月22日", "1,286 阅读"],
        "meeting",
    ),
    ("news", "“冬送温暖”走访启动：三天看望 126 户困难职工", ["帮扶中心", "11月20日", "862 阅读"], "help"),
    ("news", "12 家户外劳动者驿站换新，新增热饭和充电", ["权益保障部", "11月18日", "640 阅读"], "station"),
    ("notice", "2026年度职工医疗互助保障计划开始参保", ["帮扶中心", "11月21日"], "help"),
    ("notice", "关于评选最美职工书屋的通知", ["宣教部", "11月15日"], "reading"),
    ("policy", "欠薪了怎么办：法律援助办理指南", ["权益保障部", "11月10日"], "law"),
    ("policy", "女职工哺乳时间和妈妈小屋使用办法", ["女职工部", "11月3日"], "baby"),
]

# title, text, time, icon, tone, unread
MESSAGES = [
    ("入会申请已通过", "欢迎加入螺城镇环卫所工会，会员卡已生效。", "5分钟前", "user-check", "green", True),
    ("报名成功", "“崇武杯”职工羽毛球邀请赛，请按时到场签到。", "昨天 18:20", "ticket", "orange", True),
    ("积分到账", "签到奖励 +30 积分，当前 1,280 积分。", "11月16日", "coins", "gold", True),
    ("材料需要补充", "工牌照片看不清，请重新上传后再提交。", "11月12日", "undo-2", "red", False),
]


class PledgeForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="姓名", max_length=20, error_messages={"required": "请填写姓名"})
    sex = forms.ChoiceField(
        label="性别", choices=[("f", "女"), ("m", "男")], widget=forms.RadioSelect, initial="f"
    )
    id_number = forms.CharField(
        label="身份证号", min_length=18, max_length=18, help_text="加密保存，只用于核对会员资格"
    )
    phone = forms.CharField(
        label="手机号", min_length=11, max_length=11, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    code = forms.CharField(label="验证码", max_length=6)
    born_on = forms.DateField(
        label="出生日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    union = forms.ChoiceField(
        label="所属工会",
        choices=[
            ("", "请选择"),
            ("1", "螺城镇环卫所工会"),
            ("2", "崇武镇石雕行业工会联合会"),
            ("3", "惠东快递行业工会"),
        ],
    )
    trade = forms.ChoiceField(
        label="就业形态",
        widget=forms.RadioSelect,
        choices=[
            ("staff", "企业职工"),
            ("public", "机关事业单位职工"),
            ("rider", "快递外卖骑手"),
            ("driver", "网约车司机"),
        ],
    )
    hobbies = forms.MultipleChoiceField(
        label="想参加的活动",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("ball", "球类"), ("read", "读书"), ("family", "亲子"), ("help", "志愿服务")],
    )
    reason = forms.CharField(
        label="想说的话", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    notices = forms.BooleanField(label="接收活动通知", required=False, initial=True)
    id_photo = forms.FileField(label="身份证人像面", required=False, widget=forms.FileInput)
    work_photo = forms.FileField(label="工牌或劳动合同", required=False, widget=forms.FileInput)
    signature = forms.CharField(label="本人签名", required=False)
    signed_name = forms.CharField(label="或输入姓名", required=False, max_length=20)
    agreed = forms.BooleanField(label="同意入会须知", error_messages={"required": "请先阅读并同意"})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("signature") and not given.get("signed_name"):
            self.add_error("signature", "请签名，或输入姓名代替")
        return given


@login_not_required
@require_http_methods(["GET", "POST"])
def pieces(request: HttpRequest) -> HttpResponse:
    """Every piece on one page. The form is checked like a real one, and forgets what it was given."""
    form = PledgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "已通过检查，样张页不保存任何内容")
        return HttpResponseRedirect(request.get_full_path())
    status = 422 if form.is_bound else 200
    return _show(
        request,
        "demo/pieces.html",
        {"form": form, "articles": _articles("news"), "inbox": _inbox()},
        status=status,
    )


@login_not_required
@require_GET
def sample(request: HttpRequest, name: str) -> HttpResponse:
    """A whole page as members would see it."""
    if name not in SAMPLES:
        raise Http404
    if name == "activities":
        return _show(request, "demo/activities.html", _activity_page(request), block="rows")
    kind = request.GET.get("kind", "news")
    context = {
        "kind": kind,
        "articles": _articles(kind),
        "inbox": _inbox(),
        "covers": COVERS,
        "form": PledgeForm(),
    }
    return _show(request, f"demo/{name}.html", context, block="news" if name == "home" else None)


@login_not_required
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """What 获取验证码 answers with: the button, waiting. No message is sent."""
    return render(request, "demo/code_button.html", using="jinja2")


@login_not_required
@require_POST
def sign_up(request: HttpRequest) -> HttpResponse:
    """The answer to a confirmed sign-up: the action bar and the seats anew, a toast, the sheet closed."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, "报名成功")
        return HttpResponseRedirect(reverse("demo:sample", args=["activity"]))
    response = render_page(
        request, "demo/activity.html", {**_surroundings(request), "signed_up": True}, block="signed"
    )
    trigger_client_event(response, "toast", {"text": "报名成功", "icon": "success"})
    return trigger_client_event(response, "closeSheet", {})


def _show(request: HttpRequest, template: str, context: dict[str, Any], **options: Any) -> HttpResponse:
    return render_page(
        request, template, {**_surroundings(request), "signed_up": False, **context}, **options
    )


def _surroundings(request: HttpRequest) -> dict[str, Any]:
    mode = request.GET.get("mode", "")
    name = request.resolver_match.kwargs.get("name", "") if request.resolver_match else ""
    request.page = SimpleNamespace(tab=name, tabs=_tabs(mode), unread=3, account=None)  # type: ignore[attr-defined]
    return {
        "mode": mode if mode in MODES else "",
        "modes": MODES,
        "samples": SAMPLES,
        "activities": _activities(),
        "qr": Markup(segno.make("huigong-style-page").svg_inline(border=0, omitsize=True)),  # noqa: S704
    }


def _tabs(mode: str) -> tuple[Tab, ...]:
    def href(name: str) -> str:
        return reverse("demo:sample", args=[name]) + (f"?mode={mode}" if mode else "")

    return (
        Tab("home", "首页", "house", href("home")),
        Tab("activities", "活动", "ticket", href("activities")),
        Tab("code", "会员码", "scan-line", href("code"), raised=True),
        Tab("inbox", "消息", "bell", href("inbox")),
        Tab("me", "我的", "user", href("me")),
    )


def _activities() -> list[dict[str, Any]]:
    morning = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    rows = []
    for title, cover, kind, days, hours, place, taken, seats in ACTIVITIES:
        starts = morning + timedelta(days=days)
        left = None if seats is None else seats - taken
        rows.append(
            {
                "title": title,
                "kind": kind,
                "cover": static(f"core/img/cover-{cover}.svg"),
                "time": date_zh(starts),
                "span": span_zh(starts, starts + timedelta(hours=hours)),
                "closes": date_zh(starts - timedelta(days=2)),
                "place": place,
                "taken": taken,
                "seats": seats,
                "left": left,
                "tags": _tags(left),
            }
        )
    return rows


def _tags(left: int | None) -> list[tuple[str, str]]:
    if left is None:
        return [("报名中", "red"), ("名额不限", "ok")]
    if left == 0:
        return [("已报满", "grey"), ("可候补", "gold")]
    return [("报名中", "red"), (f"剩 {left} 个名额", "ok" if left > 5 else "gold")]


def _activity_page(request: HttpRequest) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    after = row_key(request.GET.get("after")) or 0
    rows = [row for row in _activities() if kind in ("", row["kind"])]
    return {
        "kind": kind,
        "kinds": ["文体", "技能", "学习", "读书", "亲子", "联谊", "公益", "帮扶"],
        "rows": rows[after : after + PAGE_SIZE],
        "next_after": after + PAGE_SIZE if len(rows) > after + PAGE_SIZE else None,
        "first_page": after == 0,
    }


def _articles(kind: str) -> list[dict[str, Any]]:
    return [
        {"title": title, "meta": meta, "image": static(f"core/img/cover-{cover}.svg")}
        for of, title, meta, cover in ARTICLES
        if of == kind
    ]


def _inbox() -> list[dict[str, Any]]:
    keys = ("title", "text", "time", "icon", "tone", "unread")
    return [dict(zip(keys, message, strict=True)) for message in MESSAGES]
