"""What the workbench does by itself."""

import structlog
from django.urls import reverse

from huigong.core import verify
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as orgs

log = structlog.get_logger("huigong.workbench")


def prove() -> list[str]:
    """Check every invariant; of each that is broken, the log and the administrators hear. Returns their names."""
    broken = [finding for finding in verify.run() if not finding.ok]
    for finding in broken:
        log.error("invariant", name=finding.name, detail=finding.detail)
    root = orgs.find_root()
    if broken and root:
        inbox.send(
            orgs.officer_accounts(root, org_permissions.Role.ADMIN),
            kind=inbox.Kind.SYSTEM,
            title=f"夜间核对发现 {len(broken)} 项数据不一致",
            body="请维护人员在服务器上执行 huigong verify 查看明细，查清之前不要改动有关数据。不一致的是："
            + "；".join(finding.name for finding in broken),
            url=reverse("admin:index"),
        )
    return [finding.name for finding in broken]
