"""Demo data goes into demo databases only."""

from django.conf import settings

from huigong.core.errors import Refused
from huigong.core.models import Instance


def require_demo() -> None:
    """Refuse unless both the process and the database are a demonstration (in tests: the database)."""
    if not (settings.DEMO or settings.TESTING):
        raise Refused("演示命令只能在演示模式下使用。", "not-demo", status=403)
    mode = Instance.objects.values_list("mode", flat=True).first()
    if mode != Instance.Mode.DEMO:
        raise Refused("这个数据库不是演示库，演示命令不会改动它。", "not-demo", status=403)
