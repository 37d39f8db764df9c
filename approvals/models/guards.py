"""Guards in the database itself: what was decided and released stays, and nobody decides on their own work."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections

from core import guards

DECIDED = (
    "id",
    "review_id",
    "by_id",
    "choice",
    "note",
    "words_approved",
    "dossier_hash",
    "dossier",
    "decided_at",
    "effective_at",
)
RELEASED = (
    "id",
    "version_id",
    "channel_id",
    "decision_id",
    "dossier_hash",
    "version_hash",
    "version_format",
    "original_id",
    "document_text",
    "file_sha256",
    "file_media_type",
    "file_size",
    "released_at",
    "valid_until",
)
ENDED = ("state", "ended_at", "ended_by_id", "end_reason")
SETTLED = ("undone_at", "settled_at", "lapsed_because")

OWN_WORK = """
SELECT contributor.person_id FROM approvals_review review
    JOIN assets_contributor contributor ON contributor.version_id = review.version_id WHERE review.id = NEW.review_id
"""
"""Whoever contributed to the version under review."""

REFUSAL = "nobody decides on their own work"


HAS_ENDED = "OLD.ended_at IS NOT NULL OR OLD.state <> 'live'"
IS_SETTLED = "OLD.undone_at IS NOT NULL OR OLD.settled_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class FourEyes(guards.Guard):
    """Refuses a decision by somebody who had a hand in the version, whoever they are and whatever code asks for it.

    Who that is takes a query, which the condition of a trigger cannot hold on PostgreSQL.
    """

    @property
    def name(self) -> str:
        return f"{guards.PREFIX}{self.rule}"

    @property
    def body(self) -> str:
        refuse = f"RAISE EXCEPTION '{self.words}' USING ERRCODE = 'integrity_constraint_violation'"
        return f"BEGIN IF {self.when} THEN {refuse}; END IF; RETURN NEW; END"

    def statements(self, using: str) -> list[str]:
        if connections[using].vendor != "postgresql":
            return guards.Guard.statements(self, using)  # a class with slots has no super()
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {self.body} $$",
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]


GUARDS = (
    *guards.append_only("approvals_event", "approvals_delivery"),
    guards.freeze_columns("approvals_decision", *DECIDED),
    guards.freeze_once("approvals_decision", IS_SETTLED, *SETTLED),
    guards.freeze_columns("approvals_release", *RELEASED),
    guards.freeze_once("approvals_release", HAS_ENDED, *ENDED),
    *guards.never_deleted("approvals_decision", "approvals_release"),
    guards.never_lower("approvals_channel", "last_sequence"),
    FourEyes("approvals_decision", "four_eyes", "INSERT", REFUSAL, when=f"NEW.by_id IN ({OWN_WORK})"),
)
