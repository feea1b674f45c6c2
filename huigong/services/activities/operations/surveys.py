"""What participants say afterwards."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from huigong.core.errors import Refused
from huigong.core.questions import AnswersInvalid, parse_schema
from huigong.services.activities import queries
from huigong.services.activities.models import Signup


@transaction.atomic
def answer_survey(signup: Signup, *, answers: Mapping[str, Any]) -> Signup:
    """Keep what somebody who came says about the activity, once.

    Refuses who was not checked in, an activity without survey or long over ("no-survey"), a second time
    ("answered"), and bad answers (422). Nobody decides anything here, so there is no audit row; the
    organiser sees answers without names.
    """
    if not queries.may_answer_survey(signup):
        if signup.survey_answers is not None:
            raise Refused("您已经评价过了，谢谢。", "answered")
        raise Refused("现在不能评价：要参加过活动，并在结束后 30 天内。", "no-survey")
    questions = parse_schema(signup.session.activity.survey)
    try:
        checked = questions.clean(answers)
    except AnswersInvalid as error:
        raise Refused(str(error), "bad-answers", status=422) from None
    sealed = questions.seal(checked, context=queries.survey_context(signup.pk))
    once = Signup.objects.filter(pk=signup.pk, survey_answers__isnull=True, checked_in_at__isnull=False)
    if not once.update(survey_answers=sealed):
        raise Refused("您已经评价过了，谢谢。", "answered")
    signup.survey_answers = sealed
    return signup
