"""What the compose page shows while somebody types: the prompt as each model would get it, its price, what is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.text import slugify

from core import clock
from core.models import User
from generation.briefs import photographs, pricing, specs
from generation.briefs.extras import Extras
from generation.briefs.leaving import Leaving, leaving
from generation.briefs.sending_photographs import Photographs
from generation.catalogue import offers
from generation.catalogue.model_specs import BadFacts
from generation.catalogue.offers import Offer
from generation.models import Brief, BriefKind, BriefReference
from generation.prompt_templates import content_rules
from generation.prompt_templates.content_rules import Hit
from generation.providers.base import ImageSpec, Quote
from generation.spending import budgets

RULE_CODE = content_rules.CODE
BASIS_WORDS = {"fixed": "fixed price", "estimate": "estimate", "free": "free"}


@dataclass(frozen=True, slots=True)
class Lost:
    """An option that a model cannot carry, and whether the asker agreed to send without it."""

    value: str
    """What the form sends when it is agreed: `<model>:<option>`."""
    words: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One model on the compose page."""

    offer: Offer
    chosen: bool
    quote: Quote | None = None
    lost: tuple[Lost, ...] = ()
    text: str = ""
    size: str = ""
    problem: str = ""
    extras: Extras | None = None
    """What its adapter may be asked besides; where it is chosen."""

    @property
    def basis(self) -> str:
        return BASIS_WORDS.get(self.quote.basis, "") if self.quote else ""

    @property
    def has_a_price(self) -> bool:
        """Whether it costs something for each picture."""
        return self.quote is not None and bool(self.quote.amount)

    @property
    def instead_of_a_price(self) -> str:
        """What is said where nothing is charged for a picture; nothing where there is no quote."""
        if self.quote is None:
            return ""
        return "your plan" if self.by_hand else "free"

    @property
    def plan(self) -> str:
        """What is paid instead of a price for each picture."""
        return str(self.offer.row.facts.get("price", {}).get("plan", ""))

    @property
    def by_hand(self) -> bool:
        return self.offer.provider.capabilities.by_hand


@dataclass(frozen=True, slots=True)
class Text:
    """One exact text, and the models that get it."""

    names: tuple[str, ...]
    text: str

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Remark:
    """A content rule that is broken, and whether its asker has said that it is meant."""

    hit: Hit
    accepted: bool

    @property
    def link(self) -> str:
        """An id for the page."""
        return slugify(self.hit.key)


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that would happen if the brief were sent now."""

    lines: tuple[Line, ...]
    texts: tuple[Text, ...]
    total: int
    left: int
    limit: int
    remarks: tuple[Remark, ...]
    pictures: int
    negative: str = ""
    leaving: tuple[Leaving, ...] = ()
    """Private words that go to a provider outside."""

    @property
    def over(self) -> bool:
        """Whether the budget does not hold it."""
        return self.total > self.left

    @property
    def spent_after(self) -> int:
        """What the tightest budget would have used once this is sent."""
        return self.limit - self.left + self.total

    @property
    def limit_high(self) -> int:
        """From where a budget counts as nearly used up."""
        return self.limit * 8 // 10

    @property
    def blocked(self) -> bool:
        return any(remark.hit.rule.blocks for remark in self.remarks)


def preview(
    brief: Brief,
    offers: Sequence[Offer],
    chosen: Collection[str],
    agreed: Collection[str],
    person: User,
    *,
    sent: Sequence[BriefReference] = (),
    extras: Mapping[int, Extras] | None = None,
) -> Preview:
    """What sending the unsaved brief to the chosen models would do. `chosen` and `agreed` are values of the form."""
    along = Photographs(brief, sent)
    told = [_line(brief, offer, str(offer.row.pk) in chosen, agreed, sent, along) for offer in offers]
    lines = tuple(replace(line, extras=(extras or {}).get(line.offer.row.pk)) if line.chosen else line for line in told)
    sending = [line for line in lines if line.chosen]
    covering = budgets.covering(person, brief.listing, "USD", brief.campaign)
    tightest = min(covering, key=lambda budget: budget.left_micros)
    return Preview(
        lines=lines,
        texts=tuple(_texts(sending)),
        total=sum(line.quote.amount.micros for line in sending if line.quote),
        left=tightest.left_micros,
        limit=tightest.limit_micros,
        remarks=tuple(Remark(hit, is_acknowledged(brief, hit)) for hit in hits(brief)),
        pictures=brief.count * len(sending),
        negative=brief.negative if sending else "",
        leaving=tuple(leaving(brief, [(line.offer.row, line.offer.provider, line.text) for line in sending])),
    )


def hits(brief: Brief) -> list[Hit]:
    """The content rules that the words of a brief break: the house's, and those of its template."""
    own = content_rules.parse(brief.revision.forbidden) if brief.revision else ()
    typed = [str(value) for value in brief.values.values()] if brief.revision else [brief.prompt]
    typed += [value for extra in brief.extra.values() for value in extra.values()]
    house = content_rules.applying(free=brief.revision is None, listing=brief.listing is not None)
    title = brief.title.replace(brief.revision.template.name, "") if brief.revision else brief.title
    return content_rules.check([*typed, title], [*own, *house])


def acknowledge(brief: Brief, keys: Collection[str]) -> None:
    """Note on an unsaved brief which warnings its asker says are meant. What blocks cannot be acknowledged."""
    brief.acknowledged = [hit.record for hit in hits(brief) if hit.key in keys and not hit.rule.blocks]


def is_acknowledged(brief: Brief, hit: Hit) -> bool:
    """Whether somebody said that exactly this is meant."""
    return not hit.rule.blocks and hit.record in brief.acknowledged


def _line(
    brief: Brief,
    offer: Offer,
    chosen: bool,
    agreed: Collection[str],
    sent: Sequence[BriefReference],
    along: Photographs,
) -> Line:
    if offer.ended:
        instead = f" Use {offers.successor_name(offer.row)} instead." if offer.row.successor else ""
        return Line(offer, False, problem=f"Ended on {clock.written(offer.row.ends_on)}.{instead}")
    try:
        spec = specs.spec_for(brief, offer.row, sent=sent)
    except (BadFacts, ValueError) as error:
        return Line(offer, False, problem=str(error))
    lost = tuple(_lost(offer, name, agreed) for name in specs.lost_options(spec, offer.provider))
    plain = specs.without(spec, [each.value.partition(":")[2] for each in lost], offer.row)
    problem = _problem(brief, offer, spec, plain, sent)
    problem = problem or " ".join(each.words for each in along.stopped(offer.row, offer.provider, plain))
    if problem:
        return Line(offer, False, problem=problem)
    size = offer.provider.size(plain)
    return Line(
        offer,
        chosen,
        quote=pricing.quote(plain, offer.provider),
        lost=lost,
        text=offer.provider.compose(plain),
        size=f"{size[0]} × {size[1]}" if size else "",
    )


def _problem(brief: Brief, offer: Offer, spec: ImageSpec, plain: ImageSpec, sent: Sequence[BriefReference]) -> str:
    """Why a model cannot be chosen; nothing when it can. An edit's mask is still being painted."""
    if photographs.is_needed(brief, sent):
        return photographs.problem(spec, offer.provider)
    return "" if brief.kind == BriefKind.EDIT else specs.lacking(plain)


def _lost(offer: Offer, name: str, agreed: Collection[str]) -> Lost:
    value = f"{offer.row.pk}:{name}"
    return Lost(value, specs.OPTION_WORDS.get(name, name), value in agreed)


def _texts(lines: Iterable[Line]) -> Iterable[Text]:
    same: dict[str, list[str]] = {}
    for line in lines:
        same.setdefault(line.text, []).append(line.offer.row.name)
    return [Text(tuple(names), text) for text, names in same.items()]


def drops(agreed: Iterable[str]) -> Mapping[int, list[str]]:
    """`<model>:<option>` values of the form, by model row."""
    found: dict[int, list[str]] = {}
    for value in agreed:
        model, _, option = value.partition(":")
        if model.isdecimal() and option in specs.OPTION_WORDS:
            found.setdefault(int(model), []).append(option)
    return found
