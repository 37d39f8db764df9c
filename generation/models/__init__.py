"""What making pictures leaves behind: templates, briefs, jobs and their outputs, models on offer, and money."""

from generation.models.brief import Brief, BriefKind, BriefReference, Role
from generation.models.job import Attempt, Job, JobState, Output, OutputState
from generation.models.judgement import Judgement, Verdict
from generation.models.model import GenerationModel, ProviderState
from generation.models.money import Budget, BudgetAlert, EntryKind, LedgerEntry, Plan, PlanKind
from generation.models.template import Template, TemplateRevision

__all__ = [
    "Attempt",
    "Brief",
    "BriefKind",
    "BriefReference",
    "Budget",
    "BudgetAlert",
    "EntryKind",
    "GenerationModel",
    "Job",
    "JobState",
    "Judgement",
    "LedgerEntry",
    "Output",
    "OutputState",
    "Plan",
    "PlanKind",
    "ProviderState",
    "Role",
    "Template",
    "TemplateRevision",
    "Verdict",
]
