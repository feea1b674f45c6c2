"""Spreadsheets from and for cadres: any Excel in, clean typed Excel out.

    sheet = open_sheet(upload, SCHEMA)
    mapping = propose_mapping(sheet, SCHEMA)        # shown, and corrected with mapping.corrected(…)
    reading = read_rows(sheet, SCHEMA, mapping)
    for row in reading:
        row.number, row.values, row.errors
    reading.skipped                                 # totals, signatures, notes: each with its reason
    write_report(path, sheet, mapping, {row number: Outcome(…)})

`SCHEMA` is declared by the importing module with parsers from `tables.cells`.
"""

from huigong.core.tables.book import Sheet, open_sheet
from huigong.core.tables.mapping import propose_mapping
from huigong.core.tables.rows import Reading, Row, RowError, Skipped, read_rows
from huigong.core.tables.schema import Column, Mapping, Schema, TableRefused
from huigong.core.tables.summary import Rejection, Summary
from huigong.core.tables.write import Outcome, safe_text, write_report, write_table

__all__ = [
    "Column",
    "Mapping",
    "Outcome",
    "Reading",
    "Rejection",
    "Row",
    "RowError",
    "Schema",
    "Sheet",
    "Skipped",
    "Summary",
    "TableRefused",
    "open_sheet",
    "propose_mapping",
    "read_rows",
    "safe_text",
    "write_report",
    "write_table",
]
