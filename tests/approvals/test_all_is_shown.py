"""All that is judged can be read on the page of the review: whatever joins the dossier must be shown there too."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from pytest_django import Settings

from approvals.channels.profiles import Profile, Words
from approvals.channels.rules import Rules
from approvals.models import Channel, Review
from approvals.pages.dossier_sections import sections
from approvals.reviews import dossier
from assets.imaging.metadata import SOURCE_TYPES
from assets.models import Answer, License, Question, Terms, Version
from assets.models.limits import Limits
from assets.provenance.data import ProvenanceData
from assets.rights import withdrawals
from assets.rights.consents import GivenConsent
from assets.rights.licenses import GivenAnswer
from core import clock
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import signed, verbs
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db

SIGNED = "5f" * 32
RULES = {
    "min_width": 31,
    "min_height": 33,
    "max_width": 1777,
    "max_height": 1888,
    "max_bytes": 2_700_000,
    "format": "image/webp",
    "quality": 73,
    "dpi": 311,
    "allow_generated": False,
    "allow_altered": False,
    "allow_people": False,
    "needs_original": True,
    "needs_credit": True,
    "words_approved_apart": True,
    "refused_alterations": ["VirtualRenovation"],
}
SAID = {
    "captions": {"VirtualStagingItemAddition": "Caption if staged", "any": "Caption if altered"},
    "prefixes": {"VirtualStagingItemAddition": "Remarks begin so"},
    "caption_generated": "Caption if generated",
    "caption_drawn": "Caption if drawn",
    "label_altered": "Label if altered",
    "label_ai_altered": "Label if altered by a model",
    "label_generated": "Label if generated",
    "statement": "A statement, with {original}",
    "print_address": "Printed, with {original}",
    "people": "Words about people",
}
PROFILE = {
    "format": 2,
    "name": "A profile",
    "source": "A rule somewhere",
    "read_on": "2026-11-22",
    "quoted": "Words that were read",
    "jurisdictions": ["US-CA"],
    "first_day": "2026-01-01",
    "last_day": "2031-02-03",
    "is_draft": True,
    "language": "en",
    "words": {"en": SAID, "fr": {"captions": {"any": "Image modifiée"}}},
    "must_say": ["altered", "people"],
    "caption_limit": 47,
    "checkboxes": {"VirtualStagingItemAddition": "A box to tick"},
    "icon": "by_kind",
    "burn_in": "forbidden",
    "order": "original_after",
    "refuses_exteriors": True,
    "refused_slots": [1],
}

LIMITS = Limits(
    territories=("US-CA", "US-NV"),
    kinds=("listing_site",),
    channels=("seaview",),
    listing_only="HB-1042",
    may_alter="no",
    exclusive_elsewhere="Coastal Living",
    exclusive_until="2026-01-31",
)

FOUND = {
    "camera": {"model": "EOS R5"},
    "marks": ["one mark", "another"],
    "c2pa": {
        "present": True,
        "state": "valid",
        "problem": "a problem of it",
        "says": ["digitalCapture"],
        "signer": "A signer",
        "signed": "2026-11-30T12:00:00+00:00",
        "generator": "A program",
        "actions": ["Created, with a camera", "Cropped"],
        "ingredients": ["Made from “image.png”, whose own credentials are intact"],
        "private": ["place", "thumbnail"],
        "travels": "redacted",
        "elsewhere": "https://elsewhere.example/it.c2pa",
    },
    "generator": {"name": "A generator", "model": "its model", "seed": "815", "graph": "its graph"},
    "iptc": {
        "rights": "(c) 2026 Ann Example",
        "digital_source": f"{SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia",
        "data_mining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
        "languages": {"rights": {"de": "(c) 2026 Ann Beispiel"}},
    },
    "iim": {"instructions": "EDITORIAL USE ONLY"},
    "exif": {"rights": "(c) 2026 Somebody else", "description": "what EXIF describes"},
    "text": {"comment": "what a comment says"},
}
"""What a file says, of each kind that is read."""

Shown = str | Callable[[Any], str]
"""Words of the page, or how the value becomes words of the page."""


def as_it_is(value: Any) -> str:
    return str(value)


def first_twelve(value: str) -> str:
    return value[:12]


def day(value: str) -> str:
    return clock.written(date.fromisoformat(value))


def day_of(value: str) -> str:
    return f"added {clock.written(clock.day_of(datetime.fromisoformat(value)))}"


HOW: dict[str, Shown] = {
    "title": as_it_is,
    "listing.reference": as_it_is,
    "listing.address": as_it_is,
    "file.sha256": as_it_is,
    "file.media_type": as_it_is,
    "file.width": lambda value: f"{value} × ",
    "file.height": lambda value: f" × {value} pixels",
    "file.number": lambda value: f"v{value}, added",
    "file.added": day_of,
    "alt_text.decorative": lambda value: "Decorative" if value else "Alt text",
    "alt_text.language": "English",
    "alt_text.long": as_it_is,
    "alt_text.texts.*": as_it_is,
    "license.answers.*.answer": lambda value: str(Answer(value).label),
    "license.answers.*.detail": as_it_is,
    "license.answers.*.source": as_it_is,
    "license.holder": as_it_is,
    "license.attribution": as_it_is,
    "license.valid_until": day,
    "license.url": as_it_is,
    "license.creator": as_it_is,
    "license.notice": as_it_is,
    "license.usage_terms": as_it_is,
    "license.licensor": as_it_is,
    "license.licensor_url": as_it_is,
    "license.data_mining": "Prohibited, except for search engines",
    "license.plan": as_it_is,
    "license.evidence.*.name": as_it_is,
    "license.evidence.*.sha256": first_twelve,
    "license.limits.territories.*": as_it_is,
    "license.limits.kinds.*": "listing site",
    "license.limits.channels.*": as_it_is,
    "license.limits.listing_only": as_it_is,
    "license.limits.may_alter": "May not be altered",
    "license.limits.exclusive_elsewhere": as_it_is,
    "license.limits.exclusive_until": day,
    "license.terms": "Terms of the license, read Nov 22, 2026",
    "consents.shows_people": "People Both",
    "consents.shows_property": "Private property No",
    "consents.given.*.kind": "A person Jo",
    "consents.given.*.name": as_it_is,
    "consents.given.*.given": "Jo Consenting: Yes",
    "consents.given.*.scope": as_it_is,
    "consents.given.*.valid_until": day,
    "consents.given.*.guardian.name": as_it_is,
    "consents.given.*.guardian.relation": as_it_is,
    "consents.given.*.reach": "What Jo Consenting allows Only in",
    "consents.given.*.channel_kinds.*": "Listing sites, Websites",
    "consents.given.*.channels.*": as_it_is,
    "consents.given.*.purposes.*": "Only for the listing, marketing",
    "consents.given.*.territories.*": as_it_is,
    "consents.given.*.may_alter": "May be altered, says Jo Consenting Yes",
    "consents.given.*.to_providers": "May go to an AI service, says Jo Consenting No",
    "consents.given.*.files.*.name": as_it_is,
    "consents.given.*.files.*.sha256": first_twelve,
    "consents.given.*.revoked": "Jo Consenting: Yes",
    "consents.new_rights.*": "New release of May 4",
    "disclosure.digital_source": "Photograph altered with a trained model",
    "disclosure.alterations.*": "Furniture or objects added",
    "disclosure.original": "Before the sofa, v1",
    "disclosure.original_version": "Before the sofa, v1",
    "disclosure.note": as_it_is,
    "disclosure.same_view": "Confirmed: same room, same viewpoint",
    "disclosure.explanations.*.words": as_it_is,
    "disclosure.explanations.*.about": "Contradictions",
    "provenance.digital_source": "Known from the path Photograph altered with a trained model",
    "provenance.parent": "Version before v1",
    "carried_over.*": "Who is shown was carried over from “Before the sofa”, v1",
    "provenance.origin": "Uploaded",
    "provenance.maker": as_it_is,
    "provenance.provider": as_it_is,
    "provenance.provider_name": as_it_is,
    "provenance.ai_system": as_it_is,
    "provenance.model_asked": as_it_is,
    "provenance.model_reported": as_it_is,
    "provenance.prompt": as_it_is,
    "provenance.negative": as_it_is,
    "provenance.template": as_it_is,
    "provenance.seed": as_it_is,
    "provenance.terms": "Terms of the provider, read Nov 22, 2026",
    "provenance.file_says.c2pa.present": "Content Credentials",
    "provenance.file_says.c2pa.state": "Intact, by a signer who is not known here: a problem of it",
    "provenance.file_says.c2pa.travels": "Can go along with a signed file, without what is private",
    "provenance.file_says.c2pa.says.*": "Photograph",
    "provenance.file_says.iptc.digital_source": "Photograph altered with a trained model",
    "provenance.file_says.iptc.data_mining": "Prohibited for AI training",
    "provenance.file_says.*": as_it_is,
    "signing.signed": "Signed as",
    "signing.signer": as_it_is,
    "signing.trusted": "whom programs that check it do not know",
    "channels.*.name": as_it_is,
    "channels.*.kind": "Listing site",
    "channels.*.time_zone": as_it_is,
    "channels.*.rules.min_width": lambda value: f"At least {value} × ",
    "channels.*.rules.min_height": lambda value: f" × {value} pixels",
    "channels.*.rules.max_width": lambda value: f"fit {value} × ",
    "channels.*.rules.max_height": lambda value: f" × {value} pixels",
    "channels.*.rules.max_bytes": "at most 2.7 MB",
    "channels.*.rules.format": "Delivered as WEBP",
    "channels.*.rules.quality": lambda value: f"quality {value} of 100",
    "channels.*.rules.dpi": lambda value: f"Printed at {value} dots per inch",
    "channels.*.rules.allow_generated": "No generated pictures",
    "channels.*.rules.allow_altered": "No altered photographs",
    "channels.*.rules.allow_people": "No people",
    "channels.*.rules.needs_original": "An altered photograph needs its original",
    "channels.*.rules.needs_credit": "A credit line is required",
    "channels.*.rules.words_approved_apart": "The words are approved apart",
    "channels.*.rules.refused_alterations.*": "Never: renovated",
    "channels.*.territory.*": "California",
    "channels.*.profile.read_on": day,
    "channels.*.profile.first_day": lambda value: f"In force from {day(value)}",
    "channels.*.profile.last_day": lambda value: f"In force until {day(value)}",
    "channels.*.profile.is_draft": "A draft: its official text is still to be read",
    "channels.*.profile.language": "English is shown first",
    "channels.*.profile.must_say.0": "No word is required for pictures that are generated",
    "channels.*.profile.must_say.1": "A word is required also for people made or changed by AI",
    "channels.*.profile.caption_limit": "at most 47 characters",
    "channels.*.profile.icon": "An icon “AI generated” or “AI modified”",
    "channels.*.profile.burn_in": "Nothing may be written on the picture itself",
    "channels.*.profile.refuses_exteriors": "The outside of a house may not be altered",
    "channels.*.profile.refused_slots.*": "No altered picture in place 1",
    "channels.*.profile.words.en.statement": "A statement, with [link to the original]",
    "channels.*.profile.words.en.print_address": "Printed, with [link to the original]",
    "channels.*.profile.order": "immediately after the altered picture",
    "channels.*.profile.*": as_it_is,
}
"""Path of the dossier → how the page shows it. The first pattern that fits counts."""

EXEMPT = {
    "channels.seaview.profile.format": "The number of the profile's own form; a person judges what it holds.",
    "format": "The number of the dossier's own form; a person judges what it holds.",
    "asset": "An id, so that a dossier cannot be taken for another picture's; the title names it.",
}
"""Paths that need not be shown, with the reason."""


@dataclass(frozen=True)
class Seen:
    """A review with every fact given, and the words of its page."""

    facts: dict[str, Any]
    words: str


def paths(said: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value with its path; a list's items by their number."""
    inside = said.items() if isinstance(said, Mapping) else enumerate(said) if isinstance(said, list) else None
    if inside is None:
        yield path, said
        return
    for name, value in inside:
        yield from paths(value, f"{path}.{name}" if path else str(name))


def missing_from(words: str, facts: Mapping[str, Any]) -> list[str]:
    """What of the dossier the page does not show, or nobody has said how it would."""
    return [path for path, value in paths(facts) if path not in EXEMPT and not is_shown(path, value, words)]


def is_shown(path: str, value: Any, words: str) -> bool:
    how = next((how for pattern, how in HOW.items() if fnmatchcase(path, pattern)), None)
    if how is None:
        return False
    wanted = how if isinstance(how, str) else how(value)
    return bool(wanted) and wanted in words


def words_of(page: str) -> str:
    """What is read: without the form, whose hidden field carries the whole dossier, and without markup."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split()).replace(" ,", ",")


@pytest.fixture
def full(ada: User) -> Version:
    """A version of which everything that can be said is said, and everything otherwise."""
    made = ProvenanceData(
        provider="provider-key",
        provider_name="A provider",
        digital_source="compositeWithTrainedAlgorithmicMedia",
        ai_system="An AI system",
        model_asked="model-asked",
        model_reported="model-reported",
        prompt="words of the prompt",
        negative="no people please",
        template="Twilight, rev. 3",
        seed="4711",
        terms=library.TermsFactory.create(title="Terms of the provider"),
        found=FOUND,
    )
    listing = library.ListingFactory.create(reference="HB-1042", address="14 Harbor Street, Seaview")
    original = library.VersionFactory.create(
        by=ada, title="Before the sofa", digital_source="digitalCapture", listing=listing
    )
    options = {"listing": listing, "maker": "A maker", "provenance": made, "parent": original}
    version = library.ready_version(ada, title="The front room", **options)
    french = {"fr": "Un salon meublé virtuellement"}
    staged = "A front room, virtually staged"
    verbs.describe(version, text=staged, further=french, long="Doors on two sides.", by=ada)
    answer_everything(version, ada)
    consent(version, ada)
    new_rights(version, ada)
    verbs.say_who_is_shown(version, people="both", property="no", by=ada)
    alterations = ["VirtualStagingItemAddition"]
    composite = "compositeWithTrainedAlgorithmicMedia"
    note = "A sofa was added"
    verbs.mark(
        version, digital_source=composite, alterations=alterations, original=original, disclosure_note=note, by=ada
    )
    Version.objects.filter(pk=version.pk).update(carried_over=["consents"])  # as if nobody had looked since
    return library.explained(version, ada)


def consent(version: Version, by: User) -> None:
    given = GivenConsent(
        kind="person",
        name="Jo Consenting",
        given="yes",
        scope="The website",
        valid_until=date(2028, 2, 3),
        guardian_name="Mary Consenting",
        guardian_relation="mother",
        reach="limited",
        channel_kinds=["listing_site", "website"],
        channels=["Seaview homes"],
        territories=["California"],
        purposes=["listing", "marketing"],
        may_alter="yes",
        to_providers="no",
        files=[{"sha256": SIGNED, "name": "release.pdf", "media_type": "application/pdf", "size": 9}],
    )
    verbs.record_consent(version, given, by=by)


def new_rights(version: Version, by: User) -> None:
    """By which it may be used again, since it was withdrawn for rights before it was answered for."""
    with transaction.atomic(), time_machine.travel(clock.instant() - timedelta(days=1)):
        withdrawals.note([version], "The owner objected.", by=by)
    withdrawals.name_new_rights(version, "New release of May 4", by=by)


def answer_everything(version: Version, by: User, limits: Limits = Limits(may_alter="yes")) -> None:  # noqa: B008 - frozen
    answers = {
        question: GivenAnswer(Answer.YES, f"detail of {question.value}", f"source of {question.value}")
        for question in Question
    }
    terms = Terms.objects.filter(title="Terms of the license").first()
    terms = terms or library.TermsFactory.create(title="Terms of the license")
    verbs.answer_license(
        version,
        answers,
        holder="The owner",
        attribution="The credit line",
        valid_until=date(2029, 4, 5),
        url="https://license.example/read",
        creator="Jane Roe",
        notice="© 2026 Jane Roe, all rights kept",
        usage_terms="Not for political ads",
        licensor="Roe Pictures",
        licensor_url="https://roe.example/licenses",
        data_mining="DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        plan="Team",
        limits=limits,
        terms=terms,
        by=by,
    )


@pytest.fixture
def seen(full: Version, ada: User, rita: User, settings: Settings) -> Seen:
    them = signed.identity("Harbor Homes")
    settings.C2PA_CERTIFICATE, settings.C2PA_PRIVATE_KEY = them.chain, them.key
    review = factories.review(full, factories.channel("seaview"), by=ada)
    answer_everything(full, ada, LIMITS)  # they allow less than the channel, so nobody could submit it
    License.objects.filter(version=full).update(evidence=[{"name": "contract.pdf", "sha256": SIGNED}])
    Channel.objects.update(
        name="Seaview homes", kind="listing_site", time_zone="Pacific/Auckland", rules=RULES, disclosure=PROFILE,
        territory=["US-CA"],
    )  # fmt: skip
    page = browser_of(rita).get(reverse("approvals:review", args=[review.pk])).content.decode()
    return Seen(dossier.of_review(Review.objects.get(pk=review.pk)).facts, words_of(page))


def test_everything_that_is_judged_is_on_the_page(seen: Seen) -> None:
    assert missing_from(seen.words, seen.facts) == []


def test_the_dossier_of_this_test_has_every_path(seen: Seen) -> None:
    """A path without a value would prove nothing."""
    unused = [pattern for pattern in HOW if not any(fnmatchcase(path, pattern) for path, _ in paths(seen.facts))]
    empty = [path for path, value in paths(seen.facts) if value in ("", None)]
    assert (unused, empty) == ([], [])
    assert RULES.keys() ^ Rules.__dataclass_fields__.keys() == set()
    assert PROFILE.keys() ^ Profile.__dataclass_fields__.keys() == {"format"}
    assert SAID.keys() ^ Words.__dataclass_fields__.keys() == set()


def test_a_new_field_that_nobody_shows_is_found(seen: Seen) -> None:
    grown = seen.facts | {"mood": "cheerful", "file": seen.facts["file"] | {"color_space": "sRGB"}}
    assert missing_from(seen.words, grown) == ["file.color_space", "mood"]


def test_rights_that_the_file_states_are_not_folded(full: Version) -> None:
    rows = {row.value: row.source for section in sections(full) for row in section.rows}
    assert rows["EDITORIAL USE ONLY"] == "IPTC SpecialInstructions"
    assert rows["(c) 2026 Somebody else"] == "EXIF Copyright"
