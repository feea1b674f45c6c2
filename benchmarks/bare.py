"""The least that could claim a place over HTTP: granian, one Django view, the same statement. No login, no audit.

Run by the benchmark as a process of its own: ``python -m benchmarks.bare``, listening at PORT.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def claim(request: HttpRequest, pool: int, person: int) -> HttpResponse:
    """Claim one place in `pool` for `person`."""
    from huigong.resources.seats.operations.claims import _RUSH

    with connection.cursor() as cursor:
        cursor.execute(_RUSH, {"pool": pool, "person": person, "size": 1})
        row = cursor.fetchone()
    response = JsonResponse({"id": row[0] if row else None}, status=201 if row else 409)
    response["Content-Length"] = str(len(response.content))  # a middleware's work, of which there is none
    return response


urlpatterns = [path("claim/<int:pool>/<int:person>", claim)]


def main() -> None:
    """Serve until killed, with as many workers and threads as the platform."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from tests.site import THREADS, WORKERS

    Granian(
        "benchmarks.bare:application",
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
else:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare_settings"
    application = get_wsgi_application()
