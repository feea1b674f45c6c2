"""What people fill in. `AudienceForm` is for the forms of higher modules, too."""

from huigong.people.membership.forms.audience import AudienceForm
from huigong.people.membership.forms.details import DetailsForm
from huigong.people.membership.forms.requests import (
    ApproveForm,
    ColumnsForm,
    CredentialsForm,
    ExpulsionForm,
    JoinForm,
    ReasonForm,
    ReturnForm,
    RollForm,
    SignatureField,
    TransferForm,
)

__all__ = [
    "ApproveForm",
    "AudienceForm",
    "ColumnsForm",
    "CredentialsForm",
    "DetailsForm",
    "ExpulsionForm",
    "JoinForm",
    "ReasonForm",
    "ReturnForm",
    "RollForm",
    "SignatureField",
    "TransferForm",
]
