"""People on the roll and their requests, on the workbench."""

from huigong.people.membership.admin.people import PersonAdmin
from huigong.people.membership.admin.requests import ClaimAdmin, JoinApplicationAdmin, TransferAdmin

__all__ = ["ClaimAdmin", "JoinApplicationAdmin", "PersonAdmin", "TransferAdmin"]
