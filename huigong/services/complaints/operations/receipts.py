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


def open_by_receipt(code: str, *, address: str) -> Case:
    """The case of a receipt code, spaced or not. Refuses (422) a wrong one, and (429) everything after five of those.

    Tries are counted under a keyed hash of the address, which without the key leads to nobody. Call it outside
    any transaction: a refused try must still count.
    """
    who = crypto.blind_index("complaints.door", address)
    too_often = "试的次数太多了，请一小时后再试。"
    limits.require("knock", who, at_most=KNOCKS_AN_HOUR, per=_HOUR, sentence=too_often)
    if limits.hits("knock-wrong", who, per=_HOUR) >= WRONG_CODES_AN_HOUR:
        raise Refused(too_often, "too-often", status=429)
    digits = re.sub(r"[\s-]", "", code)
    case = permissions.find_by_receipt(digits) if re.fullmatch(r"[0-9]{16}", digits) else None
    if case is None:
        limits.hit("knock-wrong", who, per=_HOUR)
        raise Refused("没有这个回执码，请对照您记下的 16 位数字再输一次。", "wrong-code", status=422)
    return case
