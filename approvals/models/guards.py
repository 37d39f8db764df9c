"""Guards in the database itself: what was decided and released stays, and nobody decides on their own work."""

from __future__ import annotations

from django.db import connections

from core import guards

DECIDED = ("id", "review_id", "by_id", "choice", "note", "dossier_hash", "dossier", "decided_at", "effective_at")
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


def install(using: str = "default") -> None:
    """Put all guards in place. Safe to call again."""
    guards.append_only("approvals_event", using)
    guards.append_only("approvals_delivery", using)
    guards.freeze_columns("approvals_decision", DECIDED, using)
    guards.freeze_once("approvals_decision", "OLD.undone_at IS NOT NULL OR OLD.settled_at IS NOT NULL", SETTLED, using)
    guards.never_deleted("approvals_decision", using)
    guards.freeze_columns("approvals_release", RELEASED, using)
    guards.freeze_once("approvals_release", "OLD.ended_at IS NOT NULL OR OLD.state <> 'live'", ENDED, using)
    guards.never_deleted("approvals_release", using)
    guards.never_lower("approvals_channel", "last_sequence", using)
    four_eyes(using)


def four_eyes(using: str = "default") -> None:
    """Refuse a decision by somebody who had a hand in the version, whoever they are and whatever code asks for it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION guard_four_eyes() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN IF NEW.by_id IN ({OWN_WORK}) THEN "
                f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
                "END IF; RETURN NEW; END $$"
            )
            cursor.execute(
                "CREATE OR REPLACE TRIGGER guard_four_eyes BEFORE INSERT ON approvals_decision "
                "FOR EACH ROW EXECUTE FUNCTION guard_four_eyes()"
            )
        else:
            cursor.execute("DROP TRIGGER IF EXISTS guard_four_eyes")
            cursor.execute(
                "CREATE TRIGGER guard_four_eyes BEFORE INSERT ON approvals_decision FOR EACH ROW "
                f"WHEN NEW.by_id IN ({OWN_WORK}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
