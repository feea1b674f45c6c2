"""The papers that go with an application, as they are and, if pictures, small: one's own, and those one opened."""

import io

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huigong.core import files, images
from huigong.services.policies import permissions
from huigong.services.policies.models import Evidence

SMALL = 320
"""Pixels of the longer side of a picture in a list."""


@require_GET
def own(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """One's own paper."""
    return _whole(permissions.get_evidence(request.user, evidence_id))


@require_GET
def own_small(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """The same picture, small enough for a list."""
    return _small(permissions.get_evidence(request.user, evidence_id))


@require_GET
def reviewed(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """A paper of an application that was opened, on record, within the hour."""
    return _whole(_opened(request, evidence_id))


@require_GET
def reviewed_small(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """The same picture, small: it tells no less, so it wants the same key."""
    return _small(_opened(request, evidence_id))


def _opened(request: HttpRequest, evidence_id: int) -> Evidence:
    return permissions.get_reviewed_evidence(request.user, evidence_id, request.GET.get("key", ""))


def _whole(paper: Evidence) -> HttpResponse:
    return files.hand_out(files.unsealed(paper.file), content_type=paper.content_type, name=paper.file.name)


def _small(paper: Evidence) -> HttpResponse:
    content = files.unsealed(permissions.picture(paper).file)
    small = images.normalise(io.BytesIO(content), max_side=SMALL)
    return files.hand_out(small.content, content_type=small.content_type, name=paper.file.name)
