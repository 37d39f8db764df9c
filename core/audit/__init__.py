"""The log: who did what to which objects, what was there before and after, in one chain of hashes."""

from core.audit.chain import Head, VerifyReport, head, verify
from core.audit.changes import Change, values_of, write
from core.audit.log import history, plain, record

__all__ = ["Change", "Head", "VerifyReport", "head", "history", "plain", "record", "values_of", "verify", "write"]
