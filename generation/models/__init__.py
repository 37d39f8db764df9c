"""What making pictures leaves behind: templates, briefs, jobs and their outputs, models on offer, and money."""

from generation.models.brief import Brief, BriefKind, BriefReference, Role
from generation.models.job import Attempt, Job, JobState, Output, OutputState
from generation.models.model import GenerationModel, ProviderState
from generation.models.money import Budget, BudgetAlert, EntryKind, LedgerEntry, Plan, PlanKind
from generation.models.preference import Pick, Preference
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
    "LedgerEntry",
    "Output",
    "OutputState",
    "Pick",
    "Plan",
    "PlanKind",
    "Preference",
    "ProviderState",
    "Role",
    "Template",
    "TemplateRevision",
]
