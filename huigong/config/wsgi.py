"""The WSGI application of the web processes."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huigong.config.settings")
_django = get_wsgi_application()
_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, told nothing of the charset that a sender claims.

    Our forms are UTF-8. Python also knows codings that are none of text, and one of their names made Django fail
    over the query of any address before a line of ours could run.
    """
    kind = environ.get("CONTENT_TYPE", "")
    if "charset" in kind.lower():
        environ["CONTENT_TYPE"] = _CHARSET.sub("", kind)
    return _django(environ, start_response)


get_resolver().url_patterns  # noqa: B018 imports every view now, before the processes are forked, not at the first request
