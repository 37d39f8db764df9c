"""The notes that image generators leave in the files they make.

A model, a seed or a prompt is stated only where the note plainly says so in the form that its program writes. Of
anything less the words are kept elsewhere, as they are, and nothing is stated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assets.imaging.metadata import text

Note = dict[str, str]
Pair = tuple[str, str]
MOST_JSON = 2 * 1024 * 1024
MOST_LINES = 20
MOST_SETTINGS = 200_000
"""Characters of a text in which settings are looked for."""
_JOB = re.compile(r"\sJob ID: ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\s*\Z")
_OPTION = re.compile(r"\s--[a-z]")
_STEPS = re.compile(r"^Steps:", re.MULTILINE)
_NEGATIVE = re.compile(r"^Negative prompt: ?", re.MULTILINE)
_COMMA = re.compile(r"[^\S\n]*,[^\S\n]*")
_PAIR = re.compile(r"[^\S\n]*(\w[\w /+.()-]{0,60}):[^\S\n]*")
_PLAIN = re.compile(r"[^,\n]*")
_SEED = re.compile(r"-?\d{1,20}")
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_DRAWS = re.compile(r"sampler|noise", re.IGNORECASE)
_NAMES = (
    r"Adobe Firefly|AUTOMATIC1111|Bing Image Creator|ChatGPT|ComfyUI|DALL[·-]?E|Draw Things|fal\.ai|"
    r"FLUX(?:\.\d|-dev|-pro|-schnell)|Fooocus|Gemini [\d.]+ [\w ]{0,20}Image|gpt-image(?:-\d[\w.-]*)?|Grok|Ideogram|"
    r"Imagen \d|InvokeAI|Leonardo\.Ai|Midjourney|Nano Banana|NovelAI|Qwen-Image|Recraft|SD\.Next|Seedream|"
    r"Stable[ _-]?Diffusion|SwarmUI"
)
"""Programs and models that do nothing but generate."""
_COMPANIES = r"Black Forest Labs|OpenAI|Stability AI"
"""Those that make them, and no cameras."""
_MADE_WITH = r"(?:made|created|edited|generated) (?:with|by|in|using) "
_SIGNED = re.compile(rf"(?:{_MADE_WITH})?(?:[\w.-]+/)?({_NAMES}|{_COMPANIES})(?![a-z])", re.IGNORECASE)
_CREDITED = re.compile(rf"\b{_MADE_WITH}({_NAMES}|Google AI)(?![a-z])", re.IGNORECASE)
_COMFY_FIELD = re.compile(r"(prompt|workflow)\s*:\s*(?=\{)", re.IGNORECASE)
_STATES = 3
"""Pairs that a line of settings has at least."""


def note_of(said: Mapping[str, str], comments: Iterable[str], programs: Iterable[str], credits: Iterable[str]) -> Note:
    """The first note that a program is known for, out of texts by keyword and free comments; or else a signature.

    That is the name of a generator where a program or a camera has its own, or in a credit line that says so.
    """
    comments = list(comments)
    for reader in (_from_keywords, _from_settings, _from_json, _from_descriptions):
        if note := reader(said, comments):
            return _kept(note)
    signatures = (*map(_SIGNED.match, programs), *map(_CREDITED.search, credits))
    signature = next(filter(None, signatures), None)
    return {"name": signature.group(1), "note": signature.string} if signature else {}


def _kept(note: Note) -> Note:
    return {key: value for key, raw in note.items() if (value := text.cleaned(raw))}


# AUTOMATIC1111 and its kin: prompt, negative prompt, and a line of settings


def _from_settings(said: Mapping[str, str], comments: list[str]) -> Note:
    for words in (said.get("parameters", ""), *comments):
        if note := _automatic1111(words):
            return note
    return {}


def _automatic1111(words: str) -> Note:
    """The settings begin at the last line of them that stands in no quoted value of another.

    So a prompt may hold the settings of another picture, and a template lines that look like settings.
    """
    words = words[:MOST_SETTINGS].replace("\r\n", "\n")
    start, pairs, end = 0, [], 0
    for line in list(_STEPS.finditer(words))[-MOST_LINES:]:
        more, behind = _settings(words, line.start())
        if _is_setting(more) and line.start() >= end:
            start, pairs, end = line.start(), more, behind
    if not pairs:
        return {}
    prompt, negative = words[:start].rstrip("\n"), ""
    if cut := _NEGATIVE.search(prompt):
        prompt, negative = prompt[: cut.start()].rstrip("\n"), prompt[cut.end() :]
    note = {"name": "AUTOMATIC1111", "prompt": prompt, "negative": negative, "settings": words[start:]}
    return note | {"model": _once(pairs, "Model"), "seed": _seed(_once(pairs, "Seed"))}


def _is_setting(pairs: list[Pair]) -> bool:
    """Whether such a program wrote this, and nobody who counts the steps of a staircase."""
    said = dict(pairs)
    guided = said.get("Sampler") or _NUMBER.fullmatch(said.get("CFG scale", "")) or _seed(said.get("Seed", ""))
    return len(pairs) >= _STATES and bool(_NUMBER.fullmatch(said.get("Steps", "")) and guided)


def _once(pairs: list[Pair], name: str) -> str:
    """A value that is given exactly once."""
    values = [value for key, value in pairs if key == name]
    return values[0] if len(values) == 1 else ""


def _seed(value: object) -> str:
    seed = str(value).strip()
    return seed if _SEED.fullmatch(seed) and not isinstance(value, bool) else ""


def _settings(words: str, at: int) -> tuple[list[Pair], int]:
    """Pairs from here to the end of the line or the first that is broken, quoted values and lists whole; their end."""
    pairs: list[Pair] = []
    while (name := _PAIR.match(words, at)) and (value := _value(words, name.end())):
        pairs.append((name.group(1), value[0]))
        at = value[1]
        if not (comma := _COMMA.match(words, at)):
            break
        at = comma.end()
    return pairs, at


def _value(words: str, at: int) -> tuple[str, int] | None:
    """The value that begins here, and where it ends; None if it is broken."""
    if words[at : at + 1] in {'"', "[", "{"}:
        try:
            said, end = json.JSONDecoder(strict=False).raw_decode(words, at)
        except (ValueError, RecursionError):
            return None
        return said if isinstance(said, str) else words[at:end], end
    plain = _PLAIN.match(words, at)
    return (plain.group().strip(), plain.end()) if plain else None


# ComfyUI, InvokeAI and others: JSON


def _loaded(words: str) -> dict[str, Any]:
    """The object that a text holds; empty if it holds none."""
    if not words.lstrip().startswith("{") or len(words) > MOST_JSON:
        return {}
    try:
        held = json.loads(words, strict=False)
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def _from_keywords(said: Mapping[str, str], comments: list[str]) -> Note:
    readers: dict[str, Callable[[str], Note]] = {"invokeai_metadata": _invoke, "sd-metadata": _old_invoke}
    for keyword, reader in readers.items():
        if note := reader(said.get(keyword, "")):
            return note
    if said.get("Software", "").strip() == "NovelAI":
        return _novel(said)
    if said.get("software", "").startswith("AI generated"):
        return {
            "name": said.get("make", "").strip() or "AI generated",
            "model": said.get("model", ""),
        }
    return {}


def _text_of(held: Mapping[str, Any], *names: str) -> str:
    """The first of these that is text."""
    return next((value for name in names if isinstance(value := held.get(name), str)), "")


def _invoke(words: str) -> Note:
    held = _loaded(words)
    model = held.get("model")
    named = _text_of(model, "name", "model_name") if isinstance(model, dict) else ""
    said = {"prompt": _text_of(held, "positive_prompt"), "negative": _text_of(held, "negative_prompt")}
    return {"name": "InvokeAI", **said, "model": named, "seed": _seed(held.get("seed", ""))} if held else {}


def _old_invoke(words: str) -> Note:
    held = _loaded(words)
    image = held.get("image")
    image = image if isinstance(image, dict) else {}
    said = {"prompt": _text_of(image, "prompt"), "seed": _seed(image.get("seed", ""))}
    return {"name": "InvokeAI", "model": _text_of(held, "model_weights"), **said} if held else {}


def _novel(said: Mapping[str, str]) -> Note:
    held = _loaded(said.get("Comment", ""))
    return {
        "name": "NovelAI",
        "prompt": _text_of(held, "prompt") or said.get("Description", ""),
        "negative": _text_of(held, "uc"),
        "model": said.get("Source", ""),
        "seed": _seed(held.get("seed", "")),
    }


def _from_json(said: Mapping[str, str], comments: list[str]) -> Note:
    graphs = {key: said.get(key, "") for key in ("prompt", "workflow")}
    for words in (*(said.get(key, "") for key in ("make", "model", "description")), *comments):
        if field := _COMFY_FIELD.match(words):
            graphs[field.group(1).lower()] = graphs[field.group(1).lower()] or words[field.end() :]
    if note := _comfy(graphs):
        return note
    for words in (said.get("parameters", ""), *comments):
        if held := _loaded(words):
            note = _comfy(
                {key: json.dumps(held[key]) for key in ("prompt", "workflow") if isinstance(held.get(key), dict)}
            )
            if note := note or _swarm(held) or _fooocus(held) or _draw_things(held) or _labeled(held):
                return note
    return {}


def _comfy(graphs: Mapping[str, str]) -> Note:
    """A graph of nodes. Its model is stated where the whole graph has one, its seed where that one draws the noise."""
    nodes = {key: node for key, node in _loaded(graphs.get("prompt", "")).items() if _is_node(node)}
    drawn = isinstance(_loaded(graphs.get("workflow", "")).get("nodes"), list)
    if not nodes and not drawn:
        return {}
    graph = graphs["prompt"] if nodes else graphs["workflow"]
    held = [(node["class_type"], said) for node in nodes.values() if isinstance(said := node.get("inputs"), dict)]
    inputs = [said for _, said in held]
    draws = any(_DRAWS.search(kind) and not said.keys().isdisjoint(_SEEDS) for kind, said in held)
    seed = _only(inputs, *_SEEDS) if draws else ""
    model = _only(inputs, "ckpt_name", "unet_name")
    return {"name": "ComfyUI", "graph": graph, "model": model if isinstance(model, str) else "", "seed": _seed(seed)}


_SEEDS = ("seed", "noise_seed")


def _is_node(node: object) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_type"), str)


def _only(inputs: list[dict[str, Any]], *names: str) -> object:
    """The one value that all inputs of these names have."""
    values = [each[name] for each in inputs for name in names if name in each]
    return values[0] if values and all(value == values[0] for value in values) else ""


def _swarm(held: Mapping[str, Any]) -> Note:
    said = held.get("sui_image_params")
    if not isinstance(said, dict):
        return {}
    words = {"prompt": _text_of(said, "prompt"), "negative": _text_of(said, "negativeprompt")}
    return {"name": "SwarmUI", **words, "model": _text_of(said, "model"), "seed": _seed(said.get("seed", ""))}


def _fooocus(held: Mapping[str, Any]) -> Note:
    if not _text_of(held, "version").startswith("Fooocus"):
        return {}
    words = {"prompt": _text_of(held, "prompt"), "negative": _text_of(held, "negative_prompt")}
    return {"name": "Fooocus", **words, "model": _text_of(held, "base_model"), "seed": _seed(held.get("seed", ""))}


def _draw_things(held: Mapping[str, Any]) -> Note:
    if not {"c", "uc", "model", "seed", "sampler"} <= held.keys():
        return {}
    words = {"prompt": _text_of(held, "c"), "negative": _text_of(held, "uc")}
    return {"name": "Draw Things", **words, "model": _text_of(held, "model"), "seed": _seed(held["seed"])}


def _labeled(held: Mapping[str, Any]) -> Note:
    """The label that Chinese law asks generators for."""
    label = held.get("AIGC")
    return {"name": "AIGC label", "note": json.dumps(label, ensure_ascii=False)} if isinstance(label, dict) else {}


# Midjourney: a description that is the prompt, its options, and last the number of the job


def _from_descriptions(said: Mapping[str, str], comments: list[str]) -> Note:
    for words in (said.get("Description", ""), *comments):
        if (job := _JOB.search(words)) and _OPTION.search(words, 0, job.start()):
            return {"name": "Midjourney", "prompt": words[: job.start()], "job": job.group(1)}
    return {}
