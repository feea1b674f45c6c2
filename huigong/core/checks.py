"""What a production site must not be started with. `huigong serve` runs these first and stops on an error."""

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from huigong.core import pdf


@register(Tags.security, deploy=True)
def production_settings(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Hosts named, cookies secure, secrets long and private, text messages really sent."""
    mode = stat.S_IMODE(settings.SECRETS_FILE.stat().st_mode)
    rules = [
        (settings.DEBUG, Error("DEBUG 必须关闭。", id="huigong.E001")),
        (
            not settings.DEMO and "*" in settings.ALLOWED_HOSTS,
            Error("HUIGONG_HOSTS 必须写明本站的域名，不能是 *。", id="huigong.E002"),
        ),
        (
            len(settings.SECRET_KEY) < 50,
            Error("密钥文件里的 secret_key 太短；请让 huigong serve 自己生成密钥文件。", id="huigong.E003"),
        ),
        (
            bool(mode & 0o077),
            Error(
                f"密钥文件别人也能读（权限 {mode:o}）。",
                hint=f"chmod 600 {settings.SECRETS_FILE}",
                id="huigong.E004",
            ),
        ),
        (
            not settings.DEMO and not settings.SMS_IS_CHOSEN,
            Error(
                "没有设置短信通道，验证码发不出去：请设 HUIGONG_SMS=aliyun 并填好相应的几项。",
                hint="确实不用短信时设 HUIGONG_SMS=console，用户就只能用密码登录。",
                id="huigong.E005",
            ),
        ),
        (
            not settings.DEMO and not settings.SMS_ALIYUN.endpoint.startswith("https://"),
            Error("HUIGONG_SMS_ENDPOINT 必须以 https:// 开头。", id="huigong.E006"),
        ),
        (
            not settings.SESSION_COOKIE_SECURE,
            Warning(
                "Cookie 没有经过 HTTPS 保护；反向代理配好 HTTPS 后请设 HUIGONG_HTTPS=1。", id="huigong.W001"
            ),
        ),
    ]
    return [message for is_broken, message in rules if is_broken]


@register(deploy=True)
def printed_pages(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Printed pages have their fonts."""
    missing = "、".join(pdf.missing_fonts())
    if not missing:
        return []
    return [
        Error(
            f"缺少打印用的中文字体 {missing}，文书和表格生成不了 PDF。",
            hint="在项目目录执行 make install（它会安装 pylopdf-fonts-zh-cn）。",
            id="huigong.E007",
        )
    ]
