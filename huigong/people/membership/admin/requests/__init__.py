"""Applications, claims and transfers on the workbench: a file for each."""

from huigong.people.membership.admin.requests.applications import JoinApplicationAdmin
from huigong.people.membership.admin.requests.claims import ClaimAdmin
from huigong.people.membership.admin.requests.transfers import TransferAdmin

__all__ = ["ClaimAdmin", "JoinApplicationAdmin", "TransferAdmin"]
