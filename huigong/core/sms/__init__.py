"""Text messages: one port, and the gateways behind it. Which one is used, the setting HUIGONG_SMS says."""

from functools import cache

from django.conf import settings

from huigong.core.sms.aliyun import AliyunGateway
from huigong.core.sms.console import ConsoleGateway
from huigong.core.sms.port import Gateway, NotSent

__all__ = ["Gateway", "NotSent", "gateway", "last_code_for_demo"]


@cache
def gateway() -> Gateway:
    """The gateway of this site."""
    if settings.SMS_GATEWAY == "aliyun":
        return AliyunGateway(settings.SMS_ALIYUN)
    return ConsoleGateway()


def last_code_for_demo(phone: str) -> str:
    """The code just sent to `phone`, in demo mode only, for the banner that shows it; otherwise empty."""
    console = gateway()
    if not settings.DEMO or not isinstance(console, ConsoleGateway):
        return ""
    return next(
        (values["code"] for to, _, values in reversed(console.sent) if to == phone and "code" in values), ""
    )
