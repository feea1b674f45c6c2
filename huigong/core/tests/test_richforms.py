"""Rich text in a form: with the editor, without it, and what is never let in."""

from django import forms

from huigong.core.richforms import PlainWords, RichTextarea, RichTextField, settle


class Story(forms.Form):
    text = RichTextField(max_length=20, required=False, widget=RichTextarea(pictures="/up"))


def sent(**data: str) -> Story:
    form = Story(data)
    form.is_valid()
    return form


def test_without_an_editor_every_line_is_a_paragraph() -> None:
    text = sent(text="第一段\n<b>第二段</b>").cleaned_data["text"]
    assert text == "<p>第一段</p><p>&lt;b&gt;第二段&lt;/b&gt;</p>"
    assert isinstance(text, PlainWords)


def test_the_editors_text_wins_and_is_cleaned() -> None:
    html = '<h1>标题</h1><p onclick="x()">好<script>y()</script><img src="http://elsewhere/a.png"></p>'
    text = sent(**{"text": "标题\n好", "text-html": html}).cleaned_data["text"]
    assert text == "<h2>标题</h2><p>好</p>"
    assert not isinstance(text, PlainWords)


def test_what_was_there_is_offered_both_ways() -> None:
    drawn = str(Story(initial={"text": '<h2>标题</h2><p>正文"好"</p>'})["text"])
    assert "标题\n正文&quot;好&quot;</textarea>" in drawn
    assert 'data-rich="&lt;h2&gt;标题&lt;/h2&gt;&lt;p&gt;正文&quot;好&quot;&lt;/p&gt;"' in drawn
    assert 'data-pictures="/up"' in drawn


def test_the_limit_counts_words_not_tags() -> None:
    assert sent(**{"text-html": "<p>" + "<strong>好</strong>" * 20 + "</p>"}).is_valid()
    long = sent(**{"text-html": "<p>" + "好" * 21 + "</p>"})
    assert "现在有 21 字" in long.errors["text"][0]
    assert sent(**{"text-html": ""}).cleaned_data["text"] == ""


def test_unchanged_words_keep_their_pictures_unless_the_editor_ran() -> None:
    old = '<h2>标题</h2><p>正文<img src="/files/a" alt=""></p>'
    plain = sent(text="标题\n正文").cleaned_data["text"]
    assert settle(plain, old) == old
    assert settle(sent(text="标题\n改了").cleaned_data["text"], old) == "<p>标题</p><p>改了</p>"
    assert settle(sent(**{"text-html": "<p>标题</p><p>正文</p>"}).cleaned_data["text"], old) == (
        "<p>标题</p><p>正文</p>"
    )
