"""Who somebody or something is, on paper: document numbers, phones, credit codes, names.

Every parser takes what people really type (full-width digits, spaces, a small x) and gives the one form
that is stored, or raises `ValueError` with a sentence for the person who typed it. The sentence never
repeats the number, because it may reach a log.

Standards: GB 11643-1999 公民身份号码 (check digit: ISO 7064 MOD 11-2), GB/T 2260 行政区划代码,
GB/T 2261.1 性别代码, GB 32100-2015 统一社会信用代码, and the numbering rules that the ministries of public
security and immigration publish for the other documents.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

from huigong.core.calendar import today


class Sex(TextChoices):
    """GB/T 2261.1."""

    MALE = "1", "男"
    FEMALE = "2", "女"


class DocumentKind(TextChoices):
    RESIDENT_ID = "resident_id", "居民身份证"
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证"
    HK_MACAO_PERMIT = "hk_macao_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    FOREIGN_PERMANENT_ID = "foreign_permanent_id", "外国人永久居留身份证"
    PASSPORT = "passport", "护照"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident's ID number and what it says about its owner."""

    number: str
    born_on: date
    sex: Sex


@dataclass(frozen=True, slots=True)
class Document:
    """Any accepted document. `born_on` and `sex` are there when the number itself tells them."""

    kind: DocumentKind
    number: str
    born_on: date | None = None
    sex: Sex | None = None


# --- Document numbers

_MAINLAND_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]")
_PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})
_LOOKALIKES = str.maketrans("\u00d7\u0425\u03a7\u2715\u2573", "XXXXX")
"""The multiplication sign, Cyrillic and Greek letters and crosses that stand in for the X."""
_INVISIBLE = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f"
_NOISE = re.compile(rf"[\s'\u2019`{_INVISIBLE}]+")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")

_FORMATS = {
    # 11 characters until 2012: the last two count renewals
    DocumentKind.HK_MACAO_PERMIT: (
        re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
        "港澳居民来往内地通行证号是字母 H 或 M 加 8 位数字，请对照证件重填。",
    ),
    # a card has 8 digits; the older booklet 10 and a letter
    DocumentKind.TAIWAN_PERMIT: (
        re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
        "台湾居民来往大陆通行证号是 8 位数字，请对照证件重填。",
    ),
    DocumentKind.PASSPORT: (
        re.compile(r"(?=.*[0-9])[A-Z0-9]{5,15}"),
        "护照号是 5 至 15 位字母和数字，请对照护照重填。",
    ),
}


def normalise_number(text: str) -> str:
    """A document number or code as it is stored: half-width, upper case, without spaces."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOKALIKES)


def parse_id_number(text: str, *, on: date | None = None) -> IdNumber:
    """A resident ID number (GB 11643): 18 characters, a province, a real date not after `on`, check digit.

    Refuses first-generation numbers of 15 digits, which are void since 2013, and points holders of a
    港澳台居民居住证 or 外国人永久居留身份证 to the right kind of document.
    """
    number = normalise_number(text)
    if re.fullmatch(r"[0-9]{15}", number):
        raise ValueError("15 位的老身份证已停用，请填 18 位身份证号。")
    _require_eighteen(number, "身份证号")
    if number[:6] in _PERMIT_REGIONS:
        raise ValueError("这是港澳台居民居住证号，证件类型请选“港澳台居民居住证”。")
    if number.startswith("9"):
        raise ValueError("这是外国人永久居留身份证号，证件类型请选“外国人永久居留身份证”。")
    if not _MAINLAND_PROVINCE.match(number):
        raise ValueError("身份证号开头两位不是省份代码，请核对。")
    return _parse_eighteen(number, "身份证号", on)


def parse_document(kind: DocumentKind | str, text: str, *, on: date | None = None) -> Document:
    """The number of a document of this kind; `ValueError` when it cannot be one."""
    kind = DocumentKind(kind)
    if kind == DocumentKind.RESIDENT_ID:
        return _document(kind, parse_id_number(text, on=on))
    number = normalise_number(text)
    if kind == DocumentKind.RESIDENCE_PERMIT:
        return _residence_permit(number, on)
    if kind == DocumentKind.FOREIGN_PERMANENT_ID:
        return _foreign_permanent_id(number, on)
    if kind == DocumentKind.TAIWAN_PERMIT:
        number = number.replace("(", "").replace(")", "")
    pattern, sentence = _FORMATS[kind]
    if not pattern.fullmatch(number):
        raise ValueError(sentence)
    return Document(kind, number)


def _document(kind: DocumentKind, parsed: IdNumber) -> Document:
    return Document(kind, parsed.number, parsed.born_on, parsed.sex)


def _residence_permit(number: str, on: date | None) -> Document:
    _require_eighteen(number, "居住证号")
    if number[:6] not in _PERMIT_REGIONS:
        raise ValueError("港澳台居民居住证号以 810000、820000 或 830000 开头，请核对。")
    return _document(DocumentKind.RESIDENCE_PERMIT, _parse_eighteen(number, "居住证号", on))


def _foreign_permanent_id(number: str, on: date | None) -> Document:
    """Since December 2023 eighteen characters like a resident's, starting with 9; before, three letters
    and twelve digits. What the sequence digits of the new one say about sex is not published."""
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return Document(DocumentKind.FOREIGN_PERMANENT_ID, number)
    if not (_EIGHTEEN.fullmatch(number) and number.startswith("9")):
        raise ValueError("外国人永久居留身份证号是 9 开头的 18 位，或 3 个字母加 12 位数字，请对照证件重填。")
    parsed = _parse_eighteen(number, "证件号", on)
    return Document(DocumentKind.FOREIGN_PERMANENT_ID, number, parsed.born_on)


def _require_eighteen(number: str, called: str) -> None:
    if not number:
        raise ValueError(f"请填写{called}。")
    if len(number) != 18:
        raise ValueError(f"{called}应为 18 位，现在是 {len(number)} 位，请核对。")
    if not _EIGHTEEN.fullmatch(number):
        raise ValueError(f"{called}只能是数字，最后一位可以是 X，请核对。")


def _parse_eighteen(number: str, called: str, on: date | None) -> IdNumber:
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError(f"{called}第 7 至 14 位不是真实的出生日期，请核对。") from None
    if born_on > (on or today()):
        raise ValueError(f"{called}里的出生日期还没到，请核对。")
    if born_on.year < 1900:
        raise ValueError(f"{called}里的出生年份太早，请核对。")
    if check_digit(number[:17]) != number[17]:
        raise ValueError(f"{called}最后一位对不上，可能有一位填错了，请逐位核对。")
    return IdNumber(number, born_on, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character of an ID number, ISO 7064 MOD 11-2 as GB 11643 prescribes."""
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(first_seventeen))
    return "10X98765432"[total % 11]


def age_on(born_on: date, day: date) -> int:
    """Full years of age on `day`. Who was born on 29 February turns a year older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


# --- Phones and credit codes

_PHONE_MARKS = re.compile(r"[-().\u2010-\u2015\u2212]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(rf"[{_CREDIT_CHARACTERS}]{{2}}[0-9]{{6}}[{_CREDIT_CHARACTERS}]{{10}}")


def normalise_phone(text: str) -> str:
    """A mainland mobile number as its 11 digits, without +86, spaces or dashes; `ValueError` otherwise."""
    digits = _PHONE_MARKS.sub("", normalise_number(text))
    digits = re.sub(r"^((\+|00)?86|0)(?=1[3-9][0-9]{9}$)|^(\+|00)?86(?=[0-9]{11}$)", "", digits)
    if not digits:
        raise ValueError("请填写手机号。")
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValueError("手机号只能是数字，请核对。")
    if re.fullmatch(r"0(?!1[3-9])[0-9]{9,}", digits):
        raise ValueError("这是座机号，请填 11 位手机号。")
    if len(digits) != 11:
        raise ValueError(f"手机号应为 11 位，现在是 {len(digits)} 位，请核对。")
    if not _MOBILE.fullmatch(digits):
        raise ValueError("这不是手机号，请填 1 开头的 11 位手机号。")
    return digits


def normalise_credit_code(text: str) -> str:
    """A 统一社会信用代码 (GB 32100): 18 characters without I, O, S, V, Z, the last one checks the others."""
    code = normalise_number(text).replace("-", "")
    if len(code) != 18:
        raise ValueError(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位，请核对。")
    if wrong := sorted({character for character in code if character in "IOSVZ"}):
        raise ValueError(f"统一社会信用代码里没有字母 {'、'.join(wrong)}，可能是看错的数字，请核对。")
    if not _CREDIT_CODE.fullmatch(code):
        raise ValueError("统一社会信用代码格式不对，请对照证照重填。")
    if credit_check_character(code[:17]) != code[17]:
        raise ValueError("统一社会信用代码最后一位对不上，可能有一位填错了，请逐位核对。")
    return code


def credit_check_character(first_seventeen: str) -> str:
    """The eighteenth character of a credit code: weights are powers of 3, modulus 31."""
    total = sum(
        _CREDIT_CHARACTERS.index(character) * (3**place % 31)
        for place, character in enumerate(first_seventeen)
    )
    return _CREDIT_CHARACTERS[-total % 31]


# --- Names

NAME_LENGTH = 50
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_COMPATIBLE = re.compile("[\u2f00-\u2fd5\uff01-\uff5e]+")
"""Kangxi radicals, which copying from a PDF leaves in names, and full-width Latin."""
_DOTS = re.compile("\\s*[\u00b7\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u25cf\u30fb\uff65\ua78f]\\s*")
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s*[.\u3002]\s*(?=[{_HAN}])")
_SPACE_BY_HAN = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
_NAME = re.compile(r"(?:[^\W\d_]|[\u00b7\u0300-\u036f\ue000-\uf8ff\U00020000-\U0003ffff ',.\u2019-])+")


def normalise_name(text: str) -> str:
    """A name as it is stored: no stray spaces, every middle dot a ``·``, full-width Latin made narrow.

    Rare characters beyond the basic plane stay as they are. Never refuses; `parse_name` does.
    """
    text = re.sub(rf"[{_INVISIBLE}]", "", text)
    text = _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _DOTS.sub("\u00b7", _DOT_BETWEEN_HAN.sub("\u00b7", text))
    return " ".join(_SPACE_BY_HAN.sub("", text).split())


def parse_name(text: str) -> str:
    """A person's name, normalised; `ValueError` when it is empty, too long or holds digits or signs."""
    name = normalise_name(text)
    if not name:
        raise ValueError("请填写姓名。")
    if len(name) > NAME_LENGTH:
        raise ValueError(f"姓名最多 {NAME_LENGTH} 个字，请核对。")
    if re.search(r"\d", name):
        raise ValueError("姓名里不应有数字，请核对。")
    parts = re.split("[、/;；]", name)
    if len(parts) > 1 and all(_NAME.fullmatch(part) for part in parts):
        raise ValueError("这里只能写一个人的姓名。")
    if _NAME.fullmatch(re.sub(r"[(\[【].*", "", name)) and re.search(r"[(\[【]", name):
        raise ValueError("姓名里只写姓名，括号里的说明请写到别处。")
    if not _NAME.fullmatch(name) or not re.search(r"[^\W_]|[\ue000-\uf8ff\U00020000-\U0003ffff]", name):
        raise ValueError("姓名里有不该出现的符号，请核对。")
    return name


# --- Masks, for lists and pages where the whole is not needed


def mask_id(number: str) -> str:
    """First three and last four characters: 350***********0012. Short documents keep one and two."""
    return _mask(number, 3, 4) if len(number) > 11 else _mask(number, 1, 2)


def mask_phone(phone: str) -> str:
    """138****8000."""
    return _mask(phone, 3, 4)


def mask_name(name: str) -> str:
    """张三 → 张*, 张小丰 → 张*丰, 阿卜杜拉·买买提 → 阿******提."""
    return _mask(name, 1, 0 if len(name) < 3 else 1)


def _mask(text: str, first: int, last: int) -> str:
    hidden = len(text) - first - last
    if hidden <= 0:
        return "*" * len(text)
    return text[:first] + "*" * hidden + text[len(text) - last :]
