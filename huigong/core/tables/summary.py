"""What became of an imported file, for whoever asked for it: the figures and every fault."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rejection:
    """One fault of one row; `row` is its number in Excel, `field` the name of a column of the schema."""

    row: int
    field: str
    reason: str


@dataclass
class Summary:
    """`rejected` counts rows, which may have several rejections each."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    """Other sheets of the file."""

    def as_json(self) -> dict[str, Any]:
        """What the command line promises to programs, and nothing else."""
        told = asdict(self)
        del told["unread"]
        return told
