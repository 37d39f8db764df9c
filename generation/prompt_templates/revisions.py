"""The writer of templates: new ones, new revisions, which revision is in use, and what is not offered any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from core import audit, clock
from core.audit import Change
from core.errors import InvalidTransition
from core.models import User
from generation.models import Template, TemplateRevision
from generation.prompt_templates import content_rules, photographs, prompts

RIGHT = "generation.manage_templates"
TAKEN = frozenset({"file", "free", "history", "new", "rules", "specimens", "templates"})
"""Words that the addresses under Make use themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a revision says. Fields, photographs and rules are JSON rows, as the modules of those names read them."""

    body: str
    fields: list[dict[str, Any]]
    negative: str = ""
    house_voice: str = ""
    forbidden: list[Any] = field(default_factory=list)
    ratio: str = "3:2"
    photographs: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, revision: TemplateRevision) -> Self:
        """What a revision that is there says."""
        return cls(
            body=revision.body,
            fields=revision.fields,
            negative=revision.negative,
            house_voice=revision.house_voice,
            forbidden=revision.forbidden,
            ratio=revision.ratio,
            photographs=revision.photographs,
        ).plain()

    def plain(self) -> Self:
        """The same, each thing written in its one usual way. Raises prompts.BadTemplate."""
        fields = prompts.parse_fields(self.fields)
        prompts.check_body(self.body, fields)
        return type(self)(
            body=_lines(self.body),
            fields=prompts.as_rows(fields),
            negative=_lines(self.negative),
            house_voice=_lines(self.house_voice),
            forbidden=content_rules.as_rows(content_rules.parse(self.forbidden)),
            ratio=self.ratio,
            photographs=photographs.as_rows(photographs.parse(self.photographs)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a template is called, and what for."""

    name: str
    description: str = ""
    purpose: str = ""
    slug: str = ""
    """Its part of the address; made from the name when it is empty."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One template of a file, and what became of it."""

    revision: TemplateRevision
    what: str
    """`new`, `revised`, or `same` when there is nothing new in it."""

    @property
    def is_new(self) -> bool:
        return self.what == "new"

    @property
    def is_revised(self) -> bool:
        return self.what == "revised"


def create(about: About, wording: Wording, *, by: User, note: str = "") -> TemplateRevision:
    """Add a template with its first revision, which is not in use until it is published. Raises prompts.BadTemplate."""
    _check(by)
    plain, slug = wording.plain(), _free_slug(about)
    with transaction.atomic():
        template = Template.objects.create(
            slug=slug, name=about.name, description=about.description, purpose=about.purpose, created_by=by
        )
        revision = _add(template, plain, 1, by, note)
        made: list[Change[Any]] = [Change.made(template), Change.made(revision)]
        audit.record(by, "template.created", made, f"The template “{template.name}” was written.")
    return revision


def revise(template: Template, wording: Wording, *, by: User, note: str = "") -> TemplateRevision:
    """Add a revision. It is not in use until it is published. Raises prompts.BadTemplate."""
    _check(by)
    plain = wording.plain()
    with transaction.atomic():
        held = _held(template)
        number = (held.revisions.aggregate(highest=Max("number"))["highest"] or 0) + 1
        revision = _add(held, plain, number, by, note)
        words = f"Revision {number} of “{held.name}” was written. {note}".strip()
        audit.record(by, "template.revised", [held, Change.made(revision)], words)
    return revision


def publish(revision: TemplateRevision, *, by: User) -> Template:
    """Put a revision in use, an older one too. Briefs that were sent keep the one they were written with."""
    _check(by)
    with transaction.atomic():
        held = Template.objects.select_for_update().get(pk=revision.template_id)
        if held.published_id == revision.pk:
            raise InvalidTransition(f"Revision {revision.number} is already published.")
        before = held.published
        change = audit.write(held, published=revision)
        back = before is not None and before.number > revision.number
        words = f"Revision {revision.number} of “{held.name}” is published{' again' if back else ''}."
        audit.record(by, "template.published", change, words)
    return held


def describe(template: Template, about: About, *, by: User) -> Template:
    """Change what a template is called and what it is for; its address stays."""
    _check(by)
    with transaction.atomic():
        held = _held(template)
        change = audit.write(held, name=about.name, description=about.description, purpose=about.purpose)
        if change:
            words = f"The template is called “{held.name}” now: {held.description}"
            audit.record(by, "template.described", change, words)
    return held


def archive(template: Template, *, by: User) -> Template:
    """Offer a template no longer. Its revisions stay, for the briefs that were written with them."""
    _check(by)
    with transaction.atomic():
        held = _held(template)
        if held.archived_at is not None:
            raise InvalidTransition("This template is already archived.")
        change = audit.write(held, archived_at=clock.instant())
        audit.record(by, "template.archived", change, f"“{held.name}” is not offered any more.")
    return held


def restore(template: Template, *, by: User) -> Template:
    """Offer an archived template again."""
    _check(by)
    with transaction.atomic():
        held = _held(template)
        if held.archived_at is None:
            raise InvalidTransition("This template is not archived.")
        change = audit.write(held, archived_at=None)
        audit.record(by, "template.restored", change, f"“{held.name}” is offered again.")
    return held


def take_in(entries: Sequence[tuple[About, Wording]], *, by: User) -> list[Taken]:
    """Templates from a file: new ones, or new revisions of those that are there; none is put in use. All or nothing."""
    _check(by)
    with transaction.atomic():
        return [_take(about, wording, by) for about, wording in entries]


def _take(about: About, wording: Wording, by: User) -> Taken:
    known = Template.objects.filter(slug=about.slug).first()
    if known is None:
        return Taken(create(about, wording, by=by, note="From a file."), "new")
    plain = asdict(wording.plain())
    for revision in known.revisions.all():
        if asdict(Wording.of(revision)) == plain:
            return Taken(revision, "same")
    return Taken(revise(known, wording, by=by, note="From a file."), "revised")


def _add(template: Template, plain: Wording, number: int, by: User, note: str) -> TemplateRevision:
    return TemplateRevision.objects.create(
        template=template, number=number, created_by=by, note=note[:200], **asdict(plain)
    )


def _held(template: Template) -> Template:
    return Template.objects.select_for_update().get(pk=template.pk)


def _free_slug(about: About) -> str:
    """An address that no other template has and no page needs."""
    wanted = (about.slug or slugify(about.name) or "template")[:70]
    used = set(Template.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)) | TAKEN
    return next(slug for n in range(1, 10_000) if (slug := f"{wanted}-{n}" if n > 1 else wanted) not in used)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _check(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise PermissionDenied("You can use templates, but not change them.")


def in_use(template: Template, revisions: Sequence[TemplateRevision]) -> TemplateRevision:
    """The revision to start from: the one in use, or the newest where none is."""
    return template.published or revisions[0]


def latest(template: Template) -> TemplateRevision:
    """The revision in use, or the newest where none is."""
    return in_use(template, list(template.revisions.all()[:1]))
