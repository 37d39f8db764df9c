"""One of everything that an address can name, the people and the machine that ask for it, and a look at every table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from approvals.models import SiteKey
from approvals.releases import lifecycle
from approvals.sites import access
from assets.models import Answer, Consent, Reach, Terms
from assets.rights import consents, evidence, license_sets
from config import roles
from core import storage
from core.models import OutgoingMessage, User
from generation.briefs.references import Source
from generation.jobs import execution, starting
from generation.models import BriefKind, GenerationModel, Job, Plan, ProviderState, TemplateRevision
from generation.outputs import keeping
from generation.prompt_templates import prompts
from generation.providers.errors import Rejected, Unclear
from generation.spending import budgets
from tests.approvals import factories as approvals
from tests.assets import factories as assets
from tests.assets import verbs
from tests.generation import factories as generation
from tests.generation.scripted import Scripted
from tests.together import taken_back as taken_back

SIGNED_IN = ("nils", "ada", "rita", "mona", "max")
CALLERS = ("anonymous", *SIGNED_IN, "bricks")
"""Mona manages; bricks is a listing site with a good key; the others are the cast of every test."""

Table = list[str]


@dataclass(frozen=True)
class Signed:
    """A file of a consent."""

    sha256: str
    name: str
    media_type: str
    size: int


@dataclass
class World:
    """What there is. `places` holds the values that fill an address, by name."""

    people: dict[str, User]
    key: access.NewKey
    places: dict[str, Any] = field(default_factory=dict)

    def client(self, caller: str, **options: Any) -> Browser:
        """A browser of this caller, or the listing site's client."""
        client = Browser(**options)
        if caller == "bricks":
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.key.text}"
        elif caller != "anonymous":
            client.force_login(self.people[caller])
        return client


class Browser(Client):
    """A fault becomes a 500, as it would outside, and what is sent in pieces is read to its end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(raise_request_exception=False, **options)

    def request(self, **request: Any) -> Any:
        """The answer; `body` is all of it."""
        answer: Any = super().request(**request)
        answer.body = b"".join(answer)
        for opened in answer._resource_closers:
            opened()
        return answer


def build() -> World:
    """Through the writers, as it would come about."""
    people = {"ada": assets.ada(), "rita": assets.rita(), "max": assets.max_(), "nils": assets.nils()}
    people["mona"] = assets.UserFactory.create(username="mona", role=roles.MANAGERS)
    ada, max_ = people["ada"], people["max"]
    website, _ = approvals.channel(), approvals.channel("brochure")  # a second one, for the site to be given
    otto = assets.UserFactory.create(username="otto", role=roles.MANAGERS)
    change = approvals.propose(website, by=otto, name="The website")
    site = approvals.site(website)
    world = World(people, approvals.key(site))
    spare = access.create_key(site, "spare", by=max_)
    world.places |= {"change": change}
    world.places |= {"channel": "website", "site": "bricks", "spare_key": SiteKey.objects.get(prefix=spare.key.prefix)}
    world.places |= _library(ada) | _made(ada) | _reviews(ada, people["rita"])
    world.places["plan"] = Plan.objects.create(
        provider="scripted", kind="monthly", name="Standard", amount_micros=10_000_000, starts_on="2026-01-01"
    )
    later = timezone.now() + timedelta(hours=1)
    ProviderState.objects.update_or_create(provider="scripted", defaults={"open_until": later})
    world.places["unsent"] = _unsent()
    world.places["budget"] = budgets.budgets_for(ada, None, "USD")[0]
    return world


def _library(ada: User) -> dict[str, Any]:
    listing = assets.ListingFactory.create(reference="HB-1042")
    ready = assets.ready_version(ada, title="Kitchen", listing=listing)
    given = consents.GivenConsent(kind=Consent.Kind.PERSON, name="Nora", given=Answer.YES, reach=Reach.ANY)
    consent = verbs.record_consent(ready, given, by=ada)
    shared = license_sets.create_set(license_sets.SetFacts(name="Stock 2026"), by=ada)
    proof = storage.put(b"the contract")
    shared = license_sets.add_evidence(shared, "contract.pdf", proof, by=ada)
    shared.proof = proof  # type: ignore[attr-defined] # for the address of the file
    signed = evidence.keep(b"%PDF-1.7 I, Nora, agree.", "nora.pdf")
    consents.change_consent(consent, replace(given, files=[signed]), by=ada)
    further = consents.record_consent([], replace(given, name="Olga"), by=ada)
    kept = {"consent": consent, "further_consent": further, "consent_file": Signed(**signed)}
    library = {"listing": listing, "ready": ready, "license_set": shared, "terms": _terms()}
    return library | kept


def _terms() -> Terms:
    text = storage.put(b"Ask us first.")
    return assets.TermsFactory.create(text_sha256=text, text_name="terms.txt")


def _made(ada: User) -> dict[str, Any]:
    template = generation.template()
    first = template.published
    look = {"role": "style", "label": "Look", "required": False}
    TemplateRevision.objects.filter(template=template).update(photographs=[look])
    second = TemplateRevision.objects.create(template=template, number=2, body="A house.", fields=[])
    done = generation.started(ada, revision=first, values={"subject": "brick house"}, count=2).jobs.get()
    Scripted.will()
    execution.send(done.pk)
    pair = generation.started(ada, count=2)
    execution.send(pair.jobs.get().pk)
    lost = generation.queued(ada)
    Scripted.will(Unclear("Lost."))
    execution.send(lost.pk)
    waiting = generation.queued(ada)
    refused = generation.queued(ada)
    Scripted.will(Rejected("Not that."))
    execution.send(refused.pk)
    Scripted.will()
    by_hand = generation.by_hand(ada)
    execution.send(by_hand.pk)
    new, thrown = done.outputs.all()
    keeping.discard(thrown, by=ada)
    seeing = generation.ModelFactory.create(
        provider="seeing", model_id="seeing-1", facts=generation.priced("0.10", max_references=4)
    )
    varied = starting.start(
        generation.unsent(kind=BriefKind.VARY), [seeing], by=ada, sources=[Source(output=new)]
    ).references.get()
    made = {"reference": varied} | {"brief": done.brief, "pair": pair, "new": new, "thrown": thrown}
    Job.objects.filter(pk=refused.pk).update(unshown=[storage.put(b"no picture")])
    jobs = {"queued": waiting, "unclear": lost, "failed": refused, "by_hand": by_hand}
    fresh = {name: Job.objects.get(pk=job.pk) for name, job in jobs.items()}
    return {"template": template, "first": first, "second": second} | made | fresh


def _reviews(ada: User, rita: User) -> dict[str, Any]:
    waiting = approvals.review(approvals.ready(ada))
    live = approvals.released(approvals.ready(ada))
    altered = approvals.released(approvals.altered(live.version, ada))
    ended = approvals.released(approvals.ready(ada))
    lifecycle.withdraw(ended, "The owner objected.", for_rights=True, by=rita)
    assets.complete_license(ended.version, ada, url="https://license.example/new")
    with override_settings(UNDO_SECONDS=3600):
        decision = approvals.decide(approvals.review(approvals.ready(ada)))
    pulled = {"ended": ended, "pulled": ended.version}
    return {"waiting": waiting, "live": live, "altered": altered, "decision": decision} | pulled


def _unsent() -> OutgoingMessage:
    """A message that was given up."""
    message = OutgoingMessage.objects.waiting()[0]
    OutgoingMessage.objects.filter(pk=message.pk).update(state="failed", problem="The mail server did not take it")
    return message


def model_of(world: World) -> GenerationModel:
    """The model that every brief was sent to."""
    job: Job = world.places["queued"]
    return job.model


def color_fields() -> list[dict[str, Any]]:
    """A template's fields as its form takes them."""
    return prompts.as_rows(generation.FIELDS)


UNWATCHED = {
    "approvals_listingsite": {"minute", "requests_in_minute"},
    "approvals_sitekey": {"last_used_at"},
}
"""Table -> columns that looking may change: how often a site called in this minute, and when its key was last used."""


HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def tables() -> dict[str, Table]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        return {name: _rows(cursor, name) for name in connection.introspection.table_names(cursor)}


def changed(before: Mapping[str, Table], after: Mapping[str, Table]) -> set[str]:
    """The tables that are not the same any more."""
    return {name for name in before if before[name] != after[name]}


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile that may change it: without any, all tables are as they were."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip("( ").upper().startswith(HARMLESS):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def _rows(cursor: Any, table: str) -> Table:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the database's own names
    watched = [n for n, column in enumerate(cursor.description) if column[0] not in UNWATCHED.get(table, ())]
    return sorted(repr([row[n] for n in watched]) for row in cursor.fetchall())
