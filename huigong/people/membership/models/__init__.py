"""People, their membership, and how they come and go. A person is not an account, a membership not a job."""

from huigong.people.membership.models.imports import RollImport, RollImportLine
from huigong.people.membership.models.requests import Claim, Expulsion, JoinApplication, Transfer
from huigong.people.membership.models.roll import (
    Employment,
    EmploymentStatus,
    Membership,
    Person,
    Skill,
    WorkForm,
)

__all__ = [
    "Claim",
    "Employment",
    "EmploymentStatus",
    "Expulsion",
    "JoinApplication",
    "Membership",
    "Person",
    "RollImport",
    "RollImportLine",
    "Skill",
    "Transfer",
    "WorkForm",
]
