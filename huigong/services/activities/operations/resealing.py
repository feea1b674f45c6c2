"""Answers that hold phones and ID numbers, sealed anew when the field key was changed."""

from collections.abc import Iterator

from django.db.models import TextField
from django.db.models.functions import Cast

from huigong.core import resealing
from huigong.core.crypto import current_prefix
from huigong.core.questions import parse_schema
from huigong.services.activities import queries
from huigong.services.activities.models import Signup


@resealing.holder("activities_signup.answers")
def reseal_answers() -> int:
    """Seal what was filled in on signing up anew; returns how many signups that concerned."""
    count = 0
    for signup in _sealed("answers"):
        questions = parse_schema(signup.session.activity.questions)
        answers = queries.answers_of(signup)
        sealed = questions.seal(answers, context=queries.answers_context(signup.entry_id))
        count += Signup.objects.filter(pk=signup.pk).update(answers=sealed)
    return count


@resealing.holder("activities_signup.survey_answers")
def reseal_survey_answers() -> int:
    """Seal what was said afterwards anew; returns how many signups that concerned."""
    count = 0
    for signup in _sealed("survey_answers"):
        questions = parse_schema(signup.session.activity.survey)
        context = queries.survey_context(signup.pk)
        answers = questions.unseal(signup.survey_answers or {}, context=context)
        sealed = questions.seal(answers, context=context)
        count += Signup.objects.filter(pk=signup.pk).update(survey_answers=sealed)
    return count


def _sealed(column: str) -> Iterator[Signup]:
    """Signups with something sealed by an older key in a column of answers."""
    text = Signup.objects.annotate(text=Cast(column, TextField()))
    old = text.filter(text__contains=".aesgcm.").exclude(text__contains=f'"{current_prefix()}')
    return old.select_related("session__activity").iterator()
