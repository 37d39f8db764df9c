"""Templates as files: those that a fresh portal starts with, and those that people carry from one portal to another.

    {"format": "imprimatur-templates", "version": 1, "templates": [{"slug": "house", "name": "House", "body": …}]}

A file is JSON, or the same in TOML. Reading checks everything before anything is written; what is written and read
again says the same.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from generation.models import Template, TemplateRevision
from generation.prompt_templates import content_rules, photographs, prompts
from generation.prompt_templates.prompts import BadTemplate
from generation.prompt_templates.revisions import About, Wording

FILE = Path(__file__).parent / "data" / "templates.toml"
FORMAT, VERSION = "imprimatur-templates", 1
MOST_BYTES, MOST_TEMPLATES = 1_000_000, 200

LONGEST = {
    "slug": 70,
    "name": 120,
    "description": 300,
    "purpose": 80,
    "body": prompts.MOST_IN_PROMPT,
    "negative": 1_000,
    "house_voice": 2_000,
    "ratio": 9,
}
"""The texts of an entry, and how many characters each may have."""
LISTS = ("fields", "photographs", "forbidden")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RATIO = re.compile(r"[1-9]\d{0,3}:[1-9]\d{0,3}")

Entry = tuple[About, Wording]


def load(path: Path = FILE) -> int:
    """Add the templates of the file that are not there yet, published; those that are stay. How many are new."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    known = set(Template.objects.values_list("slug", flat=True))
    new = [_entry({"slug": slug, **row}) for slug, row in rows.items() if slug not in known]
    for about, wording in new:
        _start_with(about, wording)
    return len(new)


def dump(revisions: Iterable[TemplateRevision]) -> str:
    """The file that holds these revisions, one of each template."""
    rows = [_row(revision) for revision in revisions]
    return json.dumps({"format": FORMAT, "version": VERSION, "templates": rows}, ensure_ascii=False, indent=2) + "\n"


def read(data: bytes) -> list[Entry]:
    """The templates of a file. Raises BadTemplate with words that say which template and what to change."""
    if len(data) > MOST_BYTES:
        raise BadTemplate(f"The file is larger than {MOST_BYTES // 1_000_000} MB; it is hardly a file of templates.")
    found = _parsed(data)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadTemplate(f"This is no file of templates: it does not say “format”: “{FORMAT}”.")
    if found.get("version") != VERSION:
        raise BadTemplate(f"The file is of version {found.get('version')!r}; this portal reads version {VERSION}.")
    rows = found.get("templates")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_TEMPLATES:
        raise BadTemplate(f"The file lists no templates, or more than {MOST_TEMPLATES}, under “templates”.")
    entries = [_placed(number, row) for number, row in enumerate(rows, start=1)]
    slugs = [about.slug for about, _ in entries]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise BadTemplate(f"The file holds “{twice[0]}” twice.")
    return entries


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        if not text.lstrip().startswith("{"):
            return tomllib.loads(text)
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # half a character can be neither kept nor shown
        return found
    except UnicodeDecodeError:
        raise BadTemplate("The file is not text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadTemplate(f"The file is neither JSON nor TOML: {error}.") from None
    except json.JSONDecodeError as error:
        raise BadTemplate(f"The file is not JSON: {error.msg} in line {error.lineno}.") from None
    except UnicodeEncodeError:
        raise BadTemplate("The file holds half a character, such as \\ud800, which no text has.") from None
    except ValueError:
        raise BadTemplate("The file holds a number of more digits than any template has.") from None
    except RecursionError:
        raise BadTemplate("The file is nested too deeply to be one of templates.") from None


def _placed(number: int, row: Any) -> Entry:
    name = row.get("slug", "?") if isinstance(row, dict) else "?"
    try:
        return _entry(row)
    except BadTemplate as error:
        raise BadTemplate(f"Template {number} (“{name}”): {error}") from None


def _entry(row: Any) -> Entry:
    if not isinstance(row, Mapping):
        raise BadTemplate("It is no table of names and values.")
    if strange := sorted(set(row) - {*LONGEST, *LISTS}):
        raise BadTemplate(f"“{strange[0]}” means nothing here.")
    texts = {name: _text(row, name) for name in LONGEST if name in row}
    if missing := [name for name in ("slug", "name", "body") if not texts.get(name)]:
        raise BadTemplate(f"It lacks its “{missing[0]}”.")
    if not _SLUG.fullmatch(texts["slug"]):
        raise BadTemplate("Its “slug” is small letters and figures, with single hyphens between.")
    if not _RATIO.fullmatch(texts.get("ratio", "3:2")):
        raise BadTemplate("Its “ratio” is two numbers, such as 3:2.")
    about = {name: texts.pop(name, "") for name in ("slug", "name", "description", "purpose")}
    fields, pictures, forbidden = (_list(row, name) for name in LISTS)
    wording = Wording(**texts, fields=fields, photographs=pictures, forbidden=forbidden)
    return About(**about), wording.plain()


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise BadTemplate(f"Its “{name}” is not text.")
    if "\x00" in value:
        raise BadTemplate(f"Its “{name}” holds a character that no text has (NUL).")
    if len(value.strip()) > LONGEST[name]:
        raise BadTemplate(f"Its “{name}” is longer than {LONGEST[name]:,} characters.")
    return value.strip()


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    value = row.get(name, [])
    if not isinstance(value, list):
        raise BadTemplate(f"Its “{name}” is not a list.")
    return value


def _row(revision: TemplateRevision) -> dict[str, Any]:
    template, said = revision.template, Wording.of(revision)
    row = {
        "slug": template.slug,
        "name": template.name,
        "description": template.description,
        "purpose": template.purpose,
        "ratio": said.ratio,
        "body": said.body,
        "house_voice": said.house_voice,
        "negative": said.negative,
        "fields": prompts.as_sparse_rows(prompts.parse_fields(said.fields)),
        "photographs": photographs.as_sparse_rows(photographs.parse(said.photographs)),
        "forbidden": said.forbidden,
    }
    return {name: value for name, value in row.items() if value}


@transaction.atomic
def _start_with(about: About, wording: Wording) -> None:
    """A template of the portal itself, in use at once and written by nobody."""
    template = Template.objects.create(
        slug=about.slug, name=about.name, description=about.description, purpose=about.purpose
    )
    template.published = TemplateRevision.objects.create(
        template=template,
        number=1,
        body=wording.body,
        negative=wording.negative,
        fields=wording.fields,
        house_voice=wording.house_voice,
        forbidden=content_rules.as_rows(content_rules.parse(wording.forbidden)),
        ratio=wording.ratio,
        photographs=wording.photographs,
    )
    template.save(update_fields=["published"])
