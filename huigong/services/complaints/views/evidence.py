"""Handing out a piece of evidence."""

from django.http import HttpResponse

from huigong.services.complaints.models import Evidence


def handed_out(evidence: Evidence, content: bytes) -> HttpResponse:
    """The bytes, in a way that no browser runs them: pictures to look at, documents as downloads."""
    response = HttpResponse(content, content_type=evidence.content_type)
    how = "inline" if evidence.content_type.startswith("image/") else "attachment"
    response["Content-Disposition"] = f'{how}; filename="evidence-{evidence.position}.{evidence.ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
