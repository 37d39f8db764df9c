"""What making pictures leaves behind: templates, briefs, jobs and their outputs, models on offer, and money."""

from generation.models.brief import Brief
from generation.models.job import Attempt, Job, JobState, Output, OutputState
from generation.models.model import GenerationModel, ProviderState
from generation.models.money import Budget, EntryKind, LedgerEntry
from generation.models.template import Template, TemplateRevision

__all__ = [
    "Attempt",
    "Brief",
    "Budget",
    "EntryKind",
    "GenerationModel",
    "Job",
    "JobState",
    "LedgerEntry",
    "Output",
    "OutputState",
    "ProviderState",
    "Template",
    "TemplateRevision",
]
