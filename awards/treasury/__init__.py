"""The treasury's answer to a batch of payments: read cell by cell, matched line by line.

Plain Python, no Django: `reading` finds the table in a CSV file or a workbook and reads its cells,
`matching` says of each row whether it answers a payment of the batch, and what is wrong if not.
"""

from awards.treasury.matching import FINDINGS, MATCHED, Answer, Due, Finding, match
from awards.treasury.reading import COLUMNS, Column, TableError, kept_reference, read_rows

__all__ = [
    "COLUMNS",
    "FINDINGS",
    "MATCHED",
    "Answer",
    "Column",
    "Due",
    "Finding",
    "TableError",
    "kept_reference",
    "match",
    "read_rows",
]
