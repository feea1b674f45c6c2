"""Import of rolls from Excel. Public through `membership.operations`."""

from huigong.people.membership.operations.imports.job import run_import
from huigong.people.membership.operations.imports.running import import_roll
from huigong.people.membership.operations.imports.steps import (
    check_import,
    discard_import,
    forget_old_imports,
    open_import,
    resume_import,
    resume_silent_imports,
    start_import,
    stop_import,
    take_report,
    upload_roll,
)

__all__ = [
    "check_import",
    "discard_import",
    "forget_old_imports",
    "import_roll",
    "open_import",
    "resume_import",
    "resume_silent_imports",
    "run_import",
    "start_import",
    "stop_import",
    "take_report",
    "upload_roll",
]
