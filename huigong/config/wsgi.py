"""The WSGI application of the web processes."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huigong.config.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 imports every view now, before the processes are forked, not at the first request
