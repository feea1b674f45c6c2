"""What stands in the way of a union's end."""

from huigong.core.errors import Refused
from huigong.people.membership.models import Claim, JoinApplication, Membership, Transfer


def require_nobody_left(union_id: int) -> None:
    """Refuse while the union has members ("has-members") or requests that wait for it ("has-requests")."""
    members = Membership.objects.filter(union=union_id, state__in=Membership.LIVE).count()
    if members:
        raise Refused(f"还有 {members:,} 名会员，请先为他们办理转会或退会。", "has-members")
    waiting = (
        JoinApplication.objects.filter(union=union_id, state__in=JoinApplication.OPEN).exists()
        or Claim.objects.filter(union=union_id, state__in=Claim.OPEN).exists()
        or Transfer.objects.filter(to_union=union_id, state__in=Transfer.OPEN).exists()
    )
    if waiting:
        raise Refused("还有入会、认领或转入申请没有办结，请先办理。", "has-requests")
