"""Articles of the year: written, reviewed, published, withdrawn; and what lies on desks today."""

import io
from collections.abc import Iterator
from typing import Any

from huigong.core import tables
from huigong.core.audit import SYSTEM
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.founding import GO_LIVE
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.people.membership.queries import Rule
from huigong.people.orgs.models import Union
from huigong.services.news import operations as news
from huigong.services.news.models import Article, Channel

_FOLLOWERS = 12
_CHECKLIST = [
    ("身份证复印件", "正反面", 1),
    ("银行卡复印件", "本人名下", 1),
    ("出院小结", "加盖医院章", 1),
    ("费用清单", "加盖医院章", 1),
    ("住院发票", "原件", 1),
]


def articles_of_the_year(stage: Stage) -> Iterator[Story]:
    """Channels and reviews on the first day; then each article on its own."""
    yield _opening(stage)
    yield from (_told(stage, row) for row in words("news")["articles"])


def _opening(stage: Stage) -> Story:
    yield stage.clock.at(GO_LIVE + 2, "10:00")
    news.usual_channels(actor=SYSTEM)
    admin = stage.accounts["county.admin"]
    news.set_plan(Union.Level.TOWNSHIP, steps=["own"], actor=admin)
    news.set_plan(Union.Level.GRASSROOTS, steps=["own", "above"], actor=admin)
    yield stage.clock.at(-60, "19:30")
    guide = Channel.objects.get(key="guide")
    for account, member in list(stage.members(lead=True))[:_FOLLOWERS]:
        if account != stage.accounts["grassroots_cadre"]:
            news.follow(guide, member=member)


def _told(stage: Stage, row: dict[str, Any]) -> Story:
    hour, state = row.get("hour", "09:00"), row.get("state", "published")
    yield stage.clock.at(row["days"], hour)
    author = _author(stage, row["union"])
    article = _drafted(stage, row, author)
    for _ in range(1, row.get("versions", 1)):
        article = _rewritten(article, author)
    if row.get("attach"):
        news.attach(article, [(_checklist(row["attach"]), f"{row['attach']}.xlsx")], actor=author)
    if state == "draft":
        return
    news.submit(article, actor=author)
    if state == "reviewing":
        return
    reviewers = _reviewers(stage, row["union"], author)
    yield stage.clock.at(row["days"], "17:10")
    if state == "returned":
        news.return_article(article, actor=reviewers[0], reason=row["reason"])
        return
    for reviewer in reviewers[: 1 if state == "half" else None]:
        news.approve(article, actor=reviewer)
    if state == "withdrawn":
        yield stage.clock.at(row["days"] + 1, "10:30")
        news.withdraw(article, actor=reviewers[0], reason=row["reason"])


def _drafted(stage: Stage, row: dict[str, Any], author: Account) -> Article:
    waits = row.get("in_days")
    return news.create_article(
        stage.unions[row["union"]],
        channel=Channel.objects.get(key=row["channel"]),
        title=row["title"],
        body=_rich(row["text"]),
        rule=Rule(),
        actor=author,
        summary=row.get("summary", ""),
        drawing=row.get("drawing", ""),
        byline=row.get("byline", ""),
        source=row.get("source", ""),
        trade=row.get("trade", ""),
        is_machine_made=row.get("ai", False),
        publish_at=stage.clock.at(waits, "08:00") if waits else None,
    )


def _rewritten(article: Article, author: Account) -> Article:
    """A version on: somebody thinks again about the days, and then about whom."""
    body = article.body
    body = (
        body.replace("腊月二十前后两周", "腊月十五至二十五")
        if "前后两周" in body
        else body.replace("患病职工、春节值守职工。", "患病职工、劳模和春节值守职工。")
    )
    return news.update_article(
        article,
        channel=article.channel,
        title=article.title,
        body=body,
        rule=Rule.parse(article.audience),
        actor=author,
        summary=article.summary,
    )


def _rich(text: str) -> str:
    """The little mark-up of the seeds: ## headings, > words of somebody, - and 1. lists, lines that are paragraphs."""
    html = ""
    for line in text.strip().splitlines():
        if line.startswith("## "):
            html += f"<h3>{line[3:]}</h3>"
        elif line.startswith("> "):
            html += f"<blockquote>{line[2:]}</blockquote>"
        elif line.startswith("- "):
            html += f"<ul><li>{line[2:]}</li></ul>"
        elif line[:1].isdigit() and line[1:3] == ". ":
            html += f"<ol><li>{line[3:]}</li></ol>"
        else:
            html += f"<p>{line}</p>"
    return html.replace("</ul><ul>", "").replace("</ol><ol>", "")


def _checklist(title: str) -> io.BytesIO:
    file = io.BytesIO()
    tables.write_table(file, ["材料", "要求", "份数"], _CHECKLIST, title=title)
    file.seek(0)
    return file


def _author(stage: Stage, key: str) -> Account:
    """The county has its editor; a grass-roots union with one has its cadre write, for the chair to review."""
    if key == "county":
        return stage.accounts["editor"]
    return stage.accounts.get(f"{key}.cadre") or stage.chair(key)


def _reviewers(stage: Stage, key: str, author: Account) -> list[Account]:
    """Who passes the reviews that opening planned, in order."""
    if key == "county":
        return [stage.accounts["county.admin"]]
    above = stage.unions[key].parent
    assert above is not None
    if above.parent is None:
        return [stage.accounts["county.admin"]]
    town = stage.accounts[f"{_key_of(stage, above)}.chair"]
    own = stage.chair(key)
    return [own, town] if own != author else [town, stage.accounts["county.admin"]]


def _key_of(stage: Stage, union: Union) -> str:
    return next(key for key, each in stage.unions.items() if each.pk == union.pk)
