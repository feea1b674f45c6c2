"""Handing out a piece of evidence, or a letter."""

from django.http import HttpResponse

from huigong.core import files
from huigong.services.complaints.models import Evidence


def handed_out(evidence: Evidence, content: bytes) -> HttpResponse:
    """The bytes, under a name that says nothing."""
    name = f"evidence-{evidence.position}.{evidence.ending}"
    return files.hand_out(content, content_type=evidence.content_type, name=name)
