"""Money: budgets that cannot be overspent, and the ledger that says where it went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce


class Budget(models.Model):
    """What may be spent in one month. Amounts are micro-units of `currency` (1 USD = 1,000,000).

    A budget with neither person nor listing is the whole team's. Every budget that a job falls under must hold it.
    """

    month = models.DateField(help_text="The first day of the month.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    listing = models.ForeignKey("assets.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3, default="USD")
    limit_micros = models.BigIntegerField()
    reserved_micros = models.BigIntegerField(default=0)
    spent_micros = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("-month", "id")
        permissions = (("manage_money", "Can set budgets and settle unclear jobs"),)
        constraints = (
            models.UniqueConstraint(
                "month",
                "currency",
                Coalesce("person", 0),
                Coalesce("listing", 0),
                name="budget_once_per_scope_and_month",
            ),
            models.CheckConstraint(
                name="budget_never_negative", condition=Q(reserved_micros__gte=0, spent_micros__gte=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.scope}, {self.month:%B %Y}"

    @property
    def scope(self) -> str:
        """Whose money it is, in words."""
        return str(self.person or self.listing or "The team")

    @property
    def used_micros(self) -> int:
        """Spent and set aside."""
        return self.reserved_micros + self.spent_micros

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


class EntryKind(models.TextChoices):
    RESERVE = "reserve", "Reserved"
    SETTLE = "settle", "Spent"
    RELEASE = "release", "Released"
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
