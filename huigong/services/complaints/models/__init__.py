"""Complaints: cases with all that belongs to them, and the letters they send out. Everything lies in the vault."""

from huigong.services.complaints.models.cases import (
    Access,
    Case,
    Deadline,
    Entry,
    Evidence,
    Extension,
    Reading,
)
from huigong.services.complaints.models.letters import Letter, LetterCount

__all__ = [
    "Access",
    "Case",
    "Deadline",
    "Entry",
    "Evidence",
    "Extension",
    "Letter",
    "LetterCount",
    "Reading",
]
