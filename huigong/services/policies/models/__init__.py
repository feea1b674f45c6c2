"""Policy documents with their paper forms; what may be applied for online, and the applications."""

from huigong.services.policies.models.applications import Application, Evidence, Objection
from huigong.services.policies.models.documents import PaperForm, Policy
from huigong.services.policies.models.schemes import Scheme

__all__ = ["Application", "Evidence", "Objection", "PaperForm", "Policy", "Scheme"]
