"""Import of rolls from Excel. Public through `membership.operations`."""

from huigong.people.membership.operations.imports.running import Rejection, RollSummary, import_roll

__all__ = ["Rejection", "RollSummary", "import_roll"]
