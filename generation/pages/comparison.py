"""The read side of side by side: the pictures of a brief in cells, with or without whose they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from string import ascii_uppercase

from django.template.defaultfilters import filesizeformat

from assets.imaging.rendering import SPECS, fitted
from core.models import User
from generation.briefs import specs
from generation.catalogue import registry
from generation.jobs.ingest import FLAGS
from generation.models import Brief, Job, JobState, Output, OutputState, Pick, Preference
from generation.models.job import RETRIABLE, RUNNING
from generation.pages.brief_page import duration
from generation.providers.errors import ErrorKind

MOST_CELLS = 9
"""Pictures that are compared at a time; more come in further sets."""
DRAWN_AT = 600
"""Width in pixels that every picture is announced with, so that not even its size says whose it is."""

REASONS: Mapping[str, str] = {
    ErrorKind.REFUSED: "Declined by the provider's content rules",
    ErrorKind.REJECTED: "The request did not fit the model",
    ErrorKind.UNAUTHORIZED: "The provider's key was not accepted",
    ErrorKind.OUT_OF_MONEY: "The provider's account has no money left",
    ErrorKind.RATE_LIMITED: "The provider was too busy",
    ErrorKind.UNAVAILABLE: "The provider could not be reached",
    ErrorKind.UNCLEAR: "Sent, but no answer came back",
    ErrorKind.LOST: "Sent, but no answer came back",
    ErrorKind.BAD_ANSWER: "The answer could not be used",
    ErrorKind.BLOCKED_ADDRESS: "The answer pointed to an address that is not the provider's",
    ErrorKind.MODEL_GONE: "The model is no longer available",
    ErrorKind.NOT_SENT: "It could not be sent",
    ErrorKind.NOT_ASKED: "It could not be asked for again",
    ErrorKind.POISON: "It stopped every worker that took it",
}
"""Kind of error → the same words whoever it came from: they say what happened and not to whom."""
STATE_WORDS: Mapping[str, str] = {
    JobState.CANCELED: "Canceled before it was sent",
    JobState.HAND: "Waiting for its upload",
    JobState.QUEUED: "On its way",
    JobState.SENDING: "On its way",
    JobState.WAITING: "On its way",
}


@dataclass(frozen=True)
class ComparedPicture:
    """One picture, or the place of one that did not come."""

    letter: str
    job: Job
    output: Output | None
    blind: bool
    mine: bool
    """Whether this person picked it."""
    picked_by: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"Picture {self.letter}"

    @property
    def caption(self) -> str:
        """Its letter, and whose it is unless that is hidden."""
        return f"{self.letter} · {self.model}" if self.model else self.letter

    @property
    def model(self) -> str:
        """Whose it is; nothing while that is hidden."""
        return "" if self.blind else self.job.model.name

    @property
    def provider(self) -> str:
        return "" if self.blind else registry.label(self.job.model.provider)

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height for the page: the shape, and while it is hidden whose it is, not the size."""
        if self.output is None:
            return (0, 0)
        if self.blind:
            return DRAWN_AT, round(DRAWN_AT * self.output.height / self.output.width)
        return fitted(self.output.width, self.output.height, SPECS["preview"])

    @property
    def is_coming(self) -> bool:
        return self.output is None and self.job.state in RUNNING

    @property
    def reason(self) -> str:
        """Why there is no picture, in the same words for every provider."""
        if self.job.state == JobState.PARTIAL:
            return "Fewer arrived than requested"
        if self.job.state in STATE_WORDS:
            return STATE_WORDS[self.job.state]
        return REASONS.get(self.job.error_kind, "It did not arrive")

    @property
    def details(self) -> str:
        """The provider's own words; they may name it."""
        return "" if self.blind else self.job.error_words

    @property
    def is_new(self) -> bool:
        return self.output is not None and self.output.state == OutputState.NEW

    @property
    def may_retry(self) -> bool:
        return not self.blind and self.job.state in RETRIABLE

    @property
    def seconds(self) -> str:
        if self.job.started_at is None or self.job.finished_at is None:
            return ""
        return duration(self.job.finished_at - self.job.started_at)

    @property
    def cost(self) -> int | None:
        """The picture's share of what its job cost."""
        if self.job.settled_micros is None:
            return None
        return self.job.settled_micros // max(1, len(self.job.outputs.all()))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the table: the same question about every cell."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two cells under the slider, and whom the arrows bring next."""

    first: ComparedPicture
    second: ComparedPicture
    previous: ComparedPicture
    following: ComparedPicture

    @property
    def previous_query(self) -> str:
        """The first of the two beside the partner before, as an address says it."""
        return f"a={self.first.letter}&b={self.previous.letter}"

    @property
    def following_query(self) -> str:
        """The first of the two beside the next partner, as an address says it."""
        return f"a={self.first.letter}&b={self.following.letter}"


@dataclass(frozen=True)
class Comparison:
    """Everything that the comparison of a brief shows to one person."""

    brief: Brief
    every: tuple[ComparedPicture, ...]
    may_be_blind: bool
    """Whether there is anything to hide: more than one model, and no preference of this person yet."""
    number: int
    """Of the set, from 1."""
    blind: bool
    preferences: tuple[Preference, ...]
    mine: Preference | None
    wanted: tuple[str, str]
    """Letters of the two to look at closely."""
    names: bool = False
    """Whether the address asks for the names."""

    @property
    def query(self) -> str:
        """This set, as an address says it."""
        return f"{'names=1&' if self.names else ''}set={self.number}"

    @property
    def cells(self) -> tuple[ComparedPicture, ...]:
        start = (self.number - 1) * MOST_CELLS
        return self.every[start : start + MOST_CELLS]

    @property
    def sets(self) -> range:
        return range(1, -(-len(self.every) // MOST_CELLS) + 1)

    @property
    def running(self) -> bool:
        return any(cell.job.state in RUNNING for cell in self.every)

    @property
    def drawn(self) -> list[ComparedPicture]:
        """Cells of this set that have a picture."""
        return [cell for cell in self.cells if cell.output]

    @property
    def pictures(self) -> int:
        return sum(cell.output is not None for cell in self.every)

    @property
    def may_judge(self) -> bool:
        """Whether there is something to choose from, everything has come, and this person has not chosen yet."""
        return self.blind and self.pictures > 1 and not self.running

    @cached_property
    def pair(self) -> SideBySide | None:
        """The two to look at closely: those asked for, or the first two."""
        drawn = self.drawn
        if len(drawn) < 2:
            return None
        by_letter = {cell.letter: cell for cell in drawn}
        first = by_letter.get(self.wanted[0], drawn[0])
        others = [cell for cell in drawn if cell is not first]
        second = next((cell for cell in others if cell.letter == self.wanted[1]), others[0])
        place = others.index(second)
        return SideBySide(first, second, others[place - 1], others[(place + 1) % len(others)])

    @cached_property
    def table(self) -> list[Fact]:
        """The facts of this set beside each other; nothing while it is hidden whose they are."""
        return [] if self.blind else list(_facts(self.cells))

    @property
    def costs_differ(self) -> bool:
        return len({(cell.cost, cell.job.currency) for cell in self.cells}) > 1

    @property
    def choice(self) -> str:
        """What this person chose, in words."""
        return self._said(self.mine) if self.mine else ""

    @property
    def tally(self) -> list[str]:
        """How others judged, in words; only once one's own preference cannot be swayed by it."""
        others = [] if self.blind else [preference for preference in self.preferences if preference != self.mine]
        return [f"{each.by}: {self._said(each)}" for each in others]

    def _said(self, preference: Preference) -> str:
        if preference.output_id is None:
            return "a tie" if preference.outcome == Pick.TIE else "none of them"
        letters = {cell.output.pk: cell.letter for cell in self.every if cell.output}
        return letters.get(preference.output_id, "one that is now discarded")


def compare(
    brief: Brief, person: User, *, names: bool = False, number: int = 1, wanted: tuple[str, str] = ("", "")
) -> Comparison:
    """The comparison of a brief, in a number of queries that does not grow with it.

    It is blind until the person has judged, or asks for the names. The order is another one for everybody, and always
    the same for one person.
    """
    preferences = tuple(brief.preferences.select_related("by"))
    mine = next((preference for preference in preferences if preference.by_id == person.pk), None)
    jobs = list(Job.objects.filter(brief=brief).with_details())
    may_be_blind = mine is None and len({job.model_id for job in jobs}) > 1
    blind = may_be_blind and not names
    places = sorted(_places(jobs), key=lambda place: _shuffled(person, place))
    cells = [_cell(letter, place, blind, preferences, mine) for letter, place in zip(_letters(), places, strict=False)]
    sets = max(1, -(-len(cells) // MOST_CELLS))
    number = min(max(1, number), sets)
    return Comparison(brief, tuple(cells), may_be_blind, number, blind, preferences, mine, wanted, names)


Place = tuple[Job, Output | None]


def _places(jobs: Iterable[Job]) -> Iterable[Place]:
    """Every picture that is not discarded, and one place for each job that has none to show."""
    for job in jobs:
        outputs = list(job.outputs.all())
        kept = [output for output in outputs if output.state != OutputState.DISCARDED]
        yield from ((job, output) for output in kept)
        if not outputs or job.state == JobState.PARTIAL:
            yield job, None


def _shuffled(person: User, place: Place) -> str:
    job, output = place
    return hashlib.sha256(f"{person.pk} {output.pk if output else job.pk}".encode()).hexdigest()


def _cell(
    letter: str, place: Place, blind: bool, preferences: Sequence[Preference], mine: Preference | None
) -> ComparedPicture:
    job, output = place
    picks = [each for each in preferences if output and each.output_id == output.pk and not blind]
    names = tuple(str(each.by) for each in picks if each != mine)
    return ComparedPicture(letter, job, output, blind, mine in picks, names)


def _letters() -> Iterable[str]:
    """A to Z, then AA and so on: a brief has 72 pictures at most."""
    pairs = (first + second for first in ascii_uppercase for second in ascii_uppercase)
    return chain(ascii_uppercase, pairs)


def _facts(cells: Sequence[ComparedPicture]) -> Iterable[Fact]:
    for name, answer in QUESTIONS.items():
        values = tuple(answer(cell) for cell in cells)
        if any(values):
            yield Fact(name, values)


def _size(cell: ComparedPicture) -> str:
    return f"{cell.output.width} × {cell.output.height}" if cell.output else ""


def _file(cell: ComparedPicture) -> str:
    if cell.output is None:
        return ""
    return f"{cell.output.media_type.removeprefix('image/').upper()}, {filesizeformat(cell.output.size)}"


def _seed(cell: ComparedPicture) -> str:
    return (cell.output.seed if cell.output else "") or cell.job.seed


def _quality(cell: ComparedPicture) -> str:
    return str(cell.job.in_effect.get("quality") or cell.job.parameters.get("quality") or "")


def _without(cell: ComparedPicture) -> str:
    return ", ".join(specs.OPTION_WORDS.get(name, name) for name in cell.job.dropped)


def _flags(cell: ComparedPicture) -> str:
    return " ".join(FLAGS.get(flag, flag) for flag in (cell.output.flags if cell.output else ()))


QUESTIONS: Mapping[str, Callable[[ComparedPicture], str]] = {
    "Model": lambda cell: cell.model,
    "Provider": lambda cell: cell.provider,
    "Answered as": lambda cell: cell.job.model_reported,
    "State": lambda cell: str(cell.job.get_state_display()),
    "Time": lambda cell: cell.seconds,
    "Size": _size,
    "File": _file,
    "Seed": _seed,
    "Quality": _quality,
    "Sent without": _without,
    "Prompt as revised": lambda cell: cell.job.revised_prompt,
    "Looks wrong": _flags,
}
"""The lines of the table of facts, in order."""
