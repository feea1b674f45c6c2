"""Policy documents and their paper forms."""

from huigong.services.policies.models.documents import PaperForm, Policy

__all__ = ["PaperForm", "Policy"]
