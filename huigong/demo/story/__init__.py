"""The demo scale: a county with a past, told through the operations that the platform itself uses."""

from huigong.demo.story.stage import Stage, cast
from huigong.demo.story.telling import tell

__all__ = ["Stage", "cast", "tell"]
