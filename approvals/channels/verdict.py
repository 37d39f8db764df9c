"""The verdict: what stands in the way of one version in one channel on one day, and what has been met.

The same findings serve the pages, the API and whoever decides. `judge` is a plain function over plain facts; `findings`
gathers those facts. Codes are stable: other programs may rely on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from approvals.channels import disclosure, signing
from approvals.channels.disclosure import Disclosure
from approvals.channels.profiles import ORIGINAL, PEOPLE, Profile
from approvals.channels.rules import BadRules, Rules
from approvals.models import Channel, Release
from approvals.models.document import BurnIn, Kind
from assets.alt_texts import checking
from assets.alt_texts.rules import caption_repeated
from assets.imaging.rendering import Spec, fitted
from assets.library import inheriting
from assets.models import Answer, Provenance, Question, Shown, Version
from assets.models.consent import ANYBODY
from assets.provenance import agreement
from assets.provenance import disclosure as stated
from assets.provenance.alterations import in_plain_words
from assets.rights import consents, licenses, limits, validity
from assets.rights.limits import Use
from assets.versions import dossier as library_dossier
from core import clock
from core.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """What a channel's rules are held against."""

    width: int
    height: int
    kind: Kind | None
    """None when nobody has said how the picture came to be."""
    alterations: tuple[str, ...] = ()
    has_original: bool = False
    original_is_photograph: bool = False
    original_is_released: bool = False
    shows_people: str = Shown.UNKNOWN
    credit: str = ""
    disclosure_note: str = ""
    is_intact: bool = True
    """Whether the stored hash still fits the stored words."""
    channel_is_active: bool = True
    signing: Mapping[str, Any] = field(default_factory=dict)
    """Whether what is delivered is signed, as the dossier says it; `over` where the certificate has ended."""
    brought: Mapping[str, Any] = field(default_factory=dict)
    """The Content Credentials that the file came with, as they were read."""
    digital_source: str = ""
    on: date | None = None
    """The day that it is in the channel; None where the profile's days are not asked."""


def findings(version: Version, channel: Channel, on: date) -> list[Finding]:
    """All findings, those that block first; what was met comes last. Rules that cannot be read block everything."""
    try:
        rules, profile = read(channel)
    except BadRules as error:
        return [Finding("rules_unreadable", f"The rules of {channel} cannot be read: {error}", field="channels")]
    judged = judge(gather(version, channel, on), rules, profile)
    codes = {finding.code for finding in judged}
    found = [
        *checking.alt_text_findings(version),
        *validity.findings(version, on),
        *judged,
        *(finding for finding in stated.unfit(version) if finding.code not in codes),
        *agreement.findings(version),
        *inheriting.findings(version),
        *_caption(version, profile),
        *_limits(version, channel, on),
        *consents.findings_in(version, channel.kind, (channel.slug, channel.name)),
    ]
    found += _met({finding.field for finding in found})
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


def read(channel: Channel) -> tuple[Rules, Profile]:
    """The channel's rules and profile; `BadRules` when what is stored cannot be read."""
    return Rules.parse(channel.rules), Profile.parse(channel.disclosure)


def words_apart(channels: Iterable[Channel]) -> bool:
    """Whether one of the channels has the words approved apart. Rules that cannot be read block by themselves."""
    for channel in channels:
        with suppress(BadRules):
            if Rules.parse(channel.rules).words_approved_apart:
                return True
    return False


def spec_of(rules: Rules) -> Spec:
    """As what a release in a channel with these rules is delivered."""
    return Spec("release", rules.max_width or 10_000, rules.max_height or 10_000, rules.format, rules.quality)


def kind_of(version: Version) -> Kind | None:
    """What the picture is to the people who look at it; None when that is not stated."""
    return disclosure.kind_of(version.digital_source, version.alterations)


def gather(version: Version, channel: Channel, on: date) -> ChannelContext:
    """Read from the database what `judge` needs."""
    original = version.original
    return ChannelContext(
        width=version.width,
        height=version.height,
        kind=kind_of(version),
        alterations=tuple(version.alterations),
        has_original=original is not None,
        original_is_photograph=original is not None and kind_of(original) is Kind.PHOTOGRAPH,
        original_is_released=original is not None
        and Release.objects.live(on).filter(version=original, channel=channel).exists(),
        shows_people=version.shows_people,
        credit=version.license.attribution if version.license else "",
        disclosure_note=version.disclosure_note,
        is_intact=library_dossier.is_intact(version),
        channel_is_active=channel.active,
        signing=signing.facts() | {"over": signing.is_over(on)},
        brought=_brought(version),
        digital_source=version.digital_source,
        on=on,
    )


def _limits(version: Version, channel: Channel, on: date) -> Iterator[Finding]:
    """The license's limits against what the channel is, on the day that it is there."""
    allowed = limits.of(version.license)
    if allowed is None:
        return
    sublicense = licenses.answers_of(version.license)[Question.SUBLICENSE].answer
    yield from limits.findings(allowed, use_of(version, channel), sublicense, on)


def use_of(version: Version, channel: Channel) -> Use:
    """The version in the channel, as far as a license may limit it."""
    listing, of_original = version.asset.listing, limits.of(version.original.license if version.original else None)
    return Use(
        channel=channel.slug,
        kind=channel.kind,
        territory=tuple(channel.territory),
        listing=listing.reference if listing else "",
        is_altered=version.is_altered,
        original_may_alter=of_original.may_alter if of_original else Answer.UNKNOWN,
    )


def _brought(version: Version) -> Mapping[str, Any]:
    made: Provenance | None = getattr(version, "provenance", None)
    brought = made.found.get("c2pa") if made else None
    return brought if isinstance(brought, Mapping) else {}


def judge(facts: ChannelContext, rules: Rules, profile: Profile) -> list[Finding]:
    """What a channel's rules say about these facts."""
    return [
        *_whole(facts),
        *_size(facts, rules),
        *_kind(facts, rules),
        *_original(facts, rules),
        *_people_and_credit(facts, rules),
        *_disclosure(facts, profile),
        *signing.judge(facts.signing, facts.brought),
    ]


def _whole(facts: ChannelContext) -> Iterator[Finding]:
    if not facts.channel_is_active:
        yield Finding("channel_closed", "The channel is switched off.", field="channels")
    if not facts.is_intact:
        yield Finding(
            "dossier_damaged",
            "The stored details of the picture do not match its hash. Save its text again.",
            field="file",
        )


def _size(facts: ChannelContext, rules: Rules) -> Iterator[Finding]:
    width, height = fitted(facts.width, facts.height, spec_of(rules))
    if width >= rules.min_width and height >= rules.min_height:
        return
    made = "" if (width, height) == (facts.width, facts.height) else f", delivered as {width} × {height}"
    yield Finding(
        "size_too_small",
        f"The picture is {facts.width} × {facts.height} pixels{made}; "
        f"this channel needs {rules.min_width} × {rules.min_height} or more. Make it again at a larger size.",
        field="file",
    )


def _kind(facts: ChannelContext, rules: Rules) -> Iterator[Finding]:
    if facts.kind is None:
        yield Finding(
            "source_unknown",
            "Nobody has said how the picture was made: photograph, altered, or generated.",
            field="disclosure",
        )
    if facts.kind in (Kind.GENERATED, Kind.DRAWN) and not rules.allow_generated:
        yield Finding(
            "generated_refused",
            "This channel accepts photographs only, and this picture is not based on one.",
            field="channels",
        )
    if facts.kind is not Kind.ALTERED:
        return
    if not facts.alterations:
        yield Finding("alterations_missing", "Nobody has said what was altered in it.", field="disclosure")
    if not rules.allow_altered:
        yield Finding("altered_refused", "This channel does not accept altered photographs.", field="channels")
    for name in facts.alterations:
        if name in rules.refused_alterations:
            words = f"This channel does not accept this alteration: {in_plain_words(name).lower()}."
            yield Finding("alteration_refused", words, field="disclosure")


def _original(facts: ChannelContext, rules: Rules) -> Iterator[Finding]:
    if facts.kind is not Kind.ALTERED or not rules.needs_original:
        return
    if not facts.has_original:
        yield Finding(
            "original_missing", "The unaltered original is not linked. Upload or choose it.", field="disclosure"
        )
    elif not facts.original_is_photograph:
        yield Finding(
            "original_not_photograph",
            "The linked original is not marked as a photograph.",
            field="disclosure",
        )
    elif not facts.original_is_released:
        yield Finding(
            "original_not_released",
            "The original is not live in this channel yet. Have it approved here first.",
            field="disclosure",
        )


def _people_and_credit(facts: ChannelContext, rules: Rules) -> Iterator[Finding]:
    if facts.shows_people in ANYBODY and not rules.allow_people:
        yield Finding("people_refused", "This channel does not accept pictures with people.", field="consents")
    if rules.needs_credit and not facts.credit.strip():
        yield Finding("credit_missing", "This channel prints a credit line, and there is none.", field="license")


def _disclosure(facts: ChannelContext, profile: Profile) -> Iterator[Finding]:
    if profile.is_draft:
        words = f"The disclosure text of this channel is a draft: “{profile.name}”. Read its official text first."
        yield Finding("profile_is_draft", words, field="channels")
    if facts.kind in (None, Kind.PHOTOGRAPH):
        return
    yield from _profile_days(facts, profile)
    yield from _words(facts, profile)
    if facts.kind is Kind.ALTERED:
        yield from _altered(facts, profile)


def _profile_days(facts: ChannelContext, profile: Profile) -> Iterator[Finding]:
    """Rules begin and end on a day; before and after, nobody has said what must be told."""
    if facts.on is None or profile.in_force(facts.on):
        return
    if profile.first_day and facts.on < profile.first_day:
        words = f"The disclosure text of this channel is for use from {clock.written(profile.first_day)} on."
    else:
        words = f"The disclosure text of this channel was for use until {clock.written(profile.last_day)}."
    yield Finding("profile_not_in_force", words, field="channels")


def _words(facts: ChannelContext, profile: Profile) -> Iterator[Finding]:
    said = _said(facts, profile)
    if facts.kind in profile.must_say and not said.says_something:
        words = f"This channel has no disclosure text for {facts.kind} pictures, so people would not be told."
        yield Finding("disclosure_silent", words, field="channels")
    if PEOPLE in profile.must_say and disclosure.people_by_ai(facts.kind, facts.shows_people) and not said.people:
        words = "This channel has no words for people made by AI, so nobody would be told."
        yield Finding("people_not_told", words, field="channels")
    if placeholder := disclosure.unresolved(said, has_original=facts.has_original):
        missing = "there is no original to link to" if placeholder == ORIGINAL else "nothing is ever put there"
        words = f"The disclosure text holds the placeholder “{placeholder}”, and {missing}."
        yield Finding("statement_unresolved", words, field="disclosure" if placeholder == ORIGINAL else "channels")
    if text := disclosure.untrue(said, facts.alterations, facts.digital_source):
        words = f"The disclosure text “{text}” is not true of this picture. Give the channel words that are."
        yield Finding("disclosure_untrue", words, field="channels")
    if said.burn_in == BurnIn.REQUIRED and said.says_something:
        words = "This channel wants its label written on the picture, which the portal cannot do yet."
        yield Finding("burn_in_not_possible", words, field="channels")


def _said(facts: ChannelContext, profile: Profile) -> Disclosure:
    """The channel's own words, without the author's note."""
    return disclosure.disclose(
        profile,
        facts.kind or Kind.PHOTOGRAPH,
        alterations=facts.alterations,
        digital_source=facts.digital_source,
        people=disclosure.people_by_ai(facts.kind, facts.shows_people),
    )


def _altered(facts: ChannelContext, profile: Profile) -> Iterator[Finding]:
    """What only a person can see or keep, and what the note should say."""
    if profile.refuses_exteriors:
        words = "This channel does not accept altered exteriors. Look whether this shows the outside of the property."
        yield Finding("look_for_exterior", words, severity=Severity.WARNS, field="channels")
    if not facts.disclosure_note:
        yield Finding(
            "disclosure_note_missing",
            "The disclosure note is empty. Say there what readers should know, such as “Sofa and rug added”.",
            severity=Severity.WARNS,
            field="disclosure",
        )


def _caption(version: Version, profile: Profile) -> Iterator[Finding]:
    """The channel's caption is read right beside the alt text."""
    kind = kind_of(version)
    stated = {"alterations": version.alterations, "digital_source": version.digital_source}
    caption = disclosure.disclose(profile, kind, note=version.disclosure_note, **stated).caption if kind else ""
    if caption and caption.strip().casefold() == version.alt_text.strip().casefold():
        yield caption_repeated("this channel’s caption")


MET = {
    "alt_text": ("alt_text_met", "The alt text is present and reads well."),
    "license": ("license_met", "The license allows this use today."),
    "consents": ("consents_met", "People and property are stated, with consent where needed."),
    "disclosure": ("disclosure_met", "How it was made is stated, and the channel discloses it."),
    "agreement": ("agreement_met", "The file, where it came from, and what is stated agree."),
    "file": ("file_met", "The file is large enough and unchanged."),
    "channels": ("channels_met", "This channel accepts this kind of picture."),
}
"""Part of the dossier → what is said when nothing was found there."""


def _met(found: set[str]) -> list[Finding]:
    return [Finding(code, words, Severity.INFORMS, field) for field, (code, words) in MET.items() if field not in found]
