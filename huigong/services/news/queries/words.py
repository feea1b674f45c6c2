"""How an article is spoken of: covers and names of reviews. No queries."""

from django.urls import reverse

from huigong.core.drawings import drawing_url
from huigong.services.news.models import Article

_ORDINALS = ("初审", "复审", "终审")

_DRAWING_OF_WORD = {
    "羽毛球": "badminton",
    "篮球": "basketball",
    "运动会": "tug-of-war",
    "健步": "hike",
    "医疗": "health",
    "体检": "health",
    "健康": "health",
    "慰问": "help",
    "帮扶": "help",
    "助学": "help",
    "法律": "law",
    "维权": "law",
    "工资": "law",
    "合同": "law",
    "驿站": "station",
    "志愿": "volunteer",
    "技能": "skill",
    "比武": "skill",
    "工匠": "skill",
    "培训": "training",
    "安全": "training",
    "读书": "reading",
    "书屋": "reading",
    "电影": "film",
    "妈妈": "baby",
    "女职工": "flowers",
    "征文": "writing",
    "古城": "travel",
    "疗休养": "travel",
    "竞赛": "quiz",
}
"""What a title tells of the article, the first word that is in it."""

_DRAWING_OF_CHANNEL = {"hot": "meeting", "local": "volunteer", "guide": "help", "study": "reading"}


def cover_url(article: Article) -> str:
    """Its uploaded cover, else the drawing its editor chose, else one that fits the title or the channel."""
    if article.cover:
        return reverse("core:file", args=[article.cover.uuid])
    return drawing_url(article.drawing or _fitting_drawing(article))


def _fitting_drawing(article: Article) -> str:
    fitting = (drawing for word, drawing in _DRAWING_OF_WORD.items() if word in article.title)
    return next(fitting, _DRAWING_OF_CHANNEL.get(article.channel.key, "meeting"))


def ordinal(step: int, total: int) -> str:
    """What the review `step` (from 0) of `total` is called: a single one is 审核, the last of several 终审."""
    if total == 1:
        return "审核"
    return "终审" if step + 1 == total else _ORDINALS[step]
