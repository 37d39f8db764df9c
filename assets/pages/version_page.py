"""All that is known about one version, gathered for its page: the same for the page and for every fragment of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.forms import Form
from django.urls import reverse

from assets.alt_texts.forms import AltTextForm
from assets.imaging.rendering import SPECS, fitted, srcset_of
from assets.library import readiness
from assets.library.consent_forms import ChooseConsentForm, ConsentForm, EvidenceForm, NewRightsForm
from assets.library.forms import RenameForm
from assets.models import Consent, LicenseSet, Provenance, RightsWithdrawal, Terms, Version
from assets.models.version import Status
from assets.pages.contributions import Contribution, contributions
from assets.pages.file_statement import About, FileFact, file_statement
from assets.pages.history import HistoryEntry, history_of
from assets.provenance.alterations import in_plain_words
from assets.provenance.forms import DisclosureForm, ExplanationForm
from assets.rights import licenses, terms, withdrawals
from assets.rights.forms import ChosenSetForm, LicenseForm, ShownForm
from assets.rights.licenses import QUESTIONS, Asked, GivenAnswer
from assets.versions import changing
from core import clock
from core.errors import Finding
from core.models import User

PANELS = {
    "agreement": "contradictions",
    "alt_text": "alt text",
    "license": "license",
    "consents": "people and property",
    "disclosure": "disclosure",
}
"""Field of a finding, which is also the id of its panel → its name in words."""


@dataclass(frozen=True)
class Lack:
    """One panel in which something is missing."""

    panel: str
    words: str
    count: int


@dataclass(frozen=True)
class Answered:
    """One license question with the answer that stands."""

    asked: Asked
    answer: GivenAnswer

    @property
    def state(self) -> str:
        return self.answer.answer


@dataclass(frozen=True)
class Line:
    """A finding within its own panel, where there is nowhere else to go to fix it."""

    words: str
    severity: str

    @property
    def blocks(self) -> bool:
        return self.severity == "blocks"


@dataclass
class VersionPage:
    """Everything the page of a version shows. Forms that somebody has just filled in wrongly are handed in."""

    version: Version
    viewer: User | AnonymousUser
    editing: str = ""
    filled: dict[str, Form] = field(default_factory=dict)

    # What may be done

    @cached_property
    def may_edit(self) -> bool:
        return self.viewer.has_perm(changing.RIGHT) and self.version.status not in changing.CLOSED

    @property
    def may_archive(self) -> bool:
        return self.may_edit and self.version.status != Status.IN_REVIEW

    @property
    def stops_releases(self) -> bool:
        """Whether a change of words takes back what was approved."""
        return self.version.status == Status.APPROVED

    @property
    def guarded(self) -> bool:
        """Whether somebody is judging these words, or has approved them: they open only when asked for."""
        return self.may_edit and self.version.status in {Status.APPROVED, Status.IN_REVIEW}

    @property
    def is_open(self) -> bool:
        """Whether the page shows forms."""
        return self.may_edit and bool(not self.guarded or self.editing or self.filled)

    # What comes next

    @property
    def must_complete(self) -> bool:
        """Whether something is missing that keeps the version from a review."""
        return bool(self.lacks) and self.version.status not in {Status.REJECTED, Status.ARCHIVED}

    @property
    def may_be_submitted(self) -> bool:
        """Whether everything is there, and the next step is to submit it."""
        waits = self.version.status in {Status.DRAFT, Status.CHANGES_REQUESTED, Status.WITHDRAWN}
        return waits and not self.must_complete

    @property
    def is_draft(self) -> bool:
        """Whether nobody has judged it yet: submitting it is then the main thing to do."""
        return self.version.status == Status.DRAFT

    @property
    def came_back(self) -> bool:
        """Whether a reviewer asked for changes, which come before the next review."""
        return self.version.status == Status.CHANGES_REQUESTED

    # What is missing

    @cached_property
    def findings(self) -> list[Finding]:
        return readiness.findings(self.version, clock.today())

    @cached_property
    def lacks(self) -> list[Lack]:
        """The panels in which something blocks, in the order of the page."""
        blocking = [finding.field for finding in self.findings if finding.blocks]
        return [Lack(panel, words, blocking.count(panel)) for panel, words in PANELS.items() if panel in blocking]

    def lines(self, panel: str) -> list[Line]:
        return [Line(finding.words, finding.severity) for finding in self.findings if finding.field == panel]

    @property
    def alt_lines(self) -> list[Line]:
        return self.lines("alt_text")

    @property
    def license_lines(self) -> list[Line]:
        """The findings of the license; questions without an answer are counted, since the panel lists them anyway."""
        of_license = [finding for finding in self.findings if finding.field == "license"]
        known = [Line(each.words, each.severity) for each in of_license if not each.code.endswith("_unknown")]
        open_ones = len(of_license) - len(known)
        words = "One question has no answer yet." if open_ones == 1 else f"{open_ones} questions have no answer yet."
        return [Line(words, "blocks"), *known] if open_ones else known

    @property
    def consent_lines(self) -> list[Line]:
        return self.lines("consents")

    @property
    def disclosure_lines(self) -> list[Line]:
        return self.lines("disclosure")

    # The picture and its versions

    @property
    def asset_id(self) -> str:
        return str(self.version.asset_id)

    @property
    def address(self) -> str:
        """Address of the page, on which `?edit=` opens a form."""
        return self.version.get_absolute_url()

    @property
    def size(self) -> tuple[int, int]:
        return fitted(self.version.width, self.version.height, SPECS["preview"])

    @property
    def srcset(self) -> str:
        """The copies that a browser may choose from."""
        small, whole = (reverse("assets:file", args=(self.version.pk, name)) for name in ("small", "preview"))
        return srcset_of(self.version.width, self.version.height, small, whole)

    @cached_property
    def versions(self) -> list[Version]:
        return list(self.version.asset.versions.order_by("-number"))

    @property
    def newest(self) -> Version:
        return self.versions[0]

    @property
    def is_earlier(self) -> bool:
        """Whether a newer version is there."""
        return self.newest.pk != self.version.pk

    @cached_property
    def altered(self) -> list[Version]:
        """Pictures that were made from this one."""
        return list(self.version.altered.select_related("asset").order_by("created_at"))

    # Rights

    @cached_property
    def answers(self) -> list[Answered]:
        given = licenses.answers_of(self.version.license)
        return [Answered(asked, given[asked.question]) for asked in QUESTIONS]

    @property
    def owner(self) -> str:
        return licenses.owner_of(self.version.license) if self.version.license else ""

    @property
    def further_license_facts(self) -> list[tuple[str, str]]:
        """What else the license says: who made the picture, its notice, its limits."""
        return list(licenses.further_facts(self.version.license)) if self.version.license else []

    @cached_property
    def newer_terms(self) -> Terms | None:
        return terms.newer_terms(self.version)

    @property
    def answering(self) -> bool:
        """Whether the license form is open: asked for, just filled in wrongly, or nothing was answered yet."""
        untouched = all(answered.state == "unknown" for answered in self.answers)
        return self.is_open and (self.editing in {"license", "terms"} or "license" in self.filled or untouched)

    @cached_property
    def consents(self) -> list[Consent]:
        return self.version.all_consents

    @property
    def changing(self) -> Consent | None:
        """The consent whose form is open."""
        return next((each for each in self.consents if self.editing == f"consent-{each.pk}"), None)

    @property
    def recording(self) -> bool:
        """Whether the form of a consent, new or kept, is open."""
        return "consent" in self.editing

    @property
    def choosing_consent(self) -> bool:
        """Whether the field for a consent that is there already was just filled in wrongly."""
        return "choose_consent" in self.filled

    @cached_property
    def withdrawn(self) -> list[RightsWithdrawal]:
        """When rights to these bytes ended, here or in another picture."""
        return withdrawals.of_bytes(self.version.sha256)

    # Provenance

    @cached_property
    def made(self) -> Provenance | None:
        return getattr(self.version, "provenance", None)

    @property
    def other_model(self) -> str:
        """The model that the provider names, where it is not the one that was asked for."""
        made = self.made
        return made.model_reported if made and made.model_reported != made.model_asked else ""

    @property
    def sent(self) -> str:
        return _as_text(self.made.parameters) if self.made else ""

    @property
    def in_effect(self) -> str:
        return _as_text(self.made.in_effect) if self.made else ""

    @property
    def stated_rights(self) -> list[FileFact]:
        """What the file says of whose it is and what may be done with it."""
        return file_statement(self.version, About.RIGHTS)

    @property
    def stated_making(self) -> list[FileFact]:
        """What the file says of how it was made: AI marks among it."""
        return file_statement(self.version, About.MAKING)

    @property
    def found(self) -> list[FileFact]:
        """What else the file says about itself."""
        return file_statement(self.version, About.ALL_ELSE)

    @property
    def alterations(self) -> list[str]:
        return [in_plain_words(value) for value in self.version.alterations]

    @cached_property
    def history(self) -> list[HistoryEntry]:
        return history_of(self.version)

    @cached_property
    def contributions(self) -> list[Contribution]:
        """Who worked on it."""
        return contributions(self.version)

    # Forms

    @property
    def alt_form(self) -> Form:
        return self.filled.get("alt_text") or AltTextForm.of(self.version)

    @property
    def license_form(self) -> Form:
        if "license" in self.filled:
            return self.filled["license"]
        newer = self.newer_terms if self.editing == "terms" else None
        return LicenseForm.of(self.version, instead=newer, answers=licenses.answers_of(newer) if newer else None)

    @cached_property
    def license_set(self) -> LicenseSet | None:
        """The set that the license is taken from."""
        return self.version.license.set if self.version.license else None

    @cached_property
    def license_set_form(self) -> Form | None:
        """The choice of a set; none where there is none to choose."""
        if "license_set" in self.filled:
            return self.filled["license_set"]
        form = ChosenSetForm(initial={"license_set": self.license_set})
        return form if LicenseSet.objects.filter(active=True).exists() else None

    @property
    def shown_form(self) -> Form:
        return self.filled.get("shown") or ShownForm.of(self.version)

    @property
    def consent_form(self) -> Form:
        if "consent" in self.filled:
            return self.filled["consent"]
        return ConsentForm.of(self.changing)

    @property
    def evidence_form(self) -> Form:
        return self.filled.get("evidence") or EvidenceForm.of()

    @property
    def choose_consent_form(self) -> Form:
        return self.filled.get("choose_consent") or ChooseConsentForm()

    @property
    def new_rights_form(self) -> Form:
        return self.filled.get("new_rights") or NewRightsForm.of(self.version.new_rights)

    @property
    def disclosure_form(self) -> Form:
        return self.filled.get("disclosure") or DisclosureForm.of(self.version)

    @property
    def explanation_form(self) -> Form:
        return self.filled.get("agreement") or ExplanationForm.of(self.version)

    @property
    def title_refused(self) -> bool:
        """Whether a new title was just sent that cannot be one."""
        return self.editing == "title"

    @property
    def rename_form(self) -> Form:
        return self.filled.get("rename") or RenameForm(initial={"title": self.version.asset.title})


def _as_text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False, sort_keys=True) if values else ""
