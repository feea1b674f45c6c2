from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails
from jinja2 import ChoiceLoader, DictLoader, UndefinedError

from huigong.core.errors import error_page
from huigong.core.jinja import Page, Tab, environment, icon, render_page

TABS = (Tab("home", "首页", "house", "/"), Tab("inbox", "消息", "bell", "/inbox/"))


def ask(htmx: bool = False, **headers: str) -> HttpRequest:
    if htmx:
        headers |= {"HX-Request": "true"}
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    request._messages = CookieStorage(request)
    return request


BASE = '{% extends "core/base.html" %}'
SAMPLE = BASE + "{% block main %}<p>all</p>{% block rows %}<b>{{ rows }}</b>{% endblock %}{% endblock %}"


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> str:
    """A page with one block, beside the real templates."""
    env = engines["jinja2"].env
    monkeypatch.setattr(env, "loader", ChoiceLoader([DictLoader({"sample.html": SAMPLE}), env.loader]))
    return "sample.html"


def test_a_browser_gets_the_whole_page(template: str) -> None:
    body = render_page(ask(), template, {"rows": 3}, block="rows").content.decode()
    assert body.startswith("<!DOCTYPE html>")
    assert "<p>all</p><b>3</b>" in body


def test_htmx_gets_the_block_alone(template: str) -> None:
    response = render_page(ask(htmx=True), template, {"rows": 3}, block="rows", status=422)
    assert (response.content.decode(), response.status_code) == ("<b>3</b>", 422)


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_link_and_a_restored_page_are_whole(template: str, header: str) -> None:
    body = render_page(ask(htmx=True, **{header: "true"}), template, {"rows": 3}, block="rows").content
    assert b"<!DOCTYPE html>" in body


def test_caches_keep_page_and_block_apart(template: str) -> None:
    assert render_page(ask(), template, {"rows": 3}, block="rows")["Vary"] == "HX-Request"


def test_a_forgotten_variable_is_an_error_not_an_empty_place(template: str) -> None:
    with pytest.raises(UndefinedError):
        render_page(ask(htmx=True), template, {}, block="rows")


def test_values_are_escaped(template: str) -> None:
    body = render_page(ask(htmx=True), template, {"rows": "<script>"}, block="rows").content.decode()
    assert body == "<b>&lt;script&gt;</b>"


def test_page_without_a_request_is_nobody_s() -> None:
    page = Page()
    assert (page.tab, page.tabs, page.account, page.unread, page.care, page.messages) == (
        "",
        (),
        None,
        0,
        False,
        [],
    )


def test_unread_is_counted_when_asked_for_and_only_once() -> None:
    request = ask()
    asked: list[int] = []
    request.page = SimpleNamespace(unread=lambda: asked.append(1) or 7)
    page = Page(request)
    assert asked == []
    assert (page.unread, page.unread, len(asked)) == (7, 7, 1)


def test_tab_bar_names_where_one_is_and_what_waits() -> None:
    bar = str(engines["jinja2"].env.globals["ui"].tabbar(tabs=TABS, active="home", unread=120))
    assert '<a href="/" aria-current="page">' in bar
    assert "99+" in bar


def test_care_mode_comes_from_the_cookie() -> None:
    request = ask()
    request.COOKIES["care"] = "1"
    assert Page(request).care
    assert b'data-weui-mode="care"' in error_page(request, 404).content


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 503])
def test_every_error_says_what_to_do(status: int) -> None:
    body = error_page(ask(), status, "试试别的。").content.decode()
    assert "试试别的。" in body
    assert f"错误 {status}" in body
    assert "回首页" in body


def test_an_error_before_any_middleware_still_has_a_page() -> None:
    assert b"<main" in error_page(HttpRequest(), 500).content


def test_no_page_carries_inline_style_or_script() -> None:
    body = error_page(ask(), 404).content.decode()
    assert " style=" not in body
    assert "<script>" not in body
    assert " onclick=" not in body


def test_icon_is_hidden_from_screen_readers_and_has_a_size() -> None:
    svg = icon("bell", 18)
    assert 'width="18"' in svg
    assert 'aria-hidden="true"' in svg
    assert "<script" not in svg


def test_pieces_are_found_by_a_block_rendered_alone() -> None:
    env = environment(loader=engines["jinja2"].env.loader, autoescape=True)
    source = "{% block part %}{{ ui.tag(text='报名中') }}{% endblock %}"
    template = env.from_string(source)
    assert "报名中" in "".join(template.blocks["part"](template.new_context({})))


@pytest.mark.parametrize(
    ("labels", "drawn"),
    [
        (["有", "没有"], "u-seg"),
        (["不成立，继续公示"] * 3, "u-seg"),
        (["深度困难：享受政府救助后，生活仍然困难", "没有"], "u-choices"),
        (["甲", "乙", "丙", "丁"], "u-choices"),
    ],
)
def test_few_short_choices_stand_beside_each_other_and_others_below(labels: list[str], drawn: str) -> None:
    class Asked(forms.Form):
        one = forms.ChoiceField(choices=list(enumerate(labels)), widget=forms.RadioSelect)

    template = engines["jinja2"].from_string("{{ ui.field(form.one) }}")
    page = template.render({"form": Asked()})
    assert {each for each in ("u-seg", "u-choices") if f'"{each}"' in page} == {drawn}
