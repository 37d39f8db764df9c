"""AI systems under their many names: whether two names can speak of the same one."""

from __future__ import annotations

import re

_NAMES = {
    "openai": r"openai|chatgpt|gpt-?image|gpt-?4o|dall[·\- ]?e|\bsora\b|bing image creator|azure openai|copilot",
    "google": r"google|gemini|imagen|nano ?banana|vertex",
    "midjourney": r"midjourney",
    "stability": r"stability|stable[ _-]?diffusion|\bsd ?xl\b|\bsd ?[1-3]",
    "flux": r"\bflux|black forest|\bbfl\b",
    "adobe": r"adobe|firefly",
    "amazon": r"amazon|\bnova\b|titan image",
    "ideogram": r"ideogram",
    "recraft": r"recraft",
    "leonardo": r"leonardo",
    "qwen": r"qwen|tongyi",
    "bytedance": r"seedream|bytedance|jimeng",
    "xai": r"\bgrok\b|\bxai\b|aurora",
    "novelai": r"novelai",
}
_OPEN = frozenset({"stability", "flux", "qwen", "ideogram", "recraft", "bytedance", "google", "openai", "amazon"})
"""Whose models others run."""
_HOSTS = re.compile(
    r"automatic1111|a1111|\bforge\b|comfyui|invokeai|fooocus|swarmui|sd\.next|draw things"
    r"|replicate|fal\.ai|bedrock|hugging ?face|together|openrouter|litellm|vertex|compatible",
    re.IGNORECASE,
)
"""Programs and services that run the models of others, so that both names can be true of one picture."""
NAMELESS = "AIGC label"
"""A mark that says that a picture is AI's, and not whose."""


def may_be_the_same(one: str, other: str) -> bool:
    """Whether both names can be true of one picture: by the company behind them, or as a host that runs any model."""
    ours, theirs = _plain(one), _plain(other)
    return bool(_families(one) & _families(other)) or ours in theirs or theirs in ours


def is_named_in(words: str) -> bool:
    """Whether words, such as a credit line, speak of an AI system."""
    return bool(_families(words)) or bool(re.search(r"\bAI\b", words))


def _families(name: str) -> set[str]:
    named = {family for family, names in _NAMES.items() if re.search(names, name, re.IGNORECASE)}
    return named | _OPEN | {"host"} if _HOSTS.search(name) else named


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()
