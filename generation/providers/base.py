"""The portal's own words for making pictures: the wish, the two shapes of an answer, and the provider.

A provider turns an ImageSpec into Finished or Pending, or raises one of the classes in errors.py. It never
repeats a request by itself, and says beforehand which parts of a wish it cannot carry.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from uuid import UUID

from generation.providers.callbacks import Headers, InvalidSignature
from generation.providers.egress.addresses import is_inside
from generation.providers.errors import Rejected
from generation.providers.models import QUALITIES, ModelSpec, Quality, Sizes, ratio_of
from generation.providers.options import OptionError, Secret, closed, secrets_in
from generation.providers.prices import FREE, Money, Order, Quote
from generation.providers.questions import Question, questions_of, unanswered, without_pictures

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from generation.providers.egress.http import Client

__all__ = [
    "FREE", "QUALITIES", "AnswerKind", "Capabilities", "Finished", "ImageSpec", "ModelSpec", "Money", "Nothing",
    "Order", "Pending", "Picture", "Provider", "Quality", "Quote", "Reference", "Refusal", "Secret", "Sizes",
]  # fmt: skip

NOT_SENT = {
    "seed": "the seed",
    "negative": "the words to exclude",
    "references": "some of the pictures that were to go along",
    "mask": "the mask",
    "count": "the number of pictures",
    "size": "the exact size",
    "ratio": "the exact shape",
}
"""What a person calls the options that can be lost."""
CostBasis = Literal["reported", "computed", "fixed", "unknown", "free", "doubtful"]
"""Where a cost is from; "doubtful" is one that cannot be meant, so that a person has to look."""


class AnswerKind(StrEnum):
    """What came of a request that did not end in an error. Stored on attempts: a value is never renamed."""

    FINISHED = "finished"
    PENDING = "pending"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True)
class Reference:
    """A picture that goes with the wish: something to look at, or to change."""

    data: bytes = field(repr=False)
    media_type: str = "image/png"
    name: str = ""


@dataclass(frozen=True)
class ImageSpec:
    """One frozen wish to one model. `hints` are the template's fields, already said in the prompt."""

    prompt: str
    model: ModelSpec
    ratio: str = "3:2"
    count: int = 1
    quality: Quality = "standard"
    seed: int | None = None
    negative: str = ""
    references: tuple[Reference, ...] = ()
    mask: bytes | None = field(default=None, repr=False)  # PNG; transparent where the first reference may change
    edits: bool = False  # the first reference is to be changed; else all of them are only looked at
    size: tuple[int, int] | None = None  # exact pixels, only where a channel insists; else the ratio decides
    hints: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    callback_url: str = ""  # where a provider that `calls_back` may say that the job is over

    def __post_init__(self) -> None:
        ratio_of(self.ratio)
        if self.count < 1:
            raise ValueError("A wish is for one picture at least.")
        if self.quality not in QUALITIES:
            raise ValueError(f"Quality is one of {', '.join(QUALITIES)}.")

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height to ask for."""
        return self.size or self.model.sizes.fit(self.ratio)

    @property
    def order(self) -> Order:
        """What the price depends on."""
        width, height = self.pixels
        return Order(
            quality=self.model.quality(self.quality),
            width=width,
            height=height,
            count=self.count,
            prompt_length=len(self.prompt),
            references=len(self.references) + (self.mask is not None),
        )

    @property
    def further_inputs(self) -> dict[str, Any]:
        """What the model's row says to send along as it is: its setting `also`, a JSON object. Raises Rejected."""
        try:
            inputs = json.loads(self.model.settings.get("also", "{}"))
        except ValueError:
            inputs = None
        if not isinstance(inputs, dict):
            raise Rejected(f"The further inputs in the row of {self.model.name} are not a JSON object.", field="model")
        return inputs


@dataclass(frozen=True)
class Picture:
    """One picture exactly as it came, with its seed if the provider told one."""

    data: bytes = field(repr=False)
    seed: int | None = None


@dataclass(frozen=True)
class Refusal:
    """A picture of several that was declined while the others came."""

    words: str
    stage: Literal["input", "output", "unknown"] = "output"
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A job that is over. `raw` has no keys and no pictures in it; a seed is there only if it was told."""

    kind: ClassVar[AnswerKind] = AnswerKind.FINISHED

    pictures: tuple[Picture, ...]
    cost: Money | None = None
    cost_basis: CostBasis = "unknown"
    model_reported: str = ""
    seed: int | None = None
    revised_prompt: str = ""
    request_id: str = ""
    parameters_sent: Mapping[str, Any] = field(default_factory=dict)
    parameters_in_effect: Mapping[str, Any] = field(default_factory=dict)
    raw: Any = None
    warnings: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A job that goes on elsewhere; `handle` is for `resume` alone to read, and may be stored.

    `ask_again_in` is in seconds; None means that a person must bring the result.
    """

    kind: ClassVar[AnswerKind] = AnswerKind.PENDING

    handle: str
    ask_again_in: float | None
    cost: Money | None = None
    request_id: str = ""
    parameters_sent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a provider can carry. Everything is False until an adapter says otherwise."""

    seed: bool = False
    negative: bool = False
    references: bool = False
    mask: bool = False
    several: bool = False  # more than one picture in one call
    exact_size: bool = False
    quality: bool = False
    cancellable: bool = False
    resumable: bool = False  # start answers Pending and resume is worth calling
    by_hand: bool = False  # a person runs it elsewhere and brings the picture
    repeat_is_harmless: bool = False  # sending again can never cost or duplicate anything

    def missing_for(self, spec: ImageSpec) -> list[str]:
        """Names of the wishes in spec that would be lost on the way, in a fixed order."""
        model = spec.model
        lost = {
            "seed": spec.seed is not None and not self._has("seed", model),
            "negative": bool(spec.negative) and not self._has("negative", model),
            "references": len(spec.references) > (model.max_references if self._has("references", model) else 0),
            "mask": spec.mask is not None and not self._has("mask", model),
            "count": spec.count > (model.max_n if self._has("several", model) else 1),
            "size": spec.size is not None and not self._size(spec),
            "ratio": spec.size is None and not model.sizes.carries(spec.ratio),
        }
        return [name for name, is_lost in lost.items() if is_lost]

    def _has(self, option: str, model: ModelSpec) -> bool:
        return bool(getattr(self, option)) and option not in model.lacks

    def _size(self, spec: ImageSpec) -> bool:
        return self._has("exact_size", spec.model) and spec.model.sizes.allows(*spec.pixels)


@dataclass(frozen=True)
class Nothing:
    """The options of a provider that has none."""


class Provider(ABC):
    """One image generator, spoken to in the portal's own words."""

    key: ClassVar[str]  # stored on every job; never renamed
    label: ClassVar[str]
    system: ClassVar[str] = ""  # the AI system as files name it, where that is not the label
    capabilities: ClassVar[Capabilities]
    Options: ClassVar[type[DataclassInstance]] = Nothing
    Extra: ClassVar[type[DataclassInstance]] = Nothing  # what ImageSpec.extra may hold
    seeds: ClassVar[range] = range(2**31)
    """Seeds that mean what they say there: one that stands for "any" is not among them."""

    def __init__(self, options: Mapping[str, str], client: Client) -> None:
        self.options: Any = closed(self.Options, options, where=f"{self.key} options")
        self.client = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def lost_in(self, spec: ImageSpec) -> tuple[str, ...]:
        """A sentence for each part of a wish that was not sent."""
        return tuple(f"Sent without {NOT_SENT[name]}: {self.label} cannot use it." for name in self.unsupported(spec))

    def ai_system(self, model: str) -> str:
        """What made a picture of this model, as its file names it; empty where no trained model draws."""
        return self.system or self.label

    @property
    def is_inside(self) -> bool:
        """Whether what it is sent stays in the house: on this computer, or at an address inside the network."""
        address = str(getattr(self.options, "base_url", "") or getattr(self.options, "endpoint_url", ""))
        return bool(address) and is_inside(address)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys this provider holds, to be taken out of everything that is stored."""
        return secrets_in(self.options)

    def questions(self, model: ModelSpec) -> tuple[Question, ...]:
        """What a form may ask for this model besides the common words."""
        declared = questions_of(self.Extra)
        takes_pictures = self.capabilities.references and model.max_references and "references" not in model.lacks
        # With pictures, without, or as one likes.
        ways = (True,) if "references" in model.needs else (True, False) if takes_pictures else (False,)
        able = [each for each in declared if any(each.applies(with_pictures=way) for way in ways)]
        return tuple(asked for each in able if (asked := self.narrowed(each, model)) is not None)

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        """A question as this model takes it, perhaps with fewer choices; None where it does not."""
        return question

    def amiss(self, model: ModelSpec, extra: Mapping[str, str]) -> Mapping[str, str]:
        """Extras without which, or with which, this model can do nothing: name -> what to do, in words."""
        return dict(unanswered(self.questions(model), extra))

    def without_pictures(self, extra: Mapping[str, str]) -> Mapping[str, str]:
        """Of some extras those that mean something although no pictures go along."""
        return without_pictures(self.Extra, extra)

    def size(self, spec: ImageSpec) -> tuple[int, int] | None:
        """About the width and height in pixels that the picture will have; None where the one sent along decides."""
        return spec.pixels

    def quote(self, spec: ImageSpec) -> Quote:
        """The price of this wish before sending; budgets reserve it."""
        return spec.model.price.quote(spec.order)

    @abstractmethod
    def start(self, spec: ImageSpec, *, attempt: UUID) -> Finished | Pending:
        """Send once. `attempt` makes the request recognizable where the provider allows it."""

    def resume(self, handle: str) -> Finished | Pending:
        """Ask again about a Pending job; asking never costs anything."""
        raise NotImplementedError(f"{self.label} answers at once: there is nothing to resume.")

    def cancel(self, handle: str) -> None:
        """Ask the provider to stop a Pending job, where capabilities.cancellable."""
        raise NotImplementedError(f"{self.label} cannot stop a picture once it is begun.")

    @property
    def calls_back(self) -> bool:
        """Whether it says by itself that a job is over, at spec.callback_url and so that it can be proven."""
        return False

    def verify_callback(self, headers: Headers, body: bytes) -> str:
        """The provider's own id of the job that a genuine callback is about; believe nothing else.

        Raises InvalidSignature.
        """
        raise InvalidSignature(f"{self.label} does not call back.")

    def unsupported(self, spec: ImageSpec) -> list[str]:
        """Names of the options in spec that would be lost on the way."""
        lost = self.capabilities.missing_for(spec)
        return lost if self._means_its_seed(spec) or "seed" in lost else ["seed", *lost]

    def check_seed(self, spec: ImageSpec) -> None:
        """Raises Rejected for a seed that would be sent and mean something else; nobody agreed to go without it."""
        is_sent = self.capabilities.seed and "seed" not in spec.model.lacks
        if is_sent and not self._means_its_seed(spec):
            raise Rejected(f"A seed for {self.label} is from {self.seeds[0]} to {self.seeds[-1]}.", field="seed")

    def _means_its_seed(self, spec: ImageSpec) -> bool:
        """Of several pictures each takes the number after the one before."""
        return spec.seed is None or (spec.seed in self.seeds and spec.seed + spec.count - 1 in self.seeds)

    def going_on(self, request_id: str) -> Mapping[str, str]:
        """What `extra` says so that a wish goes on from that answer; nothing where answers are not remembered."""
        return {}

    def compose(self, spec: ImageSpec) -> str:
        """The exact text that will be sent."""
        return spec.prompt

    @abstractmethod
    def check(self) -> str:
        """Whether this provider answers, in one sentence; spends nothing. Raises ProviderError if not."""

    def extras(self, spec: ImageSpec) -> Any:
        """spec.extra as this adapter's own small options; raises Rejected for a key it does not know."""
        try:
            return closed(self.Extra, spec.extra, where=f"{self.key} extra")
        except OptionError as error:
            raise Rejected(str(error), field="extra") from None
