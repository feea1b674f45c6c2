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
from huigong.services.complaints.queries.drafting import first_words
from huigong.services.complaints.queries.files import (
    CaseFile,
    Identity,
    Officer,
    case_file,
    evidence_content,
    identity_of,
    officers,
)
from huigong.services.complaints.queries.kin import Kin, kin_of, same_employer
from huigong.services.complaints.queries.letters import (
    LetterFile,
    LetterLine,
    echoes,
    letter_file,
    letter_lines,
    number_of,
    paper_data,
    short_name,
)
from huigong.services.complaints.queries.orders import (
    MOST_ORDERS,
    ORDERS,
    RESULT_HEADER,
    OrderLine,
    read_orders,
    result_rows,
    told_orders,
)
from huigong.services.complaints.queries.readings import Look, ReadingsPage, readings_page
from huigong.services.complaints.queries.statistics import Figures, figures
from huigong.services.complaints.queries.terms import Terms, terms

__all__ = [
    "LISTS",
    "MOST_ORDERS",
    "ORDERS",
    "RESULT_HEADER",
    "AuthorFile",
    "Awaiting",
    "CaseFile",
    "DeskPage",
    "DeskRow",
    "Figures",
    "Identity",
    "Kin",
    "LetterFile",
    "LetterLine",
    "Look",
    "MyCase",
    "Officer",
    "OrderLine",
    "ReadingsPage",
    "Terms",
    "author_file",
    "awaiting",
    "case_file",
    "concerns",
    "desk_page",
    "due_first",
    "echoes",
    "evidence_content",
    "figures",
    "first_words",
    "identity_of",
    "kin_of",
    "letter_file",
    "letter_lines",
    "my_cases",
    "number_of",
    "officers",
    "own_employer",
    "paper_data",
    "read_orders",
    "readings_page",
    "result_rows",
    "same_employer",
    "short_name",
    "terms",
    "told_orders",
    "unseen",
]
