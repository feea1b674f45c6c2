"""What a production site must not be started with. `huigong serve` runs these first and stops on an error."""

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def production_settings(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Hosts named, cookies secure, secrets long and private."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG must be off.", id="huigong.E001"))
    if not settings.DEMO and "*" in settings.ALLOWED_HOSTS:
        found.append(Error("HUIGONG_HOSTS must name this site's hosts, not '*'.", id="huigong.E002"))
    if len(settings.SECRET_KEY) < 50:
        found.append(
            Error(
                "The secret key is too short; let `huigong serve` make the secrets file.", id="huigong.E003"
            )
        )
    mode = stat.S_IMODE(settings.SECRETS_FILE.stat().st_mode)
    if mode & 0o077:
        found.append(
            Error(
                f"Others may read the secrets file (mode {mode:o}).", hint="chmod 600 it.", id="huigong.E004"
            )
        )
    if not settings.SESSION_COOKIE_SECURE:
        found.append(
            Warning(
                "Cookies travel without HTTPS; set HUIGONG_HTTPS=1 once the proxy speaks it.",
                id="huigong.W001",
            )
        )
    return found
