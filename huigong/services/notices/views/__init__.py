"""Pages of notices: what members read, and what cadres send."""

from huigong.services.notices.views import manage, member

__all__ = ["manage", "member"]
