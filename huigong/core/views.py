"""Health, reports of the content security policy, and public files."""

import uuid as uuid_module
from datetime import timedelta

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from huigong.core import files, queries

log = structlog.get_logger("huigong.csp")
WORKER_SILENCE = timedelta(seconds=90)


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything that a request needs is there: database, migrations, a living worker."""
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        beat = queries.heartbeat("worker")
        checks["worker"] = beat is not None and timezone.now() - beat < WORKER_SILENCE
    except DatabaseError:
        pass
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


@login_not_required
@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Browsers report what the policy blocked; counted in the log without the page's address."""
    log.warning("csp", size=request.headers.get("Content-Length", ""))
    return HttpResponse(status=204)


@login_not_required
@require_GET
def file(request: HttpRequest, uuid: uuid_module.UUID) -> FileResponse:
    """A public file, or one of the reader's own. Others are served by the module that knows who may see them."""
    stored = queries.stored_file(uuid)
    if stored is None or not (stored.is_public or (stored.owner_id and stored.owner_id == request.user.pk)):
        raise Http404
    return files.serve(stored)
