"""Pages of complaints: for authors, for anonymous authors, and for the county's desk."""

from huigong.services.complaints.views import anonymous, author, desk, letters, orders

__all__ = ["anonymous", "author", "desk", "letters", "orders"]
