"""Lists as Excel: with a reason, up to a limit, masked, marked with who took it, and noted in the audit trail."""

import copy
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from huigong.core import audit, tables
from huigong.core.admin.dialogs import ReasonForm, dialog_action, show_result
from huigong.core.admin.origin import came_from
from huigong.core.audit import Actor
from huigong.core.errors import Refused

MOST_ROWS = 5000
LINK_SECONDS = timedelta(minutes=5)


class ExportMixin:
    """Adds the action `export` to a ScopedModelAdmin that names `export_permission` and `export_columns`."""

    export_permission: ClassVar[str] = ""
    export_columns: ClassVar[tuple[tuple[str, Callable[[Any], Any]], ...]] = ()
    """Heading, and what stands under it for a row. Numbers of documents and phones come masked."""

    @staticmethod
    def office(actor: Actor, permission: str) -> Any:
        """The union in whose books an export stands; the subclass names the module's function."""
        return None

    @dialog_action(
        "导出",
        permission=lambda model_admin: model_admin.export_permission,
        icon="download",
        title="导出 Excel",
        text=f"导出当前筛选的结果，一次最多 {MOST_ROWS:,} 行。号码已打码，文件带有您的姓名和时间，导出会记入审计。",
        form=ReasonForm,
        submit="生成表格",
    )
    def export(self, request: HttpRequest, target: None, data: dict[str, Any]) -> HttpResponse:
        """Note the export, then hand out a link that works for this account and a few minutes."""
        query = came_from(request).query
        count = self._filtered(request, query).count()  # type: ignore[attr-defined]
        if count > MOST_ROWS:
            raise Refused(
                f"共 {count:,} 行，超过一次 {MOST_ROWS:,} 行的上限，请先缩小筛选范围。",
                "too-many",
                status=422,
            )
        opts = self.opts  # type: ignore[attr-defined]
        audit.record(
            request.user,
            f"{opts.app_label}:{opts.model_name}:export",
            request.user,
            after={"rows": count, "filter": _told(query), "reason": data["reason"]},
            org=self.office(request.user, self.export_permission),
        )
        token = signing.dumps({"by": request.user.pk, "query": query}, salt=self._salt())
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_download") + f"?token={token}"
        return show_result(request, "workbench/export_ready.html", {"count": count, "url": url})

    def download_view(self, request: HttpRequest) -> HttpResponse:
        """The file behind such a link: what is visible now, by the filter of then."""
        if not self.export_permission or not request.user.has_perm(self.export_permission):
            raise PermissionDenied
        try:
            asked = signing.loads(request.GET.get("token", ""), salt=self._salt(), max_age=LINK_SECONDS)
        except signing.BadSignature:
            raise PermissionDenied from None
        if asked["by"] != request.user.pk:
            raise PermissionDenied
        opts = self.opts  # type: ignore[attr-defined]
        rows = self._filtered(request, asked["query"])[:MOST_ROWS]
        now = timezone.localtime()
        file = io.BytesIO()
        tables.write_table(
            file,
            [heading for heading, _ in self.export_columns],
            ([value(row) for _, value in self.export_columns] for row in rows),
            title=str(opts.verbose_name_plural),
            watermark=f"{request.user.display_name} 于 {now:%Y-%m-%d %H:%M} 从惠工导出，仅供工作使用，请勿外传",
        )
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename=f"{opts.verbose_name_plural}-{now:%Y%m%d-%H%M}.xlsx"
        )

    def _filtered(self, request: HttpRequest, query: str) -> Any:
        """The list as `query` filters it, through the same filters and the same `visible_to`."""
        asking = copy.copy(request)
        asking.GET = QueryDict(query)  # type: ignore[assignment]
        return self.get_changelist_instance(asking).get_queryset(asking)  # type: ignore[attr-defined]

    def _salt(self) -> str:
        return f"huigong.export.{self.opts.label_lower}"  # type: ignore[attr-defined]


def _told(query: str) -> dict[str, Any]:
    """The filter for the audit trail. What was searched for may be a name, so only that there was a search."""
    asked = QueryDict(query)
    told = {name: asked.getlist(name) for name in asked if name not in ("q", "p", "o", "all")}
    return {**told, "search": True} if asked.get("q") else told
