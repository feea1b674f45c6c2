"""What was filled in on signing up."""

from typing import Any

from huigong.core.questions import parse_schema
from huigong.services.activities.models import Signup


def answers_context(entry_id: int) -> str:
    """What the encrypted answers of a signup are bound to."""
    return f"activities_signup.answers.{entry_id}"


def answers_of(signup: Signup) -> dict[str, Any]:
    """The answers, phones and ID numbers decrypted: show them masked."""
    questions = parse_schema(signup.session.activity.questions)
    return questions.unseal(signup.answers, context=answers_context(signup.entry_id))


def party_zh(signup: Signup) -> str:
    """Who comes along: 家属甲、小乙（儿童）."""
    return "、".join(
        companion["name"] + ("（儿童）" if companion["is_child"] else "") for companion in signup.companions
    )
