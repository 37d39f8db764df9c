"""Money: budgets that cannot be overspent, and the ledger that says where it went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce


class Budget(models.Model):
    """What may be spent in one month. Amounts are micro-units of `currency` (1 USD = 1,000,000).

    A budget with neither person, listing nor campaign is the whole team's. Every budget that a job falls under must
    hold it.
    """

    month = models.DateField(help_text="The first day of the month.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    listing = models.ForeignKey("assets.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    campaign = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    limit_micros = models.BigIntegerField()
    reserved_micros = models.BigIntegerField(default=0)
    spent_micros = models.BigIntegerField(default=0)
    repeats = models.BooleanField(default=True, help_text="Whether the next month begins with the same limit.")

    class Meta:
        ordering = ("-month", "id")
        permissions = (("manage_money", "Can set budgets and settle unclear jobs"),)
        constraints = (
            models.UniqueConstraint(
                "month",
                "currency",
                Coalesce("person", 0),
                Coalesce("listing", 0),
                "campaign",
                name="budget_once_per_scope_and_month",
            ),
            models.CheckConstraint(
                name="budget_never_negative", condition=Q(reserved_micros__gte=0, spent_micros__gte=0)
            ),
            models.CheckConstraint(
                name="budget_has_one_scope",
                condition=Q(person=None, listing=None) | Q(person=None, campaign="") | Q(listing=None, campaign=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.scope}, {self.month:%B %Y}"

    @property
    def scope(self) -> str:
        """Whose money it is, in words."""
        if self.person is not None:
            return str(self.person)
        return str(self.listing or self.campaign or "The team")

    @property
    def is_team(self) -> bool:
        """Whether everything falls under it."""
        return self.person_id is None and self.listing_id is None and not self.campaign

    @property
    def slot(self) -> str:
        """Which budget it is, also before it is saved: its month, its currency, and whose it is."""
        return f"{self.month:%Y-%m} {self.currency} {self.person_id or ''}:{self.listing_id or ''}:{self.campaign}"

    @property
    def kind(self) -> str:
        """What sort of scope it has, in a word."""
        if self.person_id is not None:
            return "Person"
        return "Listing" if self.listing_id is not None else "Campaign" if self.campaign else "Team"

    @property
    def used_micros(self) -> int:
        """Spent and set aside."""
        return self.reserved_micros + self.spent_micros

    @property
    def level(self) -> int:
        """How many percent of it are used, rounded down; a budget of nothing is used up by anything."""
        return self.used_micros * 100 // self.limit_micros if self.limit_micros else 100 * bool(self.used_micros)

    @property
    def high_micros(self) -> int:
        """From where it counts as nearly used up."""
        return self.limit_micros * 8 // 10

    @property
    def limit_units(self) -> str:
        """The limit in whole units, as it is typed."""
        return f"{self.limit_micros / 1_000_000:.2f}"

    @property
    def left_micros(self) -> int:
        """What may still be reserved; less than nothing when a charge came out above its quote."""
        return self.limit_micros - self.reserved_micros - self.spent_micros

    @property
    def over_micros(self) -> int:
        """How far a charge above its quote has passed the limit."""
        return max(-self.left_micros, 0)


class EntryKind(models.TextChoices):
    RESERVE = "reserve", "Reserved"
    SETTLE = "settle", "Spent"
    GIVE_BACK = "returned", "Given back"
    CORRECT = "correct", "Corrected"


class LedgerEntry(models.Model):
    """One movement of money for one job under one budget. Append-only; a budget's figures are their sums."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries")
    job = models.ForeignKey("generation.Job", on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=8, choices=EntryKind)
    reserved_micros = models.BigIntegerField(help_text="Change of what is reserved.")
    spent_micros = models.BigIntegerField(help_text="Change of what is spent.")
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reserved_micros + self.spent_micros} for {self.job_id}"


class BudgetAlert(models.Model):
    """A budget has been used to this level. Once for each limit it has had, so that a raised one warns again."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="alerts")
    level = models.PositiveSmallIntegerField(help_text="Percent.")
    limit_micros = models.BigIntegerField(help_text="The limit at the time.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-level", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("budget", "level", "limit_micros"), name="alert_once_per_budget_level_and_limit"
            ),
        )

    def __str__(self) -> str:
        return f"{self.level} % of {self.budget}"

    @property
    def holds(self) -> bool:
        """Whether as much is still used of a limit that nobody has changed since."""
        return self.budget.level >= self.level and self.limit_micros == self.budget.limit_micros


class PlanKind(models.TextChoices):
    MONTHLY = "monthly", "Paid every month"
    CREDIT = "credit", "Free credit"


class Plan(models.Model):
    """What is paid to a provider besides the price of each picture, or given by it: a dated fact beside the ledger.

    A monthly plan costs its amount in each month it touches; a free credit covers what is charged within its dates.
    """

    provider = models.CharField(max_length=64, help_text="A key of IMAGE_PROVIDERS.")
    kind = models.CharField(max_length=8, choices=PlanKind)
    name = models.CharField(max_length=120)
    amount_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day.")

    class Meta:
        ordering = ("provider", "starts_on", "id")
        constraints = (models.CheckConstraint(name="plan_is_of_something", condition=Q(amount_micros__gt=0)),)

    def __str__(self) -> str:
        return self.name
