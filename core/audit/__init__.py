"""The log: who did what to which objects, what was there before and after, in one chain of hashes."""

from core.audit.chain import Head, VerifyReport, head, verify
from core.audit.changes import Change, columns_of, values_of, write
from core.audit.log import history, plain, record
from core.audit.rows import UNREADABLE, Line, Told, differences, gone, name_of, told, unlogged, walk, without_rows

__all__ = [
    "UNREADABLE",
    "Change",
    "Head",
    "Line",
    "Told",
    "VerifyReport",
    "columns_of",
    "differences",
    "gone",
    "head",
    "history",
    "name_of",
    "plain",
    "record",
    "told",
    "unlogged",
    "values_of",
    "verify",
    "walk",
    "without_rows",
    "write",
]
