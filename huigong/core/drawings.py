"""The drawings that stand where nobody uploaded a picture: covers of activities and articles."""

from django.templatetags.static import static

COVERS = {
    "badminton": "羽毛球",
    "basketball": "篮球",
    "tug-of-war": "拔河",
    "hike": "健步走",
    "fishing": "垂钓",
    "family": "亲子",
    "skill": "技能",
    "training": "培训",
    "quiz": "竞赛",
    "reading": "读书",
    "film": "电影",
    "lantern": "灯会",
    "volunteer": "志愿服务",
    "station": "驿站",
    "meeting": "会议",
    "law": "普法",
    "baby": "妈妈小屋",
    "help": "帮扶",
    "health": "健康",
    "music": "音乐",
    "flowers": "花艺",
    "travel": "古城游",
    "writing": "征文",
    "kite": "风筝",
}
"""Our own drawings (core/img/cover-*.svg) and what they show."""


def drawing_url(name: str) -> str:
    """One of our drawings; an unknown name gives the first."""
    return static(f"core/img/cover-{name if name in COVERS else 'badminton'}.svg")


def choices() -> list[tuple[str, str, str]]:
    """(name, address, what it shows) of each, to pick a cover from."""
    return [(name, drawing_url(name), label) for name, label in COVERS.items()]
