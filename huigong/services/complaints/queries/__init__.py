"""Reads of complaints. Public door."""

from huigong.services.complaints.queries import invariants as invariants
from huigong.services.complaints.queries.author import (
    AuthorFile,
    MyCase,
    author_file,
    my_cases,
    own_employer,
)
from huigong.services.complaints.queries.desk import (
    LISTS,
    Awaiting,
    DeskPage,
    DeskRow,
    awaiting,
    concerns,
    desk_page,
    due_first,
    unseen,
)
from huigong.services.complaints.queries.files import (
    CaseFile,
    Identity,
    Officer,
    case_file,
    evidence_content,
    identity_of,
    officers,
)
from huigong.services.complaints.queries.readings import Look, ReadingsPage, readings_page
from huigong.services.complaints.queries.statistics import Figures, figures
from huigong.services.complaints.queries.terms import Terms, terms

__all__ = [
    "LISTS",
    "AuthorFile",
    "Awaiting",
    "CaseFile",
    "DeskPage",
    "DeskRow",
    "Figures",
    "Identity",
    "Look",
    "MyCase",
    "Officer",
    "ReadingsPage",
    "Terms",
    "author_file",
    "awaiting",
    "case_file",
    "concerns",
    "desk_page",
    "due_first",
    "evidence_content",
    "figures",
    "identity_of",
    "my_cases",
    "officers",
    "own_employer",
    "readings_page",
    "terms",
    "unseen",
]
