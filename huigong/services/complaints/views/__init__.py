"""Pages of complaints: for authors, for anonymous authors, and for the county's desk."""

from huigong.services.complaints.views import anonymous, author, desk

__all__ = ["anonymous", "author", "desk"]
