"""Chinese text is found by its words, whole or begun, whatever signs stand in the question."""

import pytest
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from huigong.core import search

TEXT = "“惠女杯”惠安县总工会职工羽毛球邀请赛，在崇武古城举行"


def matches(text: str, asked: str) -> bool:
    """Would a row with `text` be found for `asked`? Asked of PostgreSQL itself."""
    found = search.query(asked)
    if found is None:
        return False
    compiler = models.QuerySet(_Row).query.get_compiler("default")
    stored, stored_values = (
        search.vector(text).resolve_expression(compiler.query).as_sql(compiler, connection)
    )
    wanted, wanted_values = found.resolve_expression(compiler.query).as_sql(compiler, connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + stored + " @@ " + wanted, [*stored_values, *wanted_values])
        return cursor.fetchone()[0]


class _Row(models.Model):
    search = SearchVectorField()

    class Meta:
        app_label = "core"
        managed = False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", ["羽毛球", "羽毛", "总工会", "崇武", "惠安县总工会", "邀请赛 崇武", "羽毛球邀", "惠安　职工"]
)
def test_a_text_is_found_by_its_words(asked: str) -> None:
    assert matches(TEXT, asked)


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["篮球", "羽毛球 篮球", "", "！？", "' | '", "a & b"])
def test_what_it_does_not_say_does_not_find_it(asked: str) -> None:
    assert not matches(TEXT, asked)


@pytest.mark.parametrize("asked", ["'", "\\", "a:*", "!羽毛球", "(((", "羽毛球)|(", "😀", "\x00", "<->"])
@pytest.mark.django_db
def test_no_sign_breaks_the_question(asked: str) -> None:
    matches(TEXT, asked.replace("\x00", ""))


def test_words_are_half_width_and_lower_case() -> None:
    assert {"abc", "羽毛球"} <= set(search.words("ＡＢＣ羽毛球，"))


def test_initials_are_found_from_every_place_on() -> None:
    assert search.initials("职工羽毛球赛") == "zgymqs gymqs ymqs mqs qs s"
    assert search.initials("") == ""


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("职工羽毛球赛", "羽毛球", "职工<mark>羽毛球</mark>赛"),
        ("职工羽毛球赛", "ymq", "职工<mark>羽毛球</mark>赛"),
        ("“职工杯”羽毛球", "YMQ", "“职工杯”<mark>羽毛球</mark>"),
        ("5KM健步走", "km", "5<mark>KM</mark>健步走"),
        ("<b>读书</b>", "读书", "&lt;b&gt;<mark>读书</mark>&lt;/b&gt;"),
        ("职工羽毛球赛", "篮球", "职工羽毛球赛"),
        ("职工羽毛球赛", "", "职工羽毛球赛"),
    ],
)
def test_what_was_asked_for_is_marked(text: str, asked: str, marked: str) -> None:
    assert search.marked(text, asked) == marked


def test_an_excerpt_begins_shortly_before_what_was_asked_for() -> None:
    text = "开头的话。" * 40 + "高温补贴每月三百元" + "结尾的话。" * 40
    cut = search.excerpt(text, "高温")
    assert cut.startswith("…")
    assert "<mark>高温</mark>补贴" in cut
    assert len(cut.striptags()) <= 81
    assert search.excerpt("<b>高温", "高温") == "&lt;b&gt;<mark>高温</mark>"
    assert search.excerpt("没有这个词", "高温") == "没有这个词"
