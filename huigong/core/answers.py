"""What several views answer with."""

import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from huigong.core import files, limits, tables
from huigong.core.audit import Actor
from huigong.core.errors import Refused


def lead_on(request: HttpRequest, url: str, said: str = "") -> HttpResponse:
    """Go on to `url`, for a plain form and for htmx alike; `said` is shown there once."""
    if said:
        messages.success(request, said)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def one_of(text: str | None, allowed: list[str]) -> str:
    """`text` when it is one of `allowed`, else nothing."""
    return text if text in allowed else ""


def sheet(
    request: HttpRequest, header: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str, name: str
) -> FileResponse:
    """An Excel to keep: who took it and when stands in it, the minute in its name.

    The view has checked that they may, and an operation has noted that they did.
    """
    now = timezone.localtime()
    file = io.BytesIO()
    who = request.user.display_name  # type: ignore[union-attr]
    watermark = f"{who} 于 {now:%Y-%m-%d %H:%M} 从惠工导出，仅供工作使用"
    tables.write_table(file, header, rows, title=title, watermark=watermark)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}-{now:%Y%m%d-%H%M}.xlsx")


def taken_in(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep the picture that `by`, who edits a text, sends: its address, or a sentence why not.

    The view has checked that they may write such texts. A hundred a day for each.
    """
    upload = request.FILES.get("picture")
    if upload is None:
        return JsonResponse({"error": "请选择一张图片。"}, status=422)
    try:
        limits.require("text-picture", str(by.pk), at_most=100, per=timedelta(days=1))
        stored = files.store_image(upload, owner=by, name=upload.name or "", is_public=True)
    except (Refused, ValueError) as refused:
        return JsonResponse({"error": str(refused)}, status=422)
    address = reverse("core:file", args=[stored.uuid])
    return JsonResponse({"url": address, "name": Path(stored.name).stem}, status=201)
