"""What is filled in about policies."""

from huigong.services.policies.forms.applying import (
    ApplyForm,
    ObjectionForm,
    apply_form,
    says_yes,
    written,
)
from huigong.services.policies.forms.documents import PaperFormForm, PolicyForm, ReasonForm

__all__ = [
    "ApplyForm",
    "ObjectionForm",
    "PaperFormForm",
    "PolicyForm",
    "ReasonForm",
    "apply_form",
    "says_yes",
    "written",
]
