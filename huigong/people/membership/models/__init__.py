"""People, their membership, and how they come and go. A person is not an account, a membership not a job."""

from huigong.people.membership.models.codes import (
    Education,
    EmploymentStatus,
    Ethnicity,
    PoliticalStatus,
    Skill,
)
from huigong.people.membership.models.imports import RollImport, RollImportLine
from huigong.people.membership.models.requests import Claim, Expulsion, JoinApplication, Transfer
from huigong.people.membership.models.roll import Employment, Membership, Person, WorkForm

__all__ = [
    "Claim",
    "Education",
    "Employment",
    "EmploymentStatus",
    "Ethnicity",
    "Expulsion",
    "JoinApplication",
    "Membership",
    "Person",
    "PoliticalStatus",
    "RollImport",
    "RollImportLine",
    "Skill",
    "Transfer",
    "WorkForm",
]
