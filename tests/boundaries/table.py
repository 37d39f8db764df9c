"""Who may read and who may do what: one row for each address, and for each verb that an address takes.

An address without a row fails a test. What a row sends would be accepted from whoever may, so that a refusal is about
the person and not about the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.reviews import dossier
from assets.models import Question
from generation.models import TemplateRevision
from generation.prompt_templates import transfer
from tests.boundaries.world import CALLERS, World, color_fields, model_of
from tests.generation.scripted import png

ALL = " ".join(CALLERS)
TEAM = "ada rita mona max"
MAKERS = EDITORS = SUBMITTERS = "ada max"
DECIDERS = "rita max"
WITHDRAWERS = "rita mona max"
MANAGERS = "mona max"
SITE = "bricks"
LOG = ("core_logentry", "core_loghead", "core_logsubject")
"""Written by whoever hands out what is not released."""

Sends = Callable[[World], Mapping[str, Any]]


def a_limit(world: World) -> Mapping[str, Any]:
    return {"budget": world.places["budget"].slot, "limit": "75"}


def nothing(world: World) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """`see` may read it and `do` may post to it, as names of callers; with nobody the method is not there at all."""

    route: str
    see: str = ""
    do: str = ""
    fill: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the address that differ from `FILLS`: a word, or the name of one of the world's places."""
    sends: Sends = nothing
    shows: int = 200
    done: int = 302
    changes: bool = True
    """Whether a post that is accepted changes what is stored."""
    writes: Sequence[str] = ()
    """The tables in which a GET is written down."""
    reads: Sequence[str] = ()
    """What its query may hold."""
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Values of its form that it refuses with 422."""
    keeps: Sequence[str] = ()
    """Text fields of its form that come back as they were typed when it is refused."""

    def __str__(self) -> str:
        return f"/{self.route} {' '.join(self.fill.values())}".strip()

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/v1/")

    @property
    def is_public(self) -> bool:
        return ALL in (self.see, self.do)

    def filled(self, world: World) -> dict[str, Any]:
        """The values of its parameters in this world."""
        return {name: _value(world, given) for name, given in {**FILLS, **self.fill}.items()}


FILLS = {
    "asset_id": "ready.asset_id",
    "brief_id": "brief.pk",
    "change_id": "change.pk",
    "consent_id": "consent.pk",
    "decision_id": "decision.pk",
    "image": "live.pk",
    "job_id": "queued.pk",
    "key": "=scripted",
    "key_id": "spare_key.pk",
    "listing_id": "listing.pk",
    "message_id": "unsent.pk",
    "number": "=1",
    "output_id": "new.pk",
    "picture_id": "ready.pk",
    "plan_id": "plan.pk",
    "release_id": "live.pk",
    "review_id": "waiting.pk",
    "revision_id": "first.pk",
    "set_id": "license_set.pk",
    "sha256": "consent_file.sha256",
    "slug": "=house",
    "spec": "=thumb",
    "terms_id": "terms.pk",
    "version_id": "ready.pk",
}
"""Parameter -> one of the world's places and what of it, or after = the word itself."""


def _value(world: World, given: str) -> Any:
    if given.startswith("="):
        return given[1:]
    place, _, attribute = given.partition(".")
    return attrgetter(attribute)(world.places[place])


def fixed(**values: str) -> Sends:
    """Always the same."""
    return lambda world: values


def prefixed(prefix: str, **values: str) -> Sends:
    return fixed(**{f"{prefix}-{name}": value for name, value in values.items()})


def a_picture(**values: str) -> Sends:
    """A file, and what is said with it."""
    return lambda world: {**values, "pictures": SimpleUploadedFile("kitchen.png", png("brought"), "image/png")}


def a_listing(reference: str) -> Sends:
    fact = {"fact-TOTAL_FORMS": "1", "fact-0-name": "garden", "fact-0-value": "walled courtyard"}
    return fixed(reference=reference, title="7 Harbor Street", address="Seaview", **fact)


def a_consent(world: World) -> Mapping[str, Any]:
    return {"consent": world.places["further_consent"].label}


def all_answers(world: World) -> Mapping[str, Any]:
    given = {f"license-ask_{question.value}": "yes" for question in Question}
    return given | {"license-holder": "Harbor Homes", "license-attribution": "Harbor Homes"}


def a_license(name: str) -> Sends:
    given = {f"ask_{question.value}": "yes" for question in Question}
    return fixed(
        **given, name=name, holder="Stock Co.", notice="© 2026 Stock Co.", attribution="Stock Co.", active="on"
    )


def some_terms(world: World) -> Mapping[str, Any]:
    given = {f"ask_{question.value}": "unknown" for question in Question}
    about = {"publisher": "Stock Co.", "title": "Terms of Stock Co.", "summary": "Ask first.", "text": "Ask us first."}
    return given | about | {"read_on": "2026-11-30"}


def a_document(world: World) -> Mapping[str, Any]:
    return {"document": SimpleUploadedFile("contract.txt", b"We agree.", "text/plain")}


def a_channel(**values: str) -> Sends:
    """A channel with a profile of its own."""
    numbers = dict.fromkeys(("min_width", "min_height", "max_width", "max_height", "max_bytes"), "0")
    said = {"name": "Brochures", "kind": "brochure", "description": "Flyers", "format": "image/jpeg", "quality": "90"}
    words = {"language": "en", "en_caption_any": "Digitally altered", "en_statement": "See {original}."}
    profile = {"source": "Our own", "read_on": "2026-11-22", "quoted": "Say it.", "caption_limit": "50"}
    kinds: Mapping[str, Any] = {"must_say": ["altered", "generated"]}
    return lambda world: {**numbers, **said, **words, **profile, **kinds, **values}


def a_decision(world: World) -> Mapping[str, Any]:
    seen = dossier.of_review(world.places["waiting"])
    return {"seen_hash": seen.hash, "seen": seen.sealed(), "choice": "approve", "note": "Fine words"}


SHAPE = {"ratio": "3:2", "count": "1", "quality": "standard", "negative": "no cars", "seed": "", "title": "Brick house"}


def a_brief(world: World) -> Mapping[str, Any]:
    own = {"f_subject": "brick house", "f_light": "dusk", "f_accent": "#2a3a62", "f_trees": "2", "f_home": ""}
    looks = {"photo_style": "", "find_style": ""}
    return {**own, **SHAPE, "models": [str(model_of(world).pk)], **looks, "send": "1"}


def free_words(world: World) -> Mapping[str, Any]:
    return {**SHAPE, "prompt": "A brick house at dusk", "models": [str(model_of(world).pk)], "send": "1"}


def a_wording(world: World) -> Mapping[str, Any]:
    rows = {
        f"field-{number}-{name}": "\n".join(value) if isinstance(value, list) else value
        for number, row in enumerate(color_fields())
        for name, value in row.items()
        if value not in (None, False)
    }
    about = {"name": "Cottage", "description": "A small house", "purpose": "Listing"}
    texts = {
        "body": "A {subject} at {light}, {accent}, {trees} trees, {home}.",
        "house_voice": "Calm.",
        "negative": "people",
        "ratio": "3:2",
        "note": "mist",
    }
    look = {"photograph-TOTAL_FORMS": "1", "photograph-0-label": "Look", "photograph-0-role": "style"}
    return {**about, **texts, **rows, **look, "field-TOTAL_FORMS": "5", "rule-TOTAL_FORMS": "0", "save": "1"}


def a_file_of_templates(world: World) -> Mapping[str, Any]:
    revision = TemplateRevision(template=world.places["template"], number=3, body="A cottage.", fields=[])
    return {"file": SimpleUploadedFile("templates.json", transfer.dump([revision]).encode(), "application/json")}


V = "library/<uuid:asset_id>/v<int:number>/"
T = "make/templates/<slug:slug>/"
S = "channels/sites/<slug:slug>/"
P = "originals/<uuid:asset_id>/<int:number>/"
SHOWN = {"asset_id": "altered.version.asset_id", "sha256": "altered.file_sha256"}

ROWS = (
    Row("healthz", see=ALL),
    Row("readyz", see=ALL),
    # The API
    Row("api/v1/images/", see=SITE, reads=("channel", "updated_since", "cursor", "page_size")),
    Row("api/v1/images/<uuid:image>/", see=SITE),
    Row("api/v1/images/<uuid:image>/file", see=SITE, writes=("approvals_delivery",)),
    Row("api/v1/events/", see=SITE, reads=("channel", "after")),
    Row("api/schema/", see=ALL, reads=("format", "lang", "version")),
    Row("api/docs/", see=ALL),
    Row("api/", see=ALL, shows=404),
    # Belonging to no app
    Row("", see=TEAM),
    Row(
        "accounts/profile/",
        see="nils ada rita mona max",
        do="nils ada rita mona max",
        sends=fixed(display_name="Somebody", time_zone="America/Los_Angeles", mail_reviews="on"),
        wrong={"time_zone": "Mars/Olympus"},
        keeps=("display_name",),
    ),
    Row("settings/", see="max"),
    Row("settings/providers/<slug:key>/test/", do="max", changes=False),
    Row("settings/providers/<slug:key>/try/", do="max"),
    Row(
        "settings/providers/<slug:key>/limits/",
        do="max",
        sends=fixed(per_minute="7", at_once="3"),
        wrong={"per_minute": "many"},
    ),
    Row("settings/messages/<int:message_id>/retry/", do="max"),
    Row("settings/messages/retry/", do="max"),
    # The library
    Row("library/", see=TEAM, reads=("q", "status", "provider", "listing", "page")),
    Row(
        "library/upload/",
        see=EDITORS,
        do=EDITORS,
        sends=a_picture(kind="generated", maker="Midjourney", title="Hall"),
        reads=("asset", "original_of", "listing"),
        wrong={"kind": "painting"},
        keeps=("maker", "title"),
    ),
    Row("library/licenses/", see=TEAM, reads=("page",)),
    Row(
        "library/licenses/new/",
        see=EDITORS,
        do=EDITORS,
        sends=a_license("Stock 2027"),
        wrong={"valid_until": "soon"},
        keeps=("name", "holder", "notice"),
    ),
    Row(
        "library/licenses/<int:set_id>/",
        see=EDITORS,
        do=EDITORS,
        sends=a_license("Stock 2026, renewed"),
        wrong={"valid_until": "soon"},
        keeps=("name", "holder", "notice"),
    ),
    Row("library/licenses/<int:set_id>/evidence/", do=EDITORS, sends=a_document),
    Row("library/licenses/<int:set_id>/evidence/<str:sha256>/", see=EDITORS, fill={"sha256": "license_set.proof"}),
    Row("library/terms/", see=TEAM, reads=("page",)),
    Row(
        "library/terms/new/",
        see=EDITORS,
        do=EDITORS,
        sends=some_terms,
        reads=("from",),
        wrong={"read_on": "soon"},
        keeps=("publisher", "title", "summary", "text"),
    ),
    Row("library/terms/<int:terms_id>/", see=TEAM, reads=("with",)),
    Row("library/terms/<int:terms_id>/text/", see=TEAM),
    Row("library/terms/<int:terms_id>/answer-again/", do=EDITORS, changes=False),
    Row("library/listings/", see=TEAM, reads=("q", "page")),
    Row("library/choose/", see=TEAM, reads=("q",)),
    Row("library/listings/choose/", see=TEAM, reads=("q",)),
    Row("library/consents/", see=TEAM, reads=("q", "page")),
    Row("library/consents/choose/", see=TEAM, reads=("q",)),
    Row(
        "library/consents/new/",
        see=EDITORS,
        do=EDITORS,
        sends=prefixed("consent", kind="property", name="Olga Reed", given="yes", reach="any", scope="All of it"),
        wrong={"consent-given": "maybe"},
        keeps=("consent-name", "consent-scope"),
    ),
    Row("library/consents/<int:consent_id>/", see=TEAM, reads=("page",)),
    Row(
        "library/consents/<int:consent_id>/change/",
        see=EDITORS,
        do=EDITORS,
        sends=prefixed("consent", name="Nora Reed", given="yes", reach="any", scope="All of it"),
        wrong={"consent-given": "maybe"},
        keeps=("consent-name", "consent-scope"),
    ),
    Row(
        "library/consents/<int:consent_id>/renew/",
        see=EDITORS,
        do=EDITORS,
        sends=prefixed("renewal", valid_until="2031-01-31"),
        wrong={"renewal-valid_until": "soon"},
    ),
    Row(
        "library/consents/<int:consent_id>/revoke/",
        see=EDITORS,
        do=EDITORS,
        sends=fixed(because="She wrote on Monday."),
        wrong={"because": "x" * 301},
        keeps=("because",),
    ),
    Row("library/consents/<int:consent_id>/files/<str:sha256>/", see=TEAM),
    Row(
        "library/listings/new/",
        see=EDITORS,
        do=EDITORS,
        sends=a_listing("HB-7"),
        wrong={"title": "x" * 201},
        keeps=("reference", "address", "fact-0-name"),
    ),
    Row(
        "library/listings/<int:listing_id>/",
        see=EDITORS,
        do=EDITORS,
        sends=a_listing("HB-1042"),
        wrong={"title": "x" * 201},
        keeps=("reference", "address", "fact-0-name"),
    ),
    Row("library/<uuid:asset_id>/", see=TEAM),
    Row(V + "license/set/", do=EDITORS, sends=lambda world: {"license_set": world.places["license_set"].pk}),
    Row(
        "library/<uuid:asset_id>/rename/",
        do=EDITORS,
        sends=fixed(title="Renamed"),
        wrong={"title": "x" * 201},
        keeps=("title",),
    ),
    Row(V, see=TEAM, reads=("edit", "panel")),
    Row(
        f"{V}alt-text/",
        do=EDITORS,
        sends=prefixed("alt", text="Kitchen with a blue table", language="en"),
        wrong={"alt-language": "x" * 17},
        keeps=("alt-text",),
    ),
    Row(
        f"{V}alt-text/check/",
        do=EDITORS,
        sends=prefixed("alt", text="Kitchen with a blue table", language="en"),
        done=200,
        changes=False,
    ),
    Row(
        f"{V}license/",
        do=EDITORS,
        sends=all_answers,
        wrong={"license-valid_until": "tomorrow"},
        keeps=("license-holder", "license-attribution"),
    ),
    Row(
        f"{V}shown/", do=EDITORS, sends=prefixed("shown", people="no", property="yes"), wrong={"shown-people": "maybe"}
    ),
    Row(
        f"{V}consents/",
        do=EDITORS,
        sends=prefixed("consent", kind="person", name="Olga", given="yes", scope="All channels"),
        wrong={"consent-given": "maybe"},
        keeps=("consent-name", "consent-scope"),
    ),
    Row(
        f"{V}consents/<int:consent_id>/",
        do=EDITORS,
        sends=prefixed("consent", kind="person", name="Nora", given="no", scope="All channels"),
        wrong={"consent-given": "maybe"},
        keeps=("consent-name", "consent-scope"),
    ),
    Row(f"{V}consents/use/", do=EDITORS, sends=a_consent, wrong={"consent": "Nobody of this name"}),
    Row(f"{V}consents/<int:consent_id>/remove/", do=EDITORS),
    Row(
        f"{V}new-rights/",
        do=EDITORS,
        fill={"asset_id": "pulled.asset_id"},
        sends=prefixed("rights", words="The release of May 4"),
        wrong={"rights-words": ""},
        keeps=("rights-words",),
    ),
    Row(
        f"{V}disclosure/",
        do=EDITORS,
        sends=prefixed("disclosure", digital_source="humanEdits", disclosure_note="Sky brightened"),
        wrong={"disclosure-digital_source": "magic"},
        keeps=("disclosure-disclosure_note",),
    ),
    Row(f"{V}agreement/", do=EDITORS, changes=False),
    Row(f"{V}archive/", do=EDITORS),
    Row("files/<uuid:version_id>/<str:spec>/", see=TEAM),
    Row("files/<uuid:version_id>/<str:spec>/", see=MANAGERS, fill={"spec": "=original"}, writes=LOG),
    # Making pictures
    Row("make/", see=MAKERS, reads=("mine",)),
    Row(
        "make/free/",
        see=MAKERS,
        do=MAKERS,
        sends=free_words,
        reads=("from", "listing", "kind", "of", "source", "sources"),
        wrong={"ratio": "7:7"},
        keeps=("prompt", "negative", "title"),
    ),
    Row("make/rules/", see=TEAM),
    Row("make/history/", see=TEAM, reads=("q", "person", "template", "listing", "model", "state", "page")),
    Row("make/templates/", see=TEAM, reads=("archived",)),
    Row(
        "make/templates/new/",
        see=MANAGERS,
        do=MANAGERS,
        sends=a_wording,
        reads=("from", "copy"),
        wrong={"ratio": "x"},
        keeps=("name", "description", "body", "negative"),
    ),
    Row("make/templates/file/", see=MANAGERS, do=MANAGERS, sends=a_file_of_templates, done=200, wrong={"file": "x"}),
    Row("make/templates/file/templates.json", see=TEAM),
    Row(T, see=TEAM, reads=("revision",)),
    Row(
        f"{T}about/",
        see=MANAGERS,
        do=MANAGERS,
        sends=fixed(name="Cottage", description="A small house", purpose="Listing"),
        wrong={"purpose": "x" * 81},
        keeps=("name", "description"),
    ),
    Row(
        f"{T}edit/",
        see=MANAGERS,
        do=MANAGERS,
        sends=a_wording,
        reads=("revision",),
        wrong={"ratio": "x"},
        keeps=("body", "negative"),
    ),
    Row(f"{T}changes/", see=TEAM, reads=("from", "to")),
    Row(f"{T}file/", see=TEAM, reads=("revision",)),
    Row(f"{T}publish/<int:number>/", do=MANAGERS, fill={"number": "=2"}),
    Row(f"{T}<slug:verb>/", do=MANAGERS, fill={"verb": "=archive"}),
    Row(f"{T}<slug:verb>/", do=MANAGERS, fill={"verb": "=restore"}, changes=False),
    Row("make/specimens/<int:revision_id>/", see=TEAM),
    Row(
        "make/<slug:kind>/<slug:of>/<uuid:picture_id>/",
        see=MAKERS,
        fill={"kind": "=vary", "of": "=version"},
        shows=302,
    ),
    Row(
        "make/<slug:slug>/",
        see=MAKERS,
        do=MAKERS,
        sends=a_brief,
        reads=("from", "listing", "photo_style"),
        wrong={"ratio": "7:7"},
        keeps=("f_subject", "negative", "title"),
    ),
    Row("briefs/<uuid:brief_id>/", see=TEAM, reads=("blind",)),
    Row("briefs/<uuid:brief_id>/compare/", see=TEAM, reads=("set", "names", "a", "b")),
    Row("briefs/<uuid:brief_id>/judge/", do=TEAM, fill={"brief_id": "pair.pk"}, sends=fixed(verdict="none")),
    Row("briefs/<uuid:brief_id>/family/", see=TEAM),
    Row("briefs/jobs/<uuid:job_id>/pictures/", do=MAKERS, fill={"job_id": "by_hand.pk"}, sends=a_picture()),
    Row(
        "briefs/jobs/<uuid:job_id>/cost/",
        see=MANAGERS,
        do=MANAGERS,
        fill={"job_id": "failed.pk"},
        sends=fixed(amount="0.05", reason="The invoice says so."),
        wrong={"amount": "lots"},
        keeps=("reason",),
    ),
    Row(
        "briefs/jobs/<uuid:job_id>/settle/<slug:verb>/",
        do=MANAGERS,
        fill={"job_id": "unclear.pk", "verb": "=write-off"},
    ),
    Row(
        "briefs/jobs/<uuid:job_id>/settle/<slug:verb>/",
        do=MANAGERS,
        fill={"job_id": "unclear.pk", "verb": "=mark-charged"},
    ),
    Row("briefs/jobs/<uuid:job_id>/<slug:verb>/", do=MAKERS, fill={"verb": "=cancel"}),
    Row("briefs/jobs/<uuid:job_id>/<slug:verb>/", do=MAKERS, fill={"job_id": "failed.pk", "verb": "=retry"}),
    Row(
        "briefs/jobs/<uuid:job_id>/<slug:verb>/",
        do=MAKERS,
        fill={"job_id": "unclear.pk", "verb": "=resume"},
        done=409,  # it has nothing to be asked by
        changes=False,
    ),
    Row("callbacks/<slug:key>/<uuid:job_id>/", do=ALL, done=401, changes=False),  # a callback of nobody who can call
    Row("callbacks/<slug:key>/<uuid:job_id>/", do=ALL, done=401, changes=False),  # it proves who it is by itself
    Row("briefs/references/<int:reference_id>/", see=TEAM, reads=("download",), fill={"reference_id": "reference.pk"}),
    Row("outputs/<uuid:output_id>/", see=TEAM, reads=("original", "preview")),
    Row("jobs/<uuid:job_id>/unshown/<int:number>/", see=MANAGERS, fill={"job_id": "failed.pk"}, writes=LOG),
    Row(
        "outputs/<uuid:output_id>/keep-as/",
        see=MAKERS,
        do=MAKERS,
        sends=fixed(title="Front of the house"),
        wrong={"asset": "none"},
        keeps=("title",),
    ),
    Row("outputs/<uuid:output_id>/<slug:verb>/", do=MAKERS, fill={"verb": "=keep"}),
    Row("outputs/<uuid:output_id>/<slug:verb>/", do=MAKERS, fill={"verb": "=discard"}),
    Row("outputs/<uuid:output_id>/<slug:verb>/", do=MAKERS, fill={"output_id": "thrown.pk", "verb": "=undiscard"}),
    Row("spend/", see=MANAGERS, reads=("month", "page", "currency", "by")),
    Row("spend/ledger.csv", see=MANAGERS, reads=("month",)),
    Row(
        "spend/budgets/",
        see=MANAGERS,
        do=MANAGERS,
        sends=fixed(kind="campaign", campaign="Spring", limit="20"),
        wrong={"limit": "much"},
        keeps=("campaign",),
    ),
    Row("spend/budgets/people/", see=MANAGERS, reads=("q",)),
    Row("spend/budgets/limit/", do=MANAGERS, sends=a_limit, wrong={"limit": "much"}),
    Row(
        "spend/plans/",
        do=MANAGERS,
        sends=fixed(provider="scripted", kind="monthly", name="Standard", amount="10", starts_on="2026-11-01"),
        wrong={"amount": "much"},
        keeps=("name",),
    ),
    Row("spend/plans/<int:plan_id>/end/", do=MANAGERS),
    # Approving
    Row("review/", see="ada rita max"),
    Row(
        "review/submit/<uuid:version_id>/",
        see=SUBMITTERS,
        do=SUBMITTERS,
        sends=fixed(channels="website", note="Look at the table"),
        wrong={"channels": "nowhere"},
        keeps=("note",),
    ),
    Row("review/undo/<uuid:decision_id>/", do="rita"),
    Row("review/<uuid:review_id>/", see=TEAM),
    Row("review/<uuid:review_id>/decide/", do=DECIDERS, sends=a_decision, wrong={"choice": "maybe"}, keeps=("note",)),
    Row("review/<uuid:review_id>/claim/", do=DECIDERS),
    Row("review/<uuid:review_id>/retract/", do="ada"),
    Row("review/<uuid:review_id>/full-size/", see=DECIDERS),
    Row("downloads/<uuid:version_id>/", see=TEAM),
    Row("channels/", see=TEAM),
    Row(
        "channels/sites/",
        see=MANAGERS,
        do=MANAGERS,
        sends=fixed(name="Seaview", slug="seaview", contact="it@seaview.example", channels="website"),
        wrong={"slug": "not a slug"},
        keeps=("name", "contact", "slug"),
    ),
    Row(S, see=MANAGERS, fill={"slug": "=bricks"}),
    Row(
        f"{S}keys/",
        do=MANAGERS,
        fill={"slug": "=bricks"},
        sends=fixed(label="staging", last_day=""),
        done=200,
        wrong={"last_day": "never"},
        keeps=("label",),
    ),
    Row(f"{S}keys/<int:key_id>/revoke/", do=MANAGERS, fill={"slug": "=bricks"}),
    Row(
        f"{S}channels/",
        do=MANAGERS,
        fill={"slug": "=bricks"},
        sends=fixed(channels="brochure"),
        wrong={"channels": "nowhere"},
    ),
    Row(f"{S}switch/", do=MANAGERS, fill={"slug": "=bricks"}, sends=fixed(active="off")),
    Row("channels/releases/<uuid:release_id>/", see=TEAM),
    Row("channels/releases/<uuid:release_id>/file/", see=TEAM),
    Row(
        "channels/releases/<uuid:release_id>/withdraw/",
        see=WITHDRAWERS,
        do=WITHDRAWERS,
        sends=fixed(kind="other", reason="Sold"),
        wrong={"kind": "perhaps"},
        keeps=("reason",),
    ),
    Row("channels/profiles/", see=MANAGERS),
    Row(
        "channels/new/",
        see=MANAGERS,
        do=MANAGERS,
        sends=a_channel(slug="brochures"),
        reads=("profile",),
        wrong={"quality": "5"},
        keeps=("name", "description", "en_statement"),
    ),
    Row("channels/changes/<int:change_id>/", see=MANAGERS),
    Row("channels/changes/<int:change_id>/confirm/", do=MANAGERS),
    Row("channels/changes/<int:change_id>/withdraw/", do=MANAGERS),
    Row("channels/<slug:slug>/", see=TEAM, fill={"slug": "=website"}, reads=("page",)),
    Row(
        "channels/<slug:slug>/edit/",
        see=MANAGERS,
        do=MANAGERS,
        fill={"slug": "=website"},
        sends=a_channel(why="The rule changed"),
        reads=("profile",),
        wrong={"quality": "5"},
        keeps=("name", "description", "en_statement"),
    ),
    Row("channels/<slug:slug>/switch/", do=MANAGERS, fill={"slug": "=website"}, sends=fixed(active="off")),
    Row("evidence/<uuid:asset_id>/", do=MANAGERS, done=200),
    Row("evidence/listings/<int:listing_id>/", do=MANAGERS, done=200),
    # For everybody
    Row(P, see=ALL, fill=SHOWN, done=404),
    Row(f"{P}qr.svg", see=ALL, fill=SHOWN, done=404),
    Row(f"{P}qr.png", see=ALL, fill=SHOWN, done=404),
    Row(f"{P}files/<slug:sha256>/", see=ALL, fill=SHOWN, done=404),
)

READERS = [row for row in ROWS if row.see]
DOERS = [row for row in ROWS if row.do]
