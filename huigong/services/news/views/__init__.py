"""Pages of news: what people read, what editors and reviewers do, what the platform's office sets."""

from huigong.services.news.views import deciding, manage, reader, settings

__all__ = ["deciding", "manage", "reader", "settings"]
