"""What people fill in about policies."""

from huigong.services.policies.forms.applying import (
    ApplyForm,
    ObjectionForm,
    apply_form,
    says_yes,
    written,
)
from huigong.services.policies.forms.documents import PaperFormForm, PolicyForm, ReasonForm
from huigong.services.policies.forms.reviewing import (
    AnswerForm,
    ApproveForm,
    GivenForm,
    PeriodForm,
    RefuseForm,
    ReturnForm,
    VerifyForm,
    WhyForm,
)
from huigong.services.policies.forms.schemes import ExtendForm, SchemeEditor, WindowForm

__all__ = [
    "AnswerForm",
    "ApplyForm",
    "ApproveForm",
    "ExtendForm",
    "GivenForm",
    "ObjectionForm",
    "PaperFormForm",
    "PeriodForm",
    "PolicyForm",
    "ReasonForm",
    "RefuseForm",
    "ReturnForm",
    "SchemeEditor",
    "VerifyForm",
    "WhyForm",
    "WindowForm",
    "apply_form",
    "says_yes",
    "written",
]
