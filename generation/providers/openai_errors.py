"""What OpenAI means by an answer that says no, and what gateways in front of it make of that.

Look at code and type before the status: an empty account answers 429, like a busy one (seen in public 2026). Gateways
such as LiteLLM write the status into `code` and leave the truth to `type` and to the words (LiteLLM 1.110.2, 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.providers.answers import inside, sentence
from generation.providers.egress.http import Answer
from generation.providers.errors import (
    BadAnswer,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Stage,
)
from generation.providers.http import by_status, message_in

NO_MONEY = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "budget_exceeded",
    }
)
REFUSALS = frozenset(
    {
        "moderation_blocked",
        "content_policy_violation",
        "contentFilter",
        "content_filter",
        "image_content_policy_violation",
    }
)
GONE = frozenset({"model_not_found", "DeploymentNotFound"})
BUSY = frozenset({"rate_limit_error", "rate_limit_exceeded"})
STAGES: Mapping[str, Stage] = {"input": "input", "output": "output"}

_SAYS_NO_MONEY = re.compile(
    r"insufficient[_ ](?:quota|credits?|funds|balance)|credit balance|exceeded ?budget|budget (?:has been )?exceeded"
    r"|billing[_ ]hard[_ ]limit|spend[_ ]limit"
    r"|exceeded your current quota(?!.*retry (?:in|after))",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_REFUSED = re.compile(
    r"moderation[_ ]blocked|content[_ ]?policy[_ ]?violation|violate.{0,20} content policy|safety system"
    r"|content[_ ]filter|content management policy|IMAGE_(?:SAFETY|PROHIBITED_CONTENT)",
    re.IGNORECASE,
)
_SAYS_GONE = re.compile(
    r"model[_ ]not[_ ]found|invalid model name|(?:model|deployment)\b.{0,100}\b(?:does not exist|not found|no longer"
    r"|deprecated|retired|shut ?down)",
    re.IGNORECASE,
)


def explain(answer: Answer) -> ProviderError:
    """The error that an answer stands for, whatever its status."""
    error = error_in(answer.excerpt)
    words = sentence(error, "message") or message_in(answer)
    known: dict[str, Any] = {"request_id": answer.request_id, "raw": answer.excerpt}
    found = by_error(error, words, known, reads_words=answer.status not in (401, 403)) or by_status(answer, words)
    if isinstance(found, RateLimited):
        found.retry_after = answer.retry_after
    if isinstance(found, Rejected):
        found.field = str(error.get("param") or "")
    return found


def by_error(
    error: Mapping[str, Any], words: str, known: Mapping[str, Any], *, reads_words: bool = True
) -> ProviderError | None:
    """What an error object stands for by its code or type or, where neither is known, its words; None when none is."""
    told = {str(error.get("code") or ""), str(error.get("type") or "")}
    is_moderated = isinstance(error.get("moderation_details"), dict)
    is_plain = reads_words and not told & (NO_MONEY | REFUSALS | GONE | BUSY)
    if told & NO_MONEY or (is_plain and _SAYS_NO_MONEY.search(words)):
        return OutOfMoney(f"The account has no money left for this. {words}".strip(), **known)
    if told & REFUSALS or is_moderated or (is_plain and _SAYS_REFUSED.search(words)):
        return _refusal(error, words, known)
    if told & GONE or (is_plain and _SAYS_GONE.search(words)):
        return ModelGone(f"The model does not exist any more, or not for this account. {words}".strip(), **known)
    if told & BUSY:
        return RateLimited(f"The provider is asked too often. {words}".strip(), **known)
    return None


def error_in(body: Any) -> dict[str, Any]:
    """The error object of an answer or of one of its pictures, perhaps below `detail`; empty when there is none."""
    for found in (inside(body, "error"), inside(body, "detail", "error"), inside(body, "detail")):
        if found and isinstance(found, str | dict):
            return found if isinstance(found, dict) else {"message": found}
    return {}


def instead(body: Any, known: Mapping[str, Any]) -> ProviderError | None:
    """What stands in the place of a picture, where that is an error."""
    if not (error := error_in(body)):
        return None
    said = sentence(error, "message")
    return by_error(error, said, known) or BadAnswer(f"A picture did not come. {said}".strip(), **known)


def _refusal(error: Mapping[str, Any], words: str, known: Mapping[str, Any]) -> Refused:
    details = error.get("moderation_details")
    found = details if isinstance(details, dict) else {}
    categories = found.get("categories")
    stage: Stage = STAGES.get(str(found.get("moderation_stage")), "unknown")
    charged = "no" if stage == "input" else "unknown"  # whether declined output is billed is not published
    return Refused(
        f"The provider declined this wish. {words}".strip(),
        stage=stage,
        categories=tuple(map(str, categories)) if isinstance(categories, list) else (),
        **{"charged": charged, **known},
    )
