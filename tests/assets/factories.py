"""Makes people, pictures and versions for all tests. Versions come in through the library, as real ones do.

The cast is fixed: Ada writes prompts, Rita reviews, Max administers, Nils is a stranger who may see nothing.
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import factory
from django.contrib.auth.models import Group, Permission
from PIL import Image, ImageDraw

from assets.library import intake
from assets.models import Answer, Asset, License, Listing, Origin, Question, Terms, Version
from assets.provenance import agreement, explaining
from assets.rights import licenses, validity
from config import roles
from core.models import User
from tests.assets import verbs


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person; `role` puts them into a group with its rights."""

    class Meta:
        model = User
        django_get_or_create = ("username",)
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.LazyAttribute(lambda person: person.username.capitalize())
    email = factory.LazyAttribute(lambda person: f"{person.username}@example.com")
    password = factory.django.Password("seaview-1042")

    @factory.post_generation
    def role(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if extracted and not self.groups.filter(name=extracted).exists():  # type: ignore[attr-defined] # the person made above
            if not Group.objects.filter(name=extracted).exists():  # a test that empties the database takes them along
                roles.create_roles()
            self.groups.add(Group.objects.get(name=extracted))  # type: ignore[attr-defined] # the person made above


def ada() -> User:
    """Writes prompts."""
    return UserFactory.create(username="ada", role=roles.STAFF)


def rita() -> User:
    """Reviews."""
    return UserFactory.create(username="rita", role=roles.REVIEWERS)


def max_() -> User:
    """Administers, and is a superuser."""
    return UserFactory.create(username="max", role=roles.ADMINISTRATORS, is_superuser=True, is_staff=True)


def nils() -> User:
    """A stranger: can sign in, may see nothing."""
    return UserFactory.create(username="nils")


def cast() -> list[User]:
    """All four. A run makes them once; a test gets one that is there already, unless it emptied the database."""
    return [ada(), rita(), max_(), nils()]


def give(person: User, right: str) -> None:
    """Give somebody one more right."""
    app, codename = right.split(".")
    person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))


class ListingFactory(factory.django.DjangoModelFactory[Listing]):
    class Meta:
        model = Listing
        django_get_or_create = ("reference",)

    reference = factory.Sequence(lambda n: f"HB-{n}")
    title = "14 Harbor Street"
    address = "14 Harbor Street, Seaview"


class TermsFactory(factory.django.DjangoModelFactory[Terms]):
    class Meta:
        model = Terms

    key = "sketch"
    title = "Sketch terms"
    publisher = "The portal itself"
    source_url = "https://terms.example/sketch"
    read_on = date(2026, 11, 22)
    summary = "Everything it draws is yours."
    answers = factory.LazyFunction(lambda: {q.value: {"answer": "yes", "source": "section 3"} for q in Question})
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class VersionFactory(factory.Factory[Version]):
    """A version taken in through the library: `VersionFactory(by=ada(), title="Kitchen")`."""

    class Meta:
        model = Version

    data = factory.Sequence(lambda n: picture(seed=n))
    title = factory.Sequence(lambda n: f"Kitchen {n}")
    by = factory.LazyFunction(ada)
    origin = Origin.UPLOADED
    maker = "upload"

    @classmethod
    def _create(cls, model_class: type[Version], *args: Any, **kwargs: Any) -> Version:
        return intake.take_in(**kwargs)


class AssetFactory(VersionFactory):
    """An asset with its first version."""

    @classmethod
    def _create(cls, model_class: type[Version], *args: Any, **kwargs: Any) -> Asset:  # type: ignore[override] # not a version
        return intake.take_in(**kwargs).asset


def picture(
    width: int = 96, height: int = 64, *, seed: int = 0, form: str = "PNG", mode: str = "RGB", **options: Any
) -> bytes:
    """A small picture that is not flat; another seed gives other bytes."""
    image = Image.new("RGB", (width, height), (seed * 37 % 256, seed * 59 % 256, 120))
    draw = ImageDraw.Draw(image)
    draw.rectangle(
        (width // 4, height // 4, width * 3 // 4, height * 3 // 4), fill=(230, seed % 256, seed // 256 % 256)
    )
    out = io.BytesIO()
    image.convert(mode).save(out, form, **options)
    return out.getvalue()


def moving_picture() -> bytes:
    """A GIF of two frames."""
    first, second = (Image.open(io.BytesIO(picture(seed=seed))) for seed in (1, 2))
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=[second], duration=100)
    return out.getvalue()


YES = {Question(question): licenses.GivenAnswer(Answer.YES, "", "our own work") for question in Question}


def complete_license(version: Version, by: User | None = None, **facts: Any) -> License:
    """Every license question answered so that nothing blocks."""
    given = {"holder": "Harbor Homes", "attribution": "Harbor Homes"} | facts
    answered = verbs.answer_license(version, YES, by=by or version.created_by, **given)
    assert answered.license is not None
    return answered.license


def ready_version(by: User | None = None, **options: Any) -> Version:
    """A version that nothing is missing from: alt text, license, who is shown, how it came about."""
    person = by or ada()
    version = VersionFactory.create(by=person, digital_source="digitalCapture", **options)
    return make_ready(version, person)


def make_ready(version: Version, by: User) -> Version:
    """Give a version everything that a review asks for; returns it as it is in the database."""
    verbs.describe(version, text="Kitchen with an oak table by a wide window", decorative=False, language="en", by=by)
    complete_license(version, by)
    verbs.say_who_is_shown(version, people=Answer.NO, property=Answer.NO, by=by)
    return Version.objects.with_dossier().get(pk=version.pk)


def explained(version: Version, by: User) -> Version:
    """The version with each of its contradictions explained."""
    found = agreement.of(Version.objects.with_dossier().get(pk=version.pk))
    explaining.explain([version], {each.code: f"Explanation of {each.code}" for each in found}, by=by)
    return Version.objects.with_dossier().get(pk=version.pk)


def approve(version: Version, by: User) -> Version:
    """Approve without a review, for tests of what comes after one."""
    from django.db import transaction

    from assets.models.version import Status

    with transaction.atomic():
        verbs.move(version, Status.IN_REVIEW)
        verbs.move(version, Status.APPROVED, approved_by=by)
    return Version.objects.with_dossier().get(pk=version.pk)


def blockers(version: Version, on: date) -> list[str]:
    """Codes of what blocks the rights of a version on a day."""
    return [finding.code for finding in validity.findings(version, on) if finding.blocks]
