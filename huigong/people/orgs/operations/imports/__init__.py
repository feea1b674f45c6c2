"""Import of unions from Excel. Public through `orgs.operations`."""

from huigong.people.orgs.operations.imports.running import import_unions
from huigong.people.orgs.operations.imports.sheet import UNION_LABELS

__all__ = ["UNION_LABELS", "import_unions"]
