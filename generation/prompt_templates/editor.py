"""A template being written: its texts, its fields, photographs and forbidden words as rows, and how it comes out.

Everything typed is kept as it was typed, also when rows are added, moved or removed; it is only checked when it is
to be saved. The pages work with plain posts: each button names what it does, such as `up-field-2`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.text import slugify

from assets.listings.chooser import ListingField
from assets.models import Listing
from core.web.forms import offer
from core.web.seen import SeenForm
from generation.models import Brief, TemplateRevision
from generation.models.shapes import RATIOS
from generation.prompt_templates import content_rules, photographs, prompts
from generation.prompt_templates.content_rules import Hit
from generation.prompt_templates.photographs import ROLE_WORDS, PhotographRole
from generation.prompt_templates.prompts import BadTemplate, Field, FieldKind
from generation.prompt_templates.revisions import About, Wording

MOST_ROWS = 40
KINDS = (
    (FieldKind.TEXT, "Words"),
    (FieldKind.CHOICE, "Choice"),
    (FieldKind.COLOR, "Color"),
    (FieldKind.NUMBER, "Number"),
    (FieldKind.LISTING, "From the listing"),
)
_ACT = re.compile(r"(add|up|remove)-(field|photograph|rule)(?:-(\d{1,3}))?")

Rows = list[dict[str, Any]]


class AboutForm(SeenForm):
    """What a template is called, and what for."""

    name = forms.CharField(max_length=120)
    description = forms.CharField(
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What people get with it.",
    )
    purpose = forms.CharField(
        max_length=80, required=False, help_text="What its pictures are for, such as “Listing illustration”."
    )

    def about(self) -> About:
        return About(**self.cleaned_data)


class FileForm(forms.Form):
    """A file of templates; what is in it is checked when it is read."""

    file = forms.FileField(
        help_text="JSON, or the same in TOML. Up to 200 templates.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.toml,application/json"}),
    )


class TrialForm(forms.Form):
    """What a template is tried out with while it is written; no part of it."""

    listing = ListingField(label="Try it with a listing", required=False)


class WordingForm(forms.Form):
    """The texts of a revision."""

    body = forms.CharField(
        label="Prompt",
        strip=True,
        max_length=prompts.MOST_IN_PROMPT,
        widget=forms.Textarea(attrs={"rows": 9, "class": "mono"}),
        help_text="Write a field as {name}. Lines whose fields are all empty are left out.",
    )
    house_voice = forms.CharField(
        label="House style",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Added to the end of every prompt: how your pictures should look.",
    )
    negative = forms.CharField(
        label="Exclude", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    ratio = forms.ChoiceField(
        label="Shape", initial="3:2", choices=[(ratio, ratio) for ratio in RATIOS], widget=forms.RadioSelect
    )
    note = forms.CharField(label="What this revision changes", required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = str(self["ratio"].value() or "")
        if re.fullmatch(r"[1-9]\d{0,3}:[1-9]\d{0,3}", shape) and shape not in RATIOS:
            offer(self, "ratio", [(each, each) for each in (shape, *RATIOS)])


class FieldRow(forms.Form):
    """One typed field of a template."""

    label = forms.CharField(max_length=80, help_text="What people filling it in see.")
    name = forms.CharField(
        max_length=40, required=False, help_text="Used in the prompt as {name}. Leave empty to make it from the label."
    )
    kind = forms.ChoiceField(choices=KINDS, initial=FieldKind.TEXT)
    default = forms.CharField(max_length=prompts.MOST_IN_FIELD, required=False, label="Default")
    help = forms.CharField(max_length=200, required=False, label="Help")
    choices = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For a choice: one on each line.",
    )
    open = forms.BooleanField(required=False, label="Allow custom text")
    required = forms.BooleanField(required=False, initial=True, label="Required")
    most = forms.IntegerField(
        required=False,
        initial=200,
        min_value=1,
        max_value=1_000_000,
        label="At most",
        help_text="Characters, or the highest number.",
    )
    least = forms.IntegerField(
        required=False, min_value=0, max_value=1_000_000, label="At least", help_text="The lowest number."
    )
    fact = forms.CharField(
        max_length=80, required=False, label="Fact of the listing", help_text="For “From the listing”, such as “rooms”."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            prompts.parse_fields([field_row(data)])
        except BadTemplate as error:
            if not self.errors:
                self.add_error(None, str(error))
        return data

    @property
    def heading(self) -> str:
        return str(self["label"].value() or "New field")

    @property
    def called(self) -> str:
        """Its name in the prompt, as far as it is known."""
        return _name(str(self["name"].value() or ""), str(self["label"].value() or ""))

    @property
    def sort(self) -> str:
        return {kind.value: word for kind, word in KINDS}.get(str(self["kind"].value()), "")


class RuleRow(forms.Form):
    """A group of words that may not be typed into the fields of a template."""

    words = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), help_text="Separated by commas or lines."
    )
    why = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Why",
        help_text="What people who type them see.",
    )
    severity = forms.ChoiceField(
        label="What happens", initial="blocks", choices=[("blocks", "Block it"), ("warns", "Warn about it")]
    )


class PhotographRow(forms.Form):
    """One photograph that a template asks for."""

    label = forms.CharField(
        max_length=photographs.LONGEST["label"], help_text="What people see, such as “Room to stage”."
    )
    role = forms.ChoiceField(
        label="What it is for",
        choices=[(role.value, words) for role, words in ROLE_WORDS.items()],
        initial=PhotographRole.ROOM,
    )
    help = forms.CharField(max_length=photographs.LONGEST["help"], required=False, label="Help")
    required = forms.BooleanField(required=False, initial=True, label="Required")

    @property
    def heading(self) -> str:
        return str(self["label"].value() or "New photograph")


if TYPE_CHECKING:
    _PhotographRows = BaseFormSet[PhotographRow]
else:
    _PhotographRows = BaseFormSet  # takes no parameter while it runs


class PhotographFormSet(_PhotographRows):
    """The photographs of a template: at most one is changed, and it comes first."""

    def clean(self) -> None:
        if not any(self.errors):
            try:
                photographs.parse(row for row in self.cleaned_data if row)
            except BadTemplate as error:
                raise forms.ValidationError(str(error)) from error


FieldRows = formset_factory(FieldRow, extra=0, max_num=MOST_ROWS, validate_max=True, absolute_max=MOST_ROWS + 1)
PhotographRows = formset_factory(
    PhotographRow,
    formset=PhotographFormSet,
    extra=0,
    max_num=photographs.MOST,
    validate_max=True,
    absolute_max=photographs.MOST + 1,
)
RuleRows = formset_factory(RuleRow, extra=0, max_num=MOST_ROWS, validate_max=True, absolute_max=MOST_ROWS + 1)


@dataclass(frozen=True)
class TryOut:
    """How the wording would come out with what its fields usually say."""

    prompt: str
    problem: str
    missing: tuple[str, ...]
    """Fields that the prompt uses and that are not there."""
    hits: tuple[Hit, ...]


class Editor:
    """The forms of one template, from what is there or from what was posted."""

    def __init__(self, start: Mapping[str, Any], data: QueryDict | None = None) -> None:
        self.opened = -1
        if data is None or "save" not in data:
            given = start if data is None else self._after(data)
            self.wording = WordingForm(initial=given["wording"])
            self.fields = FieldRows(initial=given["fields"], prefix="field")
            self.photographs = PhotographRows(initial=given["photographs"], prefix="photograph")
            self.rules = RuleRows(initial=given["rules"], prefix="rule")
            self.raw = given
        else:
            self.raw = typed(data)
            self.wording = WordingForm(data)
            self.fields = FieldRows(_counted(data), prefix="field")
            self.photographs = PhotographRows(_counted(data), prefix="photograph")
            self.rules = RuleRows(_counted(data), prefix="rule")

    def _after(self, data: QueryDict) -> dict[str, Any]:
        """What was typed, after the button that was pressed."""
        given, act = typed(data), data.get("do", "")
        if act == "mark":
            return marked(given, data.get("mark_words", ""), data.get("mark_name", ""))
        if act == "add-missing":
            names = _missing(given)
            given["fields"] += [
                {"label": name.replace("_", " ").capitalize(), "name": name, **_new()} for name in names
            ]
            self.opened = len(given["fields"]) - 1
        if match := _ACT.fullmatch(act):
            verb, kind, number = match[1], f"{match[2]}s", int(match[3] or 0)
            self._move(given[kind], verb, number, kind)
        return given

    def _move(self, rows: Rows, verb: str, number: int, kind: str) -> None:
        if verb == "add" and len(rows) < _MOST[kind]:
            rows.append(_NEW[kind](rows))
            self.opened = len(rows) - 1 if kind == "fields" else -1
        elif verb == "remove" and number < len(rows):
            del rows[number]
        elif verb == "up" and 0 < number < len(rows):
            rows[number - 1], rows[number] = rows[number], rows[number - 1]
            self.opened = number - 1 if kind == "fields" else -1

    def is_valid(self) -> bool:
        """Whether it can be saved; says at its place what is wrong."""
        checked = [form.is_valid() for form in (self.wording, self.fields, self.photographs, self.rules)]
        if not all(checked):
            return False
        try:
            self.said().plain()
        except BadTemplate as error:
            self.wording.add_error("body", str(error))
            return False
        return True

    def said(self) -> Wording:
        """The wording, once it is valid."""
        data = self.wording.cleaned_data
        return Wording(
            body=data["body"],
            fields=[field_row(row) for row in self.fields.cleaned_data if row],
            negative=data["negative"],
            house_voice=data["house_voice"],
            forbidden=[_rule_row(row) for row in self.rules.cleaned_data if row],
            photographs=[row for row in self.photographs.cleaned_data if row],
            ratio=data["ratio"],
        )

    @property
    def may_ask_for_more(self) -> bool:
        """Whether one more photograph can be asked for."""
        return len(self.photographs) < photographs.MOST

    @property
    def note(self) -> str:
        return str(self.wording.cleaned_data["note"])

    def try_out(self, listing: Listing | None = None) -> TryOut:
        """How it would come out: tolerant of rows that are not finished."""
        fields = [field for row in self.raw["fields"] if (field := _tolerant(row))]
        values = {field.name: _usual(field, listing) for field in fields}
        body = str(self.raw["wording"].get("body", ""))
        problem = ""
        try:
            prompts.check_body(body, prompts.parse_fields(prompts.as_rows(fields)))
        except BadTemplate as error:
            problem = str(error)
        shown = {field.name: values[field.name] or (f"[{field.label}]" if field.required else "") for field in fields}
        return TryOut(
            prompt=prompts.resolve(body, fields, shown, str(self.raw["wording"].get("house_voice", ""))),
            problem=problem,
            missing=tuple(_missing(self.raw)),
            hits=tuple(content_rules.check(values.values(), content_rules.applying(free=False, listing=False))),
        )


def of(revision: TemplateRevision) -> dict[str, Any]:
    """What the editor starts with for a new revision of a template."""
    words = {name: getattr(revision, name) for name in ("body", "house_voice", "negative", "ratio")}
    own = content_rules.parse(revision.forbidden)
    return {
        "wording": words,
        "fields": [_as_typed(field) for field in prompts.parse_fields(revision.fields)],
        "photographs": photographs.as_rows(photographs.parse(revision.photographs)),
        "rules": [{"words": ", ".join(rule.words), "why": rule.why, "severity": rule.severity} for rule in own],
    }


def of_brief(brief: Brief) -> dict[str, Any]:
    """What the editor starts with for a template made of a brief: what was typed is what its fields usually say."""
    if brief.revision is None:
        words = {"body": brief.prompt, "negative": brief.negative, "ratio": brief.ratio}
        return {**nothing(), "wording": words}
    start = of(brief.revision)
    start["wording"] |= {"negative": brief.negative, "ratio": brief.ratio}
    start["fields"] = [{**row, "default": str(brief.values.get(row["name"], ""))} for row in start["fields"]]
    return start


def nothing() -> dict[str, Any]:
    """What the editor starts with for a template from scratch."""
    return {"wording": {"body": ""}, "fields": [], "photographs": [], "rules": []}


def typed(data: QueryDict) -> dict[str, Any]:
    """What was posted, as it was typed."""
    return {
        "wording": {name: data.get(name, "") for name in WordingForm.base_fields},
        "fields": _rows(data, "field", FieldRow),
        "photographs": _rows(data, "photograph", PhotographRow),
        "rules": _rows(data, "rule", RuleRow),
    }


def marked(given: dict[str, Any], words: str, name: str) -> dict[str, Any]:
    """What was typed, with words of the prompt turned into a field that usually says them."""
    words, body = words.strip(), str(given["wording"].get("body", ""))
    called = _name(name, name or " ".join(words.split()[:3]))
    if not words or words not in body or not called or len(given["fields"]) >= MOST_ROWS:
        return given
    taken = {_name(row.get("name", ""), row.get("label", "")) for row in given["fields"]}
    called = next(free for n in range(1, 99) if (free := called if n == 1 else f"{called[:37]}_{n}") not in taken)
    most = max(200, len(words))
    row = {**_new(), "label": called.replace("_", " ").capitalize(), "name": called, "default": words, "most": most}
    return {
        **given,
        "wording": {**given["wording"], "body": body.replace(words, f"{{{called}}}")},
        "fields": [*given["fields"], row],
    }


def field_row(data: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a field from a row of the form."""
    row = {name: data.get(name) for name in ("label", "kind", "default", "help", "open", "required", "most", "least")}
    row |= {"name": _name(data.get("name") or "", data.get("label") or ""), "fact": data.get("fact") or ""}
    row["choices"] = [line.strip() for line in (data.get("choices") or "").splitlines() if line.strip()]
    return {key: value for key, value in row.items() if value is not None and value != ""}


def _rule_row(data: Mapping[str, Any]) -> dict[str, Any]:
    words = [word.strip() for word in re.split(r"[,\n]", data["words"]) if word.strip()]
    return {"words": words, "why": data["why"], "severity": data["severity"]}


def _as_typed(field: Field) -> dict[str, Any]:
    [row] = prompts.as_rows([field])
    return {**row, "kind": field.kind.value, "choices": "\n".join(field.choices)}


def _rows(data: QueryDict, prefix: str, form: type[forms.Form]) -> Rows:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    count = min(int(total), MOST_ROWS) if total.isdecimal() and len(total) < 4 else 0
    boxes = {name for name, field in form.base_fields.items() if isinstance(field, forms.BooleanField)}
    return [
        {
            name: key in data if name in boxes else data.get(key, "")
            for name in form.base_fields
            for key in [f"{prefix}-{number}-{name}"]
        }
        for number in range(count)
    ]


def _counted(data: QueryDict) -> QueryDict:
    """The post with counts that formsets can read, whatever was sent for them."""
    counted = data.copy()
    for prefix in ("field", "photograph", "rule"):
        total = data.get(f"{prefix}-TOTAL_FORMS", "")
        counted[f"{prefix}-TOTAL_FORMS"] = total if total.isdecimal() and len(total) < 4 else "0"
        counted[f"{prefix}-INITIAL_FORMS"] = "0"
    return counted


def _tolerant(row: Mapping[str, Any]) -> Field | None:
    """The field of a row as it was typed; None while it cannot be one."""
    numbers = {name: _number(str(row.get(name) or "")) for name in ("most", "least")}
    try:
        [field] = prompts.parse_fields([field_row({**row, **numbers})])
    except BadTemplate:
        return None
    return field


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _usual(field: Field, listing: Listing | None) -> str:
    fact = listing.facts.get(field.fact) if listing and field.kind == FieldKind.LISTING else None
    return field.default if fact in (None, "") else str(fact)


def _missing(given: Mapping[str, Any]) -> list[str]:
    known = {_name(row.get("name", ""), row.get("label", "")) for row in given["fields"]}
    return [name for name in prompts.placeholders(str(given["wording"].get("body", ""))) if name not in known]


def _name(name: str, label: str) -> str:
    """The name that a field has in the prompt."""
    return name.strip() or slugify(label).replace("-", "_").lstrip("0123456789_")[:40].rstrip("_")


def _new() -> dict[str, Any]:
    return {"kind": FieldKind.TEXT.value, "required": True, "most": 200}


def _new_photograph(before: Rows) -> dict[str, Any]:
    """Asks for the room at first, and after that for what is only looked at."""
    if any(row.get("role") in photographs.CHANGED for row in before):
        return {"role": PhotographRole.STYLE.value, "label": "Style reference", "required": False}
    return {"role": PhotographRole.ROOM.value, "label": "Room to stage", "required": True}


_NEW: Mapping[str, Callable[[Rows], dict[str, Any]]] = {
    "fields": lambda _: _new(),
    "photographs": _new_photograph,
    "rules": lambda _: {"severity": "blocks"},
}
"""How a row begins, given those before it."""
_MOST = {"fields": MOST_ROWS, "photographs": photographs.MOST, "rules": MOST_ROWS}


def about_of(brief: Brief | None, copy: TemplateRevision | None = None) -> dict[str, str]:
    """What a new template would be called, when it starts from something."""
    if brief is not None:
        return {"name": brief.title[:120], "purpose": brief.purpose}
    if copy is not None:
        return {"name": f"{copy.template.name[:110]}, copy", "purpose": copy.template.purpose}
    return {}
