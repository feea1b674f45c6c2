"""One search over 100,000 documents: what an answer costs, for a word that all of them hold and for one that few do."""

from random import Random
from statistics import median
from urllib.parse import quote

from benchmarks.pages import TIMES, Visitor, cost
from benchmarks.report import Row, Table
from tests.site import Site

_GOAL_MS = 30.0
_WRITTEN = 2_000
_TOWN = "海上丝路"
_ASKED = (
    ("in all of them", "通知"),
    ("in one of fifty", "疗休养"),
    ("in three", _TOWN),
    ("three words", "通知 高温 补贴"),
    ("initials", "gytz"),
    ("in none", "查无此事"),
)
_SUBJECTS = (
    "高温补贴", "劳动竞赛", "技能培训", "困难帮扶", "金秋助学", "女职工体检", "集体协商", "安全生产", "职工书屋",
    "劳模评选", "防台风", "夏送清凉", "冬送温暖", "送考服务", "法律援助", "互助保障", "文体活动", "志愿服务",
    "节日慰问",
)  # fmt: skip
_PLACES = ("螺城", "崇武", "山霞", "涂寨", "净峰", "辋川", "黄塘", "紫山", "东园", "张坂", "东岭", "小岞")
_SENTENCES = (
    "请各基层工会于月底前报送名单，逾期不再受理。",
    "参加人员须为在籍会员，凭会员码签到。",
    "有关事项由县总工会权益保障部负责解释。",
    "现场设有饮水点和医疗点，请提前十五分钟到场。",
    "未尽事宜另行通知，请留意平台消息。",
)


def measure(site: Site, *, documents: int) -> Table:
    """CPU of web and PostgreSQL for one answer of the search page, median of thirty, as a member."""
    _fill(documents)
    visitor = Visitor(site.port)
    visitor.log_in(site.accounts["member"])
    return Table(
        f"Search over {documents:,} documents", [_row(site, visitor, name, text) for name, text in _ASKED]
    )


def _row(site: Site, visitor: Visitor, name: str, text: str) -> Row:
    path = f"/search?q={quote(text)}"
    visitor.warmed(path)
    spent = [cost(site, lambda: visitor.get(path)) for _ in range(TIMES)]
    web, database = median(web for web, _ in spent), median(database for _, database in spent)
    ok = web + database < _GOAL_MS
    return Row(f"{name}: {text}", f"{web:.1f} + {database:.1f} ms", goal=f"< {_GOAL_MS:.0f} ms", ok=ok)


def _fill(documents: int) -> None:
    """Notices of the county and its townships before today: some thousands written, and those again for each year."""
    from django.db import connection

    from huigong.people.orgs.models import Post, Union
    from huigong.services.notices.models import Notice

    unions = list(Union.objects.filter(level__lte=Union.Level.TOWNSHIP))
    author = Post.objects.values_list("account_id", flat=True)[0]
    random = Random(1)
    Notice.objects.bulk_create(
        [_notice(random, unions, author, f"{_TOWN}展同时开放。" if number < 3 else "") for number in range(3)]
    )
    written = Notice.objects.bulk_create(
        [
            _notice(random, unions, author, "优秀职工可参加疗休养。" if number % 50 == 0 else "")
            for number in range(_WRITTEN)
        ]
    )
    columns = ", ".join(field.column for field in Notice._meta.concrete_fields if field.column != "id")
    with connection.cursor() as cursor:
        for _ in range(documents // _WRITTEN - 1):
            cursor.execute(
                f"INSERT INTO notices_notice ({columns})"  # noqa: S608 our own columns
                f" SELECT {columns} FROM notices_notice WHERE id BETWEEN %s AND %s",
                [written[0].pk, written[-1].pk],
            )
        cursor.execute(
            "UPDATE notices_notice SET published_at = now() - (100000 - id) * interval '50 minutes'"
        )
        cursor.execute("VACUUM FULL ANALYZE notices_notice")


def _notice(random: Random, unions: list, author: int, besides: str) -> object:
    from django.utils import timezone

    from huigong.core import search
    from huigong.services.notices.models import Notice

    union = random.choice(unions)
    title = f"关于{random.choice(_PLACES)}{random.choice(_SUBJECTS)}的通知"
    body = "".join(random.sample(_SENTENCES, 4)) + besides
    return Notice(
        union=union,
        title=title,
        body=f"<p>{body}</p>",
        audience={"union_ids": [union.pk]},
        audience_unions=[union.pk],
        state=Notice.State.PUBLISHED,
        published_at=timezone.now(),
        published_by_id=author,
        words=search.vector(title, union.name, search.initials(title), body),
    )
