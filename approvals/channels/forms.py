"""What people fill in about a channel: its rules, territory and profile, its words per language and alteration."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict

from approvals.channels import changing
from approvals.channels.changing import ChannelFacts
from approvals.channels.profiles import (
    ANY,
    BURN_IN_IS,
    CAPTION_LIMIT,
    FORMAT,
    ICONS_ARE,
    MAY_ASK,
    MUST_SAY_IS,
    ORDERS_ARE,
    SHORTEST_LIMIT,
    WORDS,
    WORDS_ARE,
    Profile,
    Words,
)
from approvals.channels.rules import FORMATS, BadRules, Rules
from approvals.models import Channel, ChannelKind
from assets.provenance.alterations import ALTERATIONS, EARLIER
from core import clock, territories
from core.languages import LANGUAGES, name_of
from core.web.seen import SeenForm

MOST_PIXELS, MOST_BYTES = 30_000, 100_000_000
LONG = 600
CHANGED = {**ALTERATIONS, **EARLIER, ANY: "Any other alteration"}
NOT_STATED = "Not stated"
RESERVED = ("changes", "new", "profiles", "releases", "sites")
"""Short names that are pages of their own."""


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=False, label=label, help_text=help_text, widget=widget)


def _number(label: str, most: int, least: int = 0, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(min_value=least, max_value=most, label=label, help_text=help_text)


def _codes(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(required=False, max_length=1000, label=label, help_text=help_text)


def _flag(label: str, help_text: str = "") -> forms.BooleanField:
    return forms.BooleanField(required=False, label=label, help_text=help_text)


def _ticks(label: str, choices: Mapping[str, str], help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        required=False,
        choices=list(choices.items()),
        label=label,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
    )


def _one_of(label: str, words: Mapping[Any, str]) -> forms.ChoiceField:
    choices = [(str(value), text or NOT_STATED) for value, text in words.items()]
    return forms.ChoiceField(required=False, choices=choices, label=label)


def _line(label: str, most: int = 200, help_text: str = "") -> forms.CharField:
    return forms.CharField(required=False, max_length=most, label=label, help_text=help_text)


def _text(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(required=False, max_length=2000, label=label, help_text=help_text, widget=widget)


class ChannelForm(SeenForm):
    """A channel, whole. Fields of the rules and the profile are named as there; words have a language before them."""

    why = _line("Why is it changed?", 300, "Whoever confirms it reads this.")
    name = forms.CharField(max_length=120, label="Name")
    kind = forms.ChoiceField(choices=ChannelKind.choices, label="Kind")
    description = _line("Description", 300)
    territory = _codes("Where is it seen?", "Codes, separated by commas: US-CA, US-NV or DE. Empty: not stated.")
    time_zone = forms.CharField(
        required=False,
        max_length=64,
        label="Time zone",
        validators=[clock.check_zone],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Licenses end with the day there: a name such as America/Los_Angeles. Empty: the team’s.",
    )
    rules_source = _line("Where do its rules come from?", 300, "Such as “CRMLS Rule 11.5.2, kb.crmls.org”.")
    rules_read_on = _day("Rules read on")

    min_width = _number("Smallest width", MOST_PIXELS, help_text="Pixels. 0: no limit.")
    min_height = _number("Smallest height", MOST_PIXELS, help_text="Pixels. 0: no limit.")
    max_width = _number("Made to fit, width", MOST_PIXELS, help_text="Pixels. 0: no limit.")
    max_height = _number("Made to fit, height", MOST_PIXELS, help_text="Pixels. 0: no limit.")
    max_bytes = _number("Largest file", MOST_BYTES, help_text="Bytes. 0: no limit.")
    format = forms.ChoiceField(
        choices=[(each, each.removeprefix("image/").upper()) for each in FORMATS], label="File format"
    )
    quality = _number("Quality", 100, 30, "From 30 to 100.")
    allow_generated = _flag("Accepts generated pictures and drawings")
    allow_altered = _flag("Accepts altered photographs")
    allow_people = _flag("Accepts recognizable people")
    needs_original = _flag("An altered photograph needs its original, released here")
    needs_credit = _flag("Needs a credit line")
    refused_alterations = _ticks("Never accepts these alterations", {**ALTERATIONS, **EARLIER})

    profile_name = _line("Name of the profile", 120)
    source = _line("Where was the rule read?", 400, "The rule and its address, such as “Rule 2.7, news.realtracs.com”.")
    read_on = _day("Read on")
    quoted = _text("What does it say?", "The words that bind you, short. Whoever reviews a picture can read them.")
    is_draft = _flag("A draft", "Nothing is released under it until its official text was read, and this is unticked.")
    jurisdictions = _codes("Where does the rule apply?", "Codes, as above. EU stands for the European Union.")
    first_day = _day("First day", "Before it, nothing that must be disclosed is released here.")
    last_day = _day("Last day")
    must_say = _ticks("What must be told", {name: MUST_SAY_IS[name].capitalize() for name in MAY_ASK})
    caption_limit = _number("Longest caption", CAPTION_LIMIT, SHORTEST_LIMIT, "Characters; listing systems take 50.")
    icon = _one_of("Icon beside the label", ICONS_ARE)
    burn_in = _one_of("Words on the picture itself", BURN_IN_IS)
    order = _one_of("Where the original is shown", ORDERS_ARE)
    refuses_exteriors = _flag("The outside of a house may not be altered", "Reviewers are asked to look.")
    refused_slots = _codes("Places that no altered picture may take", "Numbers, separated by commas. The first is 1.")
    language = forms.ChoiceField(choices=list(LANGUAGES.items()), label="Language that is shown first")
    languages = _ticks("Further languages", LANGUAGES, "Tick one, then “Show” below, and its fields appear.")

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields |= dict(_further_rules(self.fields))
        for name in CHANGED:
            label = f"Box to tick in the listing system: {CHANGED[name].lower()}"
            self.fields[f"box_{name}"] = _line(label, 80)
        self.tags = self._tags()
        for tag in self.tags:
            self.fields |= dict(_word_fields(tag))

    @classmethod
    def of(cls, channel: Channel, data: Mapping[str, Any] | None = None) -> ChannelForm:
        """The form over a channel as it is; what cannot be read of it begins empty."""
        return cls(data, initial=initial_of(changing.values_of(channel)))

    def _tags(self) -> list[str]:
        """The languages whose fields are shown: those that were sent, or those that the channel speaks."""
        if isinstance(self.data, MultiValueDict) and self.is_bound:
            sent = [self.data.get("language", ""), *self.data.getlist("languages")]
        else:
            sent = [self.initial.get("language", "en"), *self.initial.get("languages", [])]
        return [tag for tag in dict.fromkeys(sent) if tag in LANGUAGES] or ["en"]

    # What the page shows

    def group(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]

    @property
    def about(self) -> list[BoundField]:
        names = ("name", "kind", "description", "territory", "time_zone", "rules_source", "rules_read_on")
        return self.group(*(("slug", *names) if "slug" in self.fields else names))

    @property
    def rules_fields(self) -> list[BoundField]:
        return self.group(*(each.name for each in fields(Rules)))

    @property
    def origin(self) -> list[BoundField]:
        return self.group(
            "profile_name", "source", "read_on", "quoted", "is_draft", "jurisdictions", "first_day", "last_day"
        )

    @property
    def showing(self) -> list[BoundField]:
        names = ("must_say", "caption_limit", "icon", "burn_in", "order", "refuses_exteriors", "refused_slots")
        return self.group(*names)

    @property
    def boxes(self) -> list[BoundField]:
        return self.group(*(f"box_{name}" for name in CHANGED))

    @property
    def spoken(self) -> list[tuple[str, list[BoundField], list[BoundField], list[BoundField]]]:
        """For each language its name, captions of alterations, other words, and beginnings of remarks."""
        return [
            (
                name_of(tag),
                self.group(*(f"{tag}_caption_{name}" for name in CHANGED)),
                self.group(*(f"{tag}_{name}" for name in WORDS)),
                self.group(*(f"{tag}_prefix_{name}" for name in CHANGED)),
            )
            for tag in self.tags
        ]

    # What was typed

    def clean_territory(self) -> list[str]:
        return self._places("territory")

    def clean_jurisdictions(self) -> list[str]:
        return self._places("jurisdictions")

    def clean_refused_slots(self) -> list[int]:
        said = _split(self.cleaned_data["refused_slots"])
        if wrong := [each for each in said if not (each.isascii() and each.isdigit() and 0 < int(each[:6]) < 1000)]:
            raise forms.ValidationError(f"“{wrong[0]}” is no place. Write numbers such as 1, 2.")
        return [int(each) for each in said]

    def _places(self, name: str) -> list[str]:
        codes = [each.upper() for each in _split(self.cleaned_data[name])]
        if unknown := [code for code in codes if not territories.is_known(code)]:
            raise forms.ValidationError(f"“{unknown[0]}” is no code of a country or state. Write US, US-CA or DE.")
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for kind, raw in ((Rules, self.rules()), (Profile, self.profile())):
                try:
                    kind.parse(raw)
                except BadRules as error:
                    self.add_error(None, str(error))
            self._check_source()
        return cleaned

    def _check_source(self) -> None:
        """A profile that binds says where it was read, when, and what."""
        if self.cleaned_data["is_draft"]:
            return
        for name in ("source", "read_on", "quoted"):
            if not self.cleaned_data[name]:
                self.add_error(name, "Fill this in, or keep the profile as a draft.")

    def rules(self) -> dict[str, Any]:
        """The rules as they are stored; a number that was left out is none."""
        said = self.cleaned_data
        return {each.name: 0 if said[each.name] is None else said[each.name] for each in fields(Rules)}

    def profile(self) -> dict[str, Any]:
        """The profile as it is stored; what is empty is left out. `must_say` is kept, as empty says something too."""
        said = self.cleaned_data
        kept = {
            "name": said["profile_name"],
            **{name: said[name] for name in PLAIN},
            **{name: said[name].isoformat() if said[name] else "" for name in DAYS},
            "checkboxes": _of(said, "box_", CHANGED),
            "words": {tag: words for tag in self.tags if (words := _words(said, tag)) or tag == said["language"]},
        }
        return {"format": FORMAT, "must_say": said["must_say"]} | {name: each for name, each in kept.items() if each}

    def facts(self, of: Channel | None = None) -> ChannelFacts:
        """What was said. Rules and words that mean what the channel says already stay as they are stored."""
        said = self.cleaned_data
        names = ("name", "kind", "description", "rules_source", "rules_read_on", "time_zone", "territory")
        return ChannelFacts(
            **{name: said[name] for name in names},
            rules=_kept(Rules, self.rules(), of.rules if of else None),
            disclosure=_kept(Profile, self.profile(), of.disclosure if of else None),
        )


class NewChannelForm(ChannelForm):
    """A channel that does not exist yet."""

    slug = forms.SlugField(
        max_length=64, label="Short name", help_text="Used in web addresses and in the API. It stays as it is."
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        del self.fields["why"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED or Channel.objects.filter(slug=slug).exists():
            raise forms.ValidationError("This short name is taken. Choose another.")
        return slug


PLAIN = (
    "source", "quoted", "is_draft", "jurisdictions", "caption_limit", "icon", "burn_in", "order", "refuses_exteriors",
    "refused_slots", "language",
)  # fmt: skip
DAYS = ("read_on", "first_day", "last_day")


def initial_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form begins with over these values of a channel."""
    rules, profile = _or_empty(Rules, values["rules"]), _or_empty(Profile, values["disclosure"])
    own = {name: values[name] for name in ("name", "kind", "description", "rules_source", "time_zone")}
    read_on = values["rules_read_on"]
    return {
        **own,
        "rules_read_on": date.fromisoformat(read_on) if read_on else None,
        "territory": ", ".join(values["territory"]),
        **{each.name: getattr(rules, each.name) for each in fields(Rules)},
        "refused_alterations": list(rules.refused_alterations),
        **_of_profile(profile),
    }


def _of_profile(profile: Profile) -> dict[str, Any]:
    first = {name: getattr(profile, name) for name in (*PLAIN, *DAYS)}
    words = {f"{tag}_{name}": text for tag, said in profile.words.items() for name, text in _flat(said) if text}
    return {
        **first,
        "profile_name": profile.name,
        "must_say": list(profile.must_say),
        "icon": str(profile.icon),
        "burn_in": str(profile.burn_in),
        "order": str(profile.order),
        "jurisdictions": ", ".join(profile.jurisdictions),
        "refused_slots": ", ".join(map(str, profile.refused_slots)),
        "languages": [tag for tag in profile.words if tag != profile.language],
        **{f"box_{name}": text for name, text in profile.checkboxes.items()},
        **words,
    }


def _flat(words: Words) -> Iterator[tuple[str, str]]:
    yield from ((f"caption_{name}", text) for name, text in words.captions.items())
    yield from ((f"prefix_{name}", text) for name, text in words.prefixes.items())
    yield from ((name, getattr(words, name)) for name in WORDS)


def _further_rules(known: Collection[str]) -> Iterator[tuple[str, forms.Field]]:
    """A field for each rule that has none of its own above, so that no rule can be had only by a file."""
    for each in fields(Rules):
        label = each.name.replace("_", " ").capitalize()
        if each.name not in known:
            yield each.name, _flag(label) if isinstance(each.default, bool) else _optional(label)


def _optional(label: str) -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, max_value=MOST_PIXELS, label=label)


def _word_fields(tag: str) -> Iterator[tuple[str, forms.Field]]:
    for name, words in CHANGED.items():
        yield f"{tag}_caption_{name}", _line(words, CAPTION_LIMIT)
        yield f"{tag}_prefix_{name}", _line(words)
    for name, label in WORDS_ARE.items():
        is_caption = name.startswith("caption_")
        yield f"{tag}_{name}", _line(label, CAPTION_LIMIT if is_caption else LONG, WORDS_HELP.get(name, ""))


WORDS_HELP = {
    "label_ai_altered": "Where a trained model made the change. Empty: the label above.",
    "statement": "Write {original} where the address of the unaltered image belongs.",
    "print_address": "Write {original} where the address of the unaltered image belongs.",
    "people": "Shown where people in the picture were made or changed by AI.",
}


def _words(said: Mapping[str, Any], tag: str) -> dict[str, Any]:
    own = {name: said[f"{tag}_{name}"] for name in WORDS}
    own |= {"captions": _of(said, f"{tag}_caption_", CHANGED), "prefixes": _of(said, f"{tag}_prefix_", CHANGED)}
    return {name: value for name, value in own.items() if value}


def _of(said: Mapping[str, Any], prefix: str, names: Mapping[str, str]) -> dict[str, str]:
    return {name: said[f"{prefix}{name}"] for name in names if said[f"{prefix}{name}"]}


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.replace(";", ",").split(",") if each.strip()]


def _or_empty(kind: Any, raw: Any) -> Any:
    try:
        return kind.parse(raw)
    except BadRules:
        return kind()


def _kept(kind: Any, raw: dict[str, Any], stored: Any) -> dict[str, Any]:
    """What is stored, where it means the same."""
    try:
        if stored is not None and kind.parse(stored) == kind.parse(raw):
            return dict(stored)
    except BadRules:
        pass
    return raw
