"""The dossier of a review told in sections and rows, for whoever judges it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from approvals.channels import signing, verdict
from approvals.channels.disclosure import ORIGINAL
from approvals.channels.rules import BadRules
from approvals.models import Channel
from approvals.pages import delivered_words
from assets.library import inheriting
from assets.models import Answer, Consent, DigitalSource, Origin, Provenance, Reach, Shown, Version
from assets.pages.contributions import contributions
from assets.pages.file_statement import About, file_statement
from assets.provenance import agreement
from assets.provenance.alterations import in_plain_words
from assets.provenance.disclosure import comes_from
from assets.rights import consent_limits
from assets.rights.licenses import answers_of, further_facts, owner_of
from core import clock
from core.languages import name_of
from core.territories import name_of as name_of_place


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One fact for a page."""

    name: str
    value: str
    source: str = ""
    copied: bool = False
    """Whether people want to copy it: an id or a hash."""


@dataclass(frozen=True, slots=True)
class DossierSection:
    """Facts that belong together."""

    title: str
    rows: tuple[DossierRow, ...]
    anchor: str = ""
    sentences: tuple[str, ...] = ()
    hint: str = ""
    """What a section that starts folded holds."""


def sections(version: Version) -> list[DossierSection]:
    """What a reviewer reads of the version first."""
    return [
        *_contradictions(version),
        *_carried_over(version),
        DossierSection("Title and listing", tuple(_names(version)), "title"),
        DossierSection("Text", tuple(_words(version)), "alt_text"),
        DossierSection("License", tuple(_license(version)), "license"),
        DossierSection("People and property", tuple(_shown_rows(version)), "consents"),
        DossierSection("How it was made", tuple(_made(version)), "disclosure"),
        DossierSection("File", tuple(_file(version)), "file"),
        *_stated(version),
    ]


def _contradictions(version: Version) -> Iterator[DossierSection]:
    """First of all, where there are any: what contradicts what, and how that was explained."""
    if found := agreement.of(version):
        rows = tuple(DossierRow(each.words, each.explanation or "Not explained") for each in found)
        yield DossierSection("Contradictions", rows, agreement.PANEL)


def _carried_over(version: Version) -> Iterator[DossierSection]:
    """What nobody has looked at since it came from the version before."""
    if version.carried_over:
        sentences = tuple(inheriting.sentence(version, part) for part in version.carried_over)
        yield DossierSection("Carried over", (), sentences=sentences)


def _stated(version: Version) -> Iterator[DossierSection]:
    """What the file itself says of its rights and its making, which nobody here has written."""
    for title, about in (("Rights stated in the file", About.RIGHTS), ("The file says of its making", About.MAKING)):
        if rows := tuple(_as_the_file_says(version, about)):
            yield DossierSection(title, rows)


def _as_the_file_says(version: Version, about: About) -> Iterator[DossierRow]:
    return (DossierRow(fact.name, fact.value, fact.source) for fact in file_statement(version, about))


def folded_sections(version: Version, channels: Sequence[Channel]) -> list[DossierSection]:
    """What else is judged, and who worked on it: long, mostly as expected, and one click away."""
    said = tuple(_as_the_file_says(version, About.ALL_ELSE))
    people = tuple(DossierRow(each.person, each.words) for each in contributions(version))
    file = [DossierSection("File metadata", said, hint="what the file says about itself")] if said else []
    return [
        *_delivered(version, channels),
        DossierSection("Who worked on it", people, hint=", ".join(row.name for row in people)),
        *file,
        *(_channel(channel) for channel in channels),
    ]


def _delivered(version: Version, channels: Sequence[Channel]) -> Iterator[DossierSection]:
    if rows := tuple(DossierRow(*each) for each in delivered_words.told(version, channels)):
        yield DossierSection("What the file will say", rows, hint="inside each delivered file")


def _channel(channel: Channel) -> DossierSection:
    return DossierSection(
        channel.name,
        (
            DossierRow("Kind", str(channel.get_kind_display())),
            DossierRow("Territory", ", ".join(name_of_place(code) for code in channel.territory) or "Not stated"),
            DossierRow("Time zone", channel.time_zone or "The team’s", "Licenses end with the day there."),
        ),
        sentences=tuple(_accepted(channel)),
        hint="rules and disclosure text",
    )


def _accepted(channel: Channel) -> Iterator[str]:
    try:
        rules, profile = verdict.read(channel)
    except BadRules as error:
        yield f"The rules cannot be read: {error}"
        return
    yield from rules.in_words()
    yield f"Saved at quality {rules.quality} of 100."
    yield from (words.replace(ORIGINAL, "[link to the original]") for words in profile.in_words())


def _names(version: Version) -> Iterator[DossierRow]:
    yield DossierRow("Title", version.asset.title)
    if listing := version.asset.listing:
        yield DossierRow("Listing", listing.reference, listing.title)
        yield DossierRow("Address", listing.address or "Not stated")


def _words(version: Version) -> Iterator[DossierRow]:
    if version.decorative:
        yield DossierRow("Alt text", "Decorative. Screen readers skip it.")
    else:
        yield DossierRow("Alt text", version.alt_text or "Missing", name_of(version.alt_language))
    if version.long_description:
        yield DossierRow("Long description", version.long_description)
    for translation in version.translations.all():
        yield DossierRow(f"In {translation.language_name}", translation.text)


def _license(version: Version) -> Iterator[DossierRow]:
    license = version.license
    if license is None:
        yield DossierRow("License", "Nothing answered yet")
        return
    for question, given in answers_of(license).items():
        label = str(given.answer.label)
        yield DossierRow(str(question.label), f"{label}: {given.detail}" if given.detail else label, given.source)
    yield DossierRow("Owner", owner_of(license))
    yield DossierRow("Credit line", license.attribution or "None")
    yield DossierRow("Expires", clock.written(license.valid_until) if license.valid_until else "Never")
    yield from (DossierRow(name, value) for name, value in further_facts(license))
    for file in license.evidence:
        yield DossierRow("Evidence", file["name"], file["sha256"][:12])
    if license.terms:
        yield DossierRow("Terms", str(license.terms), license.terms.source_url)


def _shown_rows(version: Version) -> Iterator[DossierRow]:
    yield DossierRow("People", str(Shown(version.shows_people).label))
    yield DossierRow("Private property", str(Answer(version.shows_property).label))
    for consent in version.all_consents:
        yield from _consent(consent)
    for words in version.new_rights.values():
        yield DossierRow("May be used again", words, "It was withdrawn for rights before.")


def _consent(consent: Consent) -> Iterator[DossierRow]:
    answer = "Revoked" if consent.is_revoked else str(Answer(consent.given).label)
    until = f", until {clock.written(consent.valid_until)}" if consent.valid_until else ""
    yield DossierRow(str(Consent.Kind(consent.kind).label), f"{consent.name}: {answer}{until}", consent.scope)
    if consent.guardian_name:
        yield DossierRow(f"Signed for {consent.name}", consent.guardian_name, consent.guardian_relation)
    limits = "; ".join(consent_limits.in_words(consent)) if consent.reach == Reach.LIMITED else ""
    reach = limits or str(Reach(consent.reach).label)
    yield DossierRow(f"What {consent.name} allows", reach)
    yield DossierRow(f"May be altered, says {consent.name}", str(Answer(consent.may_alter).label))
    yield DossierRow(f"May go to an AI service, says {consent.name}", str(Answer(consent.to_providers).label))
    for file in consent.files:
        yield DossierRow(f"Signed by {consent.name}", file["name"] or "Document", f"document {file['sha256'][:12]}")


def _made(version: Version) -> Iterator[DossierRow]:
    yield DossierRow("Source", str(Origin(version.origin).label), version.maker)
    if version.parent:
        yield DossierRow("Version before", version.parent.label)
    yield DossierRow("Kind of picture", str(DigitalSource(version.digital_source).label))
    if version.alterations:
        yield DossierRow("Altered", "; ".join(in_plain_words(name) for name in version.alterations))
    if version.disclosure_note:
        yield DossierRow("Note", version.disclosure_note)
    if version.original:
        yield DossierRow("Original", str(version.original), _how_paired(version, version.original))
    yield from _provenance(getattr(version, "provenance", None))


def _how_paired(version: Version, original: Version) -> str:
    if version.same_view:
        return "Confirmed: same room, same viewpoint"
    return "It was made from it here" if comes_from(version, original) else "Not confirmed to show the same view"


def _provenance(made: Provenance | None) -> Iterator[DossierRow]:
    if made is None:
        return
    if made.digital_source:
        yield DossierRow("Known from the path", agreement.label_of(made.digital_source), "Made here as this")
    if made.provider or made.provider_name:
        yield DossierRow("Provider", made.provider_name or made.provider, made.provider if made.provider_name else "")
    if made.system:
        yield DossierRow("AI system", made.system)
    if made.model_asked:
        reported = f"Reports itself as {made.model_reported}" if made.model_reported else ""
        yield DossierRow("Model", made.model_asked, reported)
    if made.prompt:
        yield DossierRow("Prompt", made.prompt, made.template)
    if made.negative:
        yield DossierRow("Exclude", made.negative)
    if made.seed:
        yield DossierRow("Seed", made.seed)
    if made.terms:
        yield DossierRow("Provider’s terms", str(made.terms))
    if made.purpose:
        yield DossierRow("Purpose", made.purpose)


def _file(version: Version) -> Iterator[DossierRow]:
    yield DossierRow("Version", f"v{version.number}, added {clock.written(version.created_at)}")
    yield DossierRow("Size", f"{version.width} × {version.height} pixels", version.media_type)
    yield DossierRow("SHA-256", version.sha256, copied=True)
    yield DossierRow("Delivered", signing.in_words(signing.facts()), "Content Credentials")
