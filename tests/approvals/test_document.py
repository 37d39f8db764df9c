"""The release document: each field is a fact of the dossier that was decided on, or of the file made from it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from approvals.models import Release
from approvals.models.document import PublicLimits, ReleaseDocument
from approvals.releases.document import document, embedded
from approvals.reviews import dossier
from assets.imaging.rendering import Rendered
from assets.models import Version
from assets.provenance.data import ProvenanceData
from assets.rights.consents import GivenConsent
from assets.versions.dossier import flat
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs

pytestmark = pytest.mark.django_db

STAGED = "VirtualStagingItemAddition"
PROFILE_AT = "channels.website.profile."
ENGLISH = f"{PROFILE_AT}words.en."
SOURCES = {
    "format": (),
    "title": ("title",),
    "asset": ("asset",),
    "version.number": ("file.number",),
    "version.label": ("file.number", "file.added", "provenance.maker"),
    "version.sha256": ("file.sha256",),
    "listing": ("listing.reference",),
    "alt_text.decorative": ("alt_text.decorative",),
    "alt_text.language": ("alt_text.language",),
    "alt_text.texts": ("alt_text.texts.en", "alt_text.texts.fr"),
    "license.holder": ("license.holder",),
    "license.attribution": ("license.attribution",),
    "license.url": ("license.url",),
    "license.valid_until": ("license.valid_until", "consents.given"),
    "license.creator": ("license.creator",),
    "license.notice": ("license.notice",),
    "license.usage_terms": ("license.usage_terms",),
    "license.licensor": ("license.licensor",),
    "license.licensor_url": ("license.licensor_url",),
    "license.data_mining": ("license.data_mining",),
    "license.limits.territories": ("license.limits.territories",),
    "license.limits.listing_only": ("license.limits.listing_only",),
    "license.limits.may_alter": ("license.limits.may_alter",),
    "license.limits.may_sublicense": ("license.answers.sublicense.answer",),
    "disclosure.kind": (),
    "disclosure.alterations": ("disclosure.alterations",),
    "disclosure.digital_source_type": ("disclosure.digital_source",),
    "disclosure.caption": (f"{ENGLISH}captions.{STAGED}", "disclosure.note", "disclosure.alterations"),
    "disclosure.remark_prefix": (f"{ENGLISH}prefixes.{STAGED}", "disclosure.alterations"),
    "disclosure.label": (f"{ENGLISH}label_ai_altered", "disclosure.digital_source"),
    "disclosure.statement": (f"{ENGLISH}statement",),
    "disclosure.order": (f"{PROFILE_AT}order",),
    "disclosure.language": (),
    "disclosure.icon": (f"{PROFILE_AT}icon", "disclosure.digital_source"),
    "disclosure.people": (f"{ENGLISH}people", "consents.shows_people"),
    "disclosure.print_address": (f"{ENGLISH}print_address",),
    "disclosure.checkboxes": (f"{PROFILE_AT}checkboxes.{STAGED}", "disclosure.alterations"),
    "disclosure.burn_in": (f"{PROFILE_AT}burn_in",),
    "disclosure.refused_slots": (f"{PROFILE_AT}refused_slots",),
    "disclosure.translations": (f"{PROFILE_AT}words.es.captions.any", "disclosure.note"),
    "disclosure.note": ("disclosure.note",),
    "original.sha256": ("disclosure.original",),
    "file.media_type": None,
    "file.width": None,
    "file.height": None,
    "file.size": None,
    "file.sha256": None,
    "file.name": ("listing.reference", "title", "file.number"),
}
"""Field of the document → the facts it comes from. None for what is a fact of the delivered file.

The kind, and the words for people whom AI made, hang on several facts together, so they have tests of their own; the
language of the words is the profile's, which says nothing without words in it.
"""
PROFILE = {
    "format": 2,
    "language": "en",
    "words": {
        "en": {
            "captions": {STAGED: "Virtually staged", "any": "Digitally altered"},
            "prefixes": {STAGED: "Virtually staged."},
            "label_altered": "Altered",
            "label_ai_altered": "Altered by a model",
            "statement": "See {original}.",
            "print_address": "Scan {original}.",
            "people": "A person made by a model",
        },
        "es": {"captions": {"any": "Alterada"}},
    },
    "checkboxes": {STAGED: "Virtually staged"},
    "icon": "by_kind",
    "burn_in": "forbidden",
    "order": "original_after",
    "refused_slots": [1],
}
OTHER = {
    "asset": "11111111-1111-1111-1111-111111111111",
    "disclosure.digital_source": "digitalCapture",
    "disclosure.alterations": ["ModelHome"],
    "file.added": "2020-05-05T12:00:00+00:00",
    "license.valid_until": "2028-01-01",
    "consents.given": [{"valid_until": "2027-01-01"}],
    f"{PROFILE_AT}format": 2,
    f"{PROFILE_AT}language": "en",
    f"{PROFILE_AT}order": "",
    f"{PROFILE_AT}icon": "basic",
    f"{PROFILE_AT}burn_in": "allowed",
    f"{PROFILE_AT}refused_slots": [1, 2],
    "alt_text.language": "fr",
    "license.data_mining": "DMI-PROHIBITED",
    "license.limits.territories": ["FR"],
    "consents.shows_people": "real",
}
"""Where another text would not do: another value of a fact."""
RIGHTS = {
    "creator": "Ann Example",
    "notice": "© 2026 Ann Example",
    "usage_terms": "For this listing",
    "licensor": "An agency",
    "licensor_url": "https://agency.example/",
    "data_mining": "DMI-PROHIBITED-AIMLTRAINING",
    "limits": {"territories": ["US"], "listing_only": "HB-1", "may_alter": "no", "kinds": ["website"]},
}
FILE = Rendered(data=b"bytes", media_type="image/jpeg", width=96, height=64, sha256="0" * 64)


def leaves(kind: type, path: str = "") -> Iterator[str]:
    """The fields of the document, those of its parts included."""
    hints = get_type_hints(kind)
    for each in fields(kind):
        here, hint = f"{path}{each.name}", hints[each.name]
        inside = () if get_origin(hint) is Mapping else (hint, *get_args(hint))
        part = next((one for one in inside if is_dataclass(one)), None)
        yield from leaves(part, f"{here}.") if isinstance(part, type) else [here]


@pytest.fixture
def facts(ada: User) -> dict[str, Any]:
    """A dossier in which every fact that may leave says something."""
    photograph = library.ready_version(ada)
    made = ProvenanceData(
        provider="midjourney", provider_name="Midjourney (by hand)", ai_system="Midjourney", model_asked="7", prompt="A"
    )
    version = library.ready_version(ada, listing=library.ListingFactory.create(), provenance=made)
    verbs.describe(version, text="Kitchen, virtually staged", further={"fr": "Cuisine meublée virtuellement"}, by=ada)
    verbs.mark(
        version,
        digital_source="compositeWithTrainedAlgorithmicMedia",
        alterations=["VirtualStagingItemAddition"],
        original=photograph,
        disclosure_note="Sofa added",
        by=ada,
    )
    library.complete_license(version, ada, url="https://terms.example/", valid_until=date(2030, 1, 1))
    given = GivenConsent(kind="person", name="Jo", given="yes", valid_until=date(2029, 1, 1))
    verbs.record_consent(version, given, by=ada)
    verbs.say_who_is_shown(version, people="both", property="no", by=ada)
    channel = factories.channel("website", disclosure=PROFILE)
    facts = dossier.of(Version.objects.with_dossier().get(pk=version.pk), [channel]).facts
    return facts | {"license": facts["license"] | RIGHTS}


def put(facts: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    """The facts with another value at a path."""
    changed = copy.deepcopy(dict(facts))
    *parts, last = path.split(".")
    place: dict[str, Any] = changed
    for part in parts:
        place = place[part]
    place[last] = value
    return changed


def another(path: str, value: object) -> object:
    if path in OTHER:
        return OTHER[path]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"another {value}"


def said(facts: Mapping[str, Any], file: Rendered = FILE) -> dict[str, Any]:
    told = flat(asdict(document(facts, "website", file)))
    for whole in ("alt_text.texts", "disclosure.translations"):
        told[whole] = {name: told.pop(name) for name in list(told) if name.startswith(f"{whole}.")}
    return told


def test_every_field_has_a_known_source(facts: dict[str, Any]) -> None:
    assert sorted(SOURCES) == sorted(leaves(ReleaseDocument)) == sorted(said(facts))


def test_a_field_changes_with_its_sources_and_with_nothing_else(facts: dict[str, Any]) -> None:
    """The walk: each fact of the dossier in turn says something else; what follows is what the table says, exactly."""
    before, follows = said(facts), dict[str, set[str]]()
    for path, value in flat(facts).items():
        changed = put(facts, path, another(path, value))
        after = said(changed)
        for name in SOURCES:
            if before.get(name) != after.get(name):
                follows.setdefault(name, set()).add(path)
    assert follows == {name: set(sources) for name, sources in SOURCES.items() if sources}


@pytest.mark.parametrize(
    ("source", "alterations", "kind"),
    [
        ("digitalCapture", [], "photograph"),
        ("digitalCapture", ["ModelHome"], "altered"),
        ("compositeWithTrainedAlgorithmicMedia", [], "altered"),
        ("trainedAlgorithmicMedia", [], "generated"),
        ("algorithmicMedia", [], "drawn"),
    ],
)
def test_the_kind_follows_what_was_stated(
    facts: dict[str, Any], source: str, alterations: list[str], kind: str
) -> None:
    stated = put(put(facts, "disclosure.digital_source", source), "disclosure.alterations", alterations)
    assert said(stated)["disclosure.kind"] == kind
    assert ("original.sha256" in said(stated)) == (kind == "altered")


def test_facts_of_the_file_are_those_of_the_delivered_file(facts: dict[str, Any]) -> None:
    other = replace(FILE, data=b"other bytes", media_type="image/png", width=97, height=65, sha256="1" * 64)
    before, after = said(facts), said(facts, other)
    own = {name for name, sources in SOURCES.items() if sources is None}
    assert {name for name in before if before[name] != after[name]} == {*own, "file.name"}  # its ending


def test_it_is_read_as_it_was_written(facts: dict[str, Any]) -> None:
    made = document(facts, "website", FILE)
    assert ReleaseDocument.parse(made.as_text()) == made
    assert made.as_text() == document(json.loads(json.dumps(facts)), "website", FILE).as_text()


def test_the_first_format_is_still_read(facts: dict[str, Any]) -> None:
    made = document(facts, "website", FILE)
    first = json.loads(made.as_text())
    first.pop("format")
    first["original"]["image"] = "00000000-0000-0000-0000-000000000000"
    assert ReleaseDocument.parse(json.dumps(first)) == replace(made, format=1)


def test_the_second_format_is_still_read(facts: dict[str, Any]) -> None:
    made = document(facts, "website", FILE)
    second = json.loads(made.as_text()) | {"format": 2}
    for name in ("creator", "notice", "usage_terms", "licensor", "licensor_url", "data_mining", "limits"):
        del second["license"][name]
    del second["file"]["name"]
    read = ReleaseDocument.parse(json.dumps(second))
    assert (read.format, read.license.notice, read.license.limits, read.file.name) == (2, "", PublicLimits(), "")
    assert (read.title, read.license.holder, read.file.sha256) == (made.title, made.license.holder, made.file.sha256)


def test_the_file_says_what_the_dossier_says(facts: dict[str, Any]) -> None:
    card = embedded(facts, "website")
    assert (card.title, card.alt_text, card.further_alt_texts) == (
        facts["title"], "Kitchen, virtually staged", {"fr": "Cuisine meublée virtuellement"},
    )  # fmt: skip
    assert (card.credit, card.web_statement) == ("Harbor Homes", "https://terms.example/")
    assert (card.digital_source, card.ai_system, card.ai_system_version, card.ai_prompt) == (
        "compositeWithTrainedAlgorithmicMedia", "Midjourney", "7", "",
    )  # fmt: skip


def test_a_photograph_names_no_ai_system(ada: User) -> None:
    release = factories.released(factories.ready(ada))
    card = embedded(release.decision.dossier, "website")
    assert (card.ai_system, card.ai_system_version) == ("", "")


def test_a_release_keeps_the_document_of_its_decision(ada: User) -> None:
    release = Release.objects.get(pk=factories.released(factories.ready(ada)).pk)
    told = asdict(release.document.file)
    del told["name"]
    file = Rendered(data=b"x" * told.pop("size"), **told)
    assert release.document_text == document(release.decision.dossier, "website", file).as_text()
