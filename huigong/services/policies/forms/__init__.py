"""What is filled in about policies."""

from huigong.services.policies.forms.documents import PaperFormForm, PolicyForm, ReasonForm

__all__ = ["PaperFormForm", "PolicyForm", "ReasonForm"]
