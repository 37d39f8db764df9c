"""Jobs: one brief sent to one model, the attempts at it, and the outputs that came back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from generation.models.visible import VisibleQuerySet
from generation.providers.base import AnswerKind
from generation.providers.errors import ErrorKind

ERROR_KINDS = [(kind.value, kind.label) for kind in ErrorKind]
OUTCOMES = [*((kind.value, kind.label) for kind in AnswerKind), *ERROR_KINDS]


class JobQuerySet(VisibleQuerySet["Job"]):
    """Jobs."""

    def lean(self) -> JobQuerySet:
        """Without what only the record needs, which may be long."""
        return self.defer("raw")

    def with_details(self) -> JobQuerySet:
        """With everything that the page of a brief tells about each job."""
        outputs = models.Prefetch("outputs", Output.objects.defer("found").select_related("version__asset"))
        return self.lean().select_related("model", "terms", "brief").prefetch_related(outputs, "attempts")

    def in_lists(self) -> JobQuerySet:
        """With what a list of briefs tells about each job: it is shown in few words, whatever was said at length."""
        long = ("parameters", "in_effect", "revised_prompt", "handle")
        return self.with_details().defer(*long)

    def due(self, now: datetime) -> JobQuerySet:
        """Those whose time to be looked at has come."""
        return self.filter(models.Q(not_before=None) | models.Q(not_before__lte=now))


class OutputQuerySet(VisibleQuerySet["Output"]):
    """Outputs."""


class JobState(models.TextChoices):
    """Where a job stands. Written by `generation.jobs.transitions.move` and by nothing else.

    queued → sending → waiting → done, or an end with its reason. `hand` waits for a person instead of a provider;
    `partial` brought some of its pictures and not all; `unclear` was sent and never answered, so money may be spent and
    only a person may send it again.
    """

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    WAITING = "waiting", "At the provider"
    HAND = "hand", "Waiting for you"
    DONE = "done", "Done"
    PARTIAL = "partial", "Partly done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    UNCLEAR = "unclear", "Outcome unclear"
    CANCELED = "canceled", "Canceled"


class Job(models.Model):
    """The unit of background work. The row is the job; a broker message only says “look now”.

    Money is in micro-units of `currency`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brief = models.ForeignKey("generation.Brief", on_delete=models.PROTECT, related_name="jobs")
    model = models.ForeignKey("generation.GenerationModel", on_delete=models.PROTECT, related_name="jobs")
    count = models.PositiveSmallIntegerField(default=1, help_text="Pictures asked of the provider in one request.")
    offset = models.PositiveSmallIntegerField(default=0, help_text="Pictures that the brief's earlier jobs ask for.")
    state = models.CharField(max_length=16, choices=JobState, default=JobState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Requests since a person last said “send”.")
    dropped = models.JSONField(default=list, blank=True, help_text="Options sent without, with the asker's word.")
    terms = models.ForeignKey("assets.Terms", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who asked for it once more, after it had ended without a picture.",
    )

    quote_micros = models.BigIntegerField(default=0)
    quote_basis = models.CharField(max_length=16, blank=True)
    settled_micros = models.BigIntegerField(null=True, blank=True)
    cost_basis = models.CharField(max_length=16, blank=True)
    currency = models.CharField(max_length=3, default="USD")

    handle = models.TextField(blank=True, help_text="What the provider needs to be asked again.")
    not_before = models.DateTimeField(null=True, blank=True, help_text="When to look next.")
    lease = models.UUIDField(null=True, blank=True, help_text="Whose worker holds the job.")
    lease_until = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True, help_text="When waiting becomes unclear.")
    stop_asked_at = models.DateTimeField(null=True, blank=True, help_text="When a person wanted it stopped.")
    enqueued_at = models.DateTimeField(null=True, blank=True, help_text="When a worker was last told to look.")

    error_kind = models.CharField(max_length=32, blank=True, choices=ERROR_KINDS)
    error_words = models.TextField(blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    model_reported = models.CharField(max_length=120, blank=True)
    seed = models.CharField(max_length=40, blank=True)
    revised_prompt = models.TextField(blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    in_effect = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True, help_text="Where the result is not as asked, in words.")
    raw = models.JSONField(default=dict, blank=True)
    unshown = models.JSONField(
        default=list, blank=True, help_text="SHA-256 of each file that came, was paid for, and cannot be shown."
    )

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "offset", "id")
        indexes = (models.Index(fields=("state", "not_before"), name="job_by_state"),)
        permissions = (("make_images", "Can write prompts and start jobs"),)

    def __str__(self) -> str:
        return f"{self.brief.title} · {self.model.name}"


class Attempt(models.Model):
    """One request to a provider, written before it goes out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    sent_at = models.DateTimeField(default=timezone.now, help_text="By the database's clock.")
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=32, blank=True, choices=OUTCOMES)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("job", "number")
        constraints = (models.UniqueConstraint(fields=("job", "number"), name="attempt_number_once_per_job"),)

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.job_id}"


class OutputState(models.TextChoices):
    """What became of an output. Written by `generation.outputs.transitions.move` and by nothing else."""

    NEW = "new", "New"
    KEEPING = "keeping", "Being kept"
    KEPT = "kept", "Kept"
    DISCARDED = "discarded", "Discarded"


class Output(models.Model):
    """One picture that a job returned: the bytes exactly as the provider sent them, under their SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="outputs")
    index = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    preview_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of a smaller copy for the portal's own pages, in WebP, once it is made."
    )
    small_sha256 = models.CharField(max_length=64, blank=True, help_text="Of one for phones.")
    media_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    seed = models.CharField(max_length=40, blank=True)
    flags = models.JSONField(default=list, blank=True, help_text="What looks wrong, such as `flat` or `size`.")
    found = models.JSONField(default=dict, blank=True, help_text="What the file says about itself.")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who uploaded it, where no provider sent it.",
    )
    told = models.JSONField(
        null=True, blank=True, help_text="What they said of it; null where nobody was asked, or their job has it."
    )
    state = models.CharField(max_length=16, choices=OutputState, default=OutputState.NEW)
    version = models.OneToOneField(
        "assets.Version", null=True, blank=True, on_delete=models.PROTECT, related_name="output"
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutputQuerySet.as_manager()

    class Meta:
        ordering = ("job", "index")
        constraints = (
            models.UniqueConstraint(fields=("job", "index"), name="output_once_per_index"),
            models.CheckConstraint(
                name="output_kept_has_version",
                condition=~models.Q(state=OutputState.KEPT) | models.Q(version__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"output {self.index + 1} of {self.job_id}"


RUNNING = (JobState.QUEUED, JobState.SENDING, JobState.WAITING)
"""States in which something is still going to happen by itself."""


DOUBTFUL = "doubtful"
"""Where a cost is from that somebody has to look at: what the provider says of it cannot be meant."""


RETRIABLE = (JobState.REFUSED, JobState.FAILED, JobState.CANCELED)
"""Ends that a person may answer by sending the job once more."""


ENDED = (JobState.DONE, JobState.PARTIAL, JobState.REFUSED, JobState.FAILED, JobState.CANCELED, JobState.UNCLEAR)
