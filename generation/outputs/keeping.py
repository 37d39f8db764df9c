"""What becomes of an output: kept as a version of an asset, discarded, or taken out of the bin again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assets.imaging.rendering import Seen
from assets.library import intake
from assets.models import Asset, Listing, Origin, Version
from assets.provenance.data import ProvenanceData
from core import audit, clock, storage
from core.errors import InvalidTransition
from core.models import User
from generation.briefs import lineage, specs
from generation.catalogue import registry
from generation.jobs import ingest
from generation.models import Output, OutputState, Role
from generation.outputs.transitions import lock, move

KEEPING_TAKES = timedelta(minutes=1)
"""After this long, somebody who was keeping an output is taken to have died doing it."""


For = Listing | Literal["as briefed"] | None
"""Which house a picture is for: another than its brief says, the same, or none."""


def keep(
    output: Output, *, by: User, title: str = "", asset: Asset | None = None, listing: For = "as briefed"
) -> Version:
    """Make the output a version: of `asset`, or of a new one. Two people keeping it at once get one version.

    The library stores files, which may not happen inside a transaction; so the output is claimed first, and marked
    as kept afterwards. Whoever finds a claim whose holder died finds the version by its job and its hash.
    """
    _check(by)
    claimed = _claim(output, by)
    try:
        version = _version_already_kept(claimed) or _take_in(claimed, by, title, asset, listing)
    except BaseException:
        _let_go(claimed)
        raise
    _mark_kept(output, version, by)
    return version


def discard(output: Output, *, by: User) -> Output:
    """Put an output aside. Its bytes stay, and it can be restored."""
    return _turn(output, by, OutputState.NEW, OutputState.DISCARDED, "output.discarded", "was discarded")


def undiscard(output: Output, *, by: User) -> Output:
    """Take a discarded output back."""
    return _turn(output, by, OutputState.DISCARDED, OutputState.NEW, "output.restored", "was restored")


def facts_of(output: Output) -> ProvenanceData:
    """How the picture was made, in the library's plain values. The cost is the picture's share of its job's."""
    job, brief = output.job, output.job.brief
    made = job.outputs.count()
    return ProvenanceData(
        provider=job.model.provider,
        provider_name=registry.label(job.model.provider),
        ai_system=registry.ai_system(job.model.provider, job.model_reported or job.model.model_id),
        model_asked=job.model.model_id,
        model_reported=job.model_reported,
        prompt=brief.prompt,
        negative="" if "negative" in job.dropped else brief.negative,
        revised_prompt=job.revised_prompt,
        template=str(brief.revision or ""),
        values=brief.values,
        purpose=brief.purpose,
        parameters={**_parameters(output), **_sent_along(output)},
        in_effect=job.in_effect,
        dropped=[specs.OPTION_WORDS.get(name, name) for name in job.dropped],
        seed=output.seed or job.seed,
        request_id=job.request_id,
        generated_at=job.finished_at,
        cost_micros=None if job.settled_micros is None else job.settled_micros // max(made, 1),
        currency=job.currency,
        cost_basis=job.cost_basis,
        brief_id=brief.pk,
        job_id=job.pk,
        terms=job.terms,
        found=output.found,
        raw={**job.raw, "warnings": job.warnings} if job.warnings else job.raw,
    )


def _take_in(output: Output, by: User, title: str, asset: Asset | None, listing: For) -> Version:
    job = output.job
    by_hand = registry.is_by_hand(job.model.provider)
    descent = lineage.descent(output)
    title = title.strip() or job.brief.title
    listing = job.brief.listing if listing == "as briefed" else listing
    wording = {} if asset else lineage.taken_over(job.brief, title=title, listing=listing, kept_by=by)
    return intake.take_in(
        _bytes_of(output),
        title=title,
        by=by,
        origin=Origin.BROUGHT if by_hand else Origin.GENERATED,
        maker=registry.label(job.model.provider),
        listing=listing,
        asset=asset,
        parent=descent.parent,
        original=descent.original,
        digital_source=descent.digital_source,
        # Of what people bring by hand the portal knows from where, and takes their word for what it is.
        provenance=replace(facts_of(output), digital_source="" if by_hand else descent.digital_source),
        hands={**lineage.hands(output, kept_by=by), **wording},
        seen=_seen(output),
    )


def _bytes_of(output: Output) -> bytes:
    try:
        return storage.read(output.sha256)
    except (storage.CorruptFile, FileNotFoundError) as error:
        words = "This picture is damaged or missing where it is kept, and stays here. Ask for it to be restored."
        raise InvalidTransition(words) from error


def _seen(output: Output) -> Seen | None:
    """What was seen when the picture came; nothing where there is no smaller copy, and so it is looked at again."""
    if not output.preview_sha256:
        return None
    try:
        return ingest.seen_before(output)
    except (storage.CorruptFile, FileNotFoundError):
        return None


def _parameters(output: Output) -> dict[str, Any]:
    """Those of the job, with what was said of this very picture. Before pictures had it, it was said of the job."""
    if output.told is None:
        return {**output.job.parameters}
    others = {name: value for name, value in output.job.parameters.items() if name != "told"}
    return {**others, "told": output.told} if output.told else others


def _sent_along(output: Output) -> dict[str, Any]:
    """The pictures that went along, by the hash of the copies that were sent."""
    sent = [] if "references" in output.job.dropped else list(output.job.brief.references.all())
    masks = [] if "mask" in output.job.dropped else [row for row in sent if row.role == Role.MASK]
    kept = [*(row for row in sent if row.role == Role.REFERENCE), *masks]
    return {"sent along": [{"role": row.role, "sha256": row.sha256} for row in kept]} if kept else {}


def _version_already_kept(output: Output) -> Version | None:
    made_here = Version.objects.filter(provenance__job_id=output.job_id, sha256=output.sha256, output=None)
    return made_here.select_related("asset").first()


def _claim(output: Output, by: User) -> Output:
    with transaction.atomic():
        held, now = lock(output), clock.now()
        is_forgotten = held.handled_at is not None and held.handled_at < now - KEEPING_TAKES
        if held.state == OutputState.KEPT or (held.state == OutputState.KEEPING and not is_forgotten):
            raise InvalidTransition("This picture is already kept. Its version is in the library.")
        move(held, OutputState.KEEPING, handled_by=by, handled_at=now)
    return held


def _let_go(claimed: Output) -> None:
    """Take a claim back, unless somebody has taken it over by now."""
    with transaction.atomic():
        held = lock(claimed)
        if held.state == OutputState.KEEPING and held.handled_at == claimed.handled_at:
            move(held, OutputState.NEW, handled_at=None)


def _mark_kept(output: Output, version: Version, by: User) -> None:
    """Note the version, unless somebody who took over from us has noted it already."""
    with transaction.atomic():
        held = lock(output)
        if held.version_id != version.pk:
            change = move(held, OutputState.KEPT, version=version, handled_by=by, handled_at=clock.now())
            audit.record(by, "output.kept", change, f"Kept as {version.label} of “{version.asset.title}”.")


def _turn(output: Output, by: User, before: OutputState, after: OutputState, action: str, said: str) -> Output:
    _check(by)
    with transaction.atomic():
        held = lock(output)
        if held.state != before:
            now = held.get_state_display().lower()
            raise InvalidTransition(f"This picture is “{now}” by now. Look at the page again.")
        change = move(held, after, handled_by=by, handled_at=clock.now())
        audit.record(by, action, change, f"Picture {held.index + 1} of {held.job} {said}.")
    return held


def _check(by: User) -> None:
    if not by.has_perm("generation.make_images"):
        raise PermissionDenied("You can view pictures, but not keep or discard them.")
