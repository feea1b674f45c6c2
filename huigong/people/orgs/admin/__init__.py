"""Unions, offices and requests to found a union, on the workbench."""

from huigong.people.orgs.admin.partners import PartnerAdmin
from huigong.people.orgs.admin.posts import PostAdmin
from huigong.people.orgs.admin.registrations import RegistrationAdmin
from huigong.people.orgs.admin.unions import UnionAdmin

__all__ = ["PartnerAdmin", "PostAdmin", "RegistrationAdmin", "UnionAdmin"]
