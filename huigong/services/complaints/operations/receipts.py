"""The door for anonymous authors: sixteen digits, and few tries."""

import re
from datetime import timedelta

from huigong.core import crypto, limits
from huigong.core.errors import Refused
from huigong.services.complaints import permissions
from huigong.services.complaints.models import Case

WRONG_CODES_AN_HOUR = 5
KNOCKS_AN_HOUR = 60
_HOUR = timedelta(hours=1)
_KIND = "r"
_TOO_OFTEN = "试的次数太多了，请过一会儿再试。"


def count_knock(who: str, *, at_most: int, per: timedelta) -> None:
    """Count somebody's try to lodge or to look; refuse (429) more than `at_most`. Call it outside any transaction.

    What is counted, and for whom, is a keyed hash: the table of counts tells neither that there was a complaint nor
    by whose account or address, without a key that is not in the database.
    """
    limits.require(_KIND, _hidden(who), at_most=at_most, per=per, sentence=_TOO_OFTEN)


def _hidden(who: str) -> str:
    return crypto.blind_index("complaints.door", who)


def open_by_receipt(code: str, *, address: str) -> Case:
    """The case of a receipt code, spaced or not. Refuses (422) a wrong one, and (429) everything after five of those.

    Call it outside any transaction: a refused try must still count.
    """
    count_knock(address, at_most=KNOCKS_AN_HOUR, per=_HOUR)
    wrong = _hidden(f"wrong {address}")
    if limits.hits(_KIND, wrong, per=_HOUR) >= WRONG_CODES_AN_HOUR:
        raise Refused(_TOO_OFTEN, "too-often", status=429)
    digits = re.sub(r"[\s-]", "", code)
    case = permissions.find_by_receipt(digits) if re.fullmatch(r"[0-9]{16}", digits) else None
    if case is None:
        limits.hit(_KIND, wrong, per=_HOUR)
        raise Refused("没有这个回执码，请对照您记下的 16 位数字再输一次。", "wrong-code", status=422)
    return case
