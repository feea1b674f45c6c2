import pytest

from huigong.core.pinyin import initials, sort_key


@pytest.mark.parametrize(
    ("text", "key", "letters"),
    [
        ("惠安县", "hui an xian", "hax"),
        ("重庆路工会", "chong qing lu gong hui", "cqlgh"),
        ("女职工委员会", "nv zhi gong wei yuan hui", "nzgwyh"),
        (" 惠安KTV 第2分会", "hui an ktv di 2 fen hui", "haktvd2fh"),
        ("阿卜杜拉·买买提", "a bo du la mai mai ti", "abdlmmt"),
        ("ＡＢＣ公司（泉州）", "abc gong si quan zhou", "abcgsqz"),
        ("", "", ""),
        ("·", "", ""),
    ],
)
def test_reading_of_names_and_units(text, key, letters):
    assert sort_key(text) == key
    assert initials(text) == letters


def test_a_surname_is_read_as_one():
    assert sort_key("曾晓雪", person=True) == "zeng xiao xue"
    assert initials("曾晓雪", person=True) == "zxx"
    assert sort_key("单于明", person=True).startswith("chan yu")
    assert sort_key("解放路") == "jie fang lu"


def test_a_rare_character_stands_for_itself():
    assert sort_key("张\U0003d000") == "zhang \U0003d000"
    assert initials("张\U0003d000") == "z\U0003d000"


def test_syllables_sort_as_a_dictionary_does():
    assert sorted(["先锋", "厦门", "西安"], key=sort_key) == ["西安", "厦门", "先锋"]
