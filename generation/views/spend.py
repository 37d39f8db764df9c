"""What making pictures costs: this month, by provider, person and listing, and every movement of money."""

from __future__ import annotations

import csv
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assets.views.requests import SignedIn
from generation import money, spending
from generation.forms import LimitForm
from generation.models import Budget, LedgerEntry

ON_A_PAGE = 25
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""
COLUMNS = ("when", "kind", "budget", "model", "brief", "person", "listing", "reserved", "spent", "currency", "words")


@require_safe
@permission_required("generation.manage_money", raise_exception=True)
def spend(request: SignedIn) -> HttpResponse:
    """One month of money."""
    first = _month(request)
    if first == money.month_of():
        money.budgets_for(request.user, None, "USD")
    page = Paginator(spending.entries(first), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"month": spending.month(first), "page": page, "query": f"month={first:%Y-%m}", "form": LimitForm()}
    return render(request, "generation/spend.html", context)


@require_safe
@permission_required("generation.manage_money", raise_exception=True)
def ledger(request: SignedIn) -> HttpResponse:
    """The month's movements as CSV, amounts in whole units."""
    first = _month(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ledger-{first:%Y-%m}.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _line(entry)] for entry in spending.entries(first).iterator())
    return response


@require_POST
@permission_required("generation.manage_money", raise_exception=True)
def limit(request: SignedIn, budget_id: int) -> HttpResponse:
    """Set what a budget may hold."""
    budget = get_object_or_404(Budget, pk=budget_id)
    form = LimitForm(request.POST)
    if form.is_valid():
        money.set_limit(budget, int(form.cleaned_data["limit"] * 1_000_000), request.user)
        messages.success(request, f"{budget.scope} may spend {form.cleaned_data['limit']:.2f} {budget.currency}.")
    else:
        messages.error(request, "The limit was not changed: write an amount such as 75 or 75.50.")
    return redirect("generation:spend")


def _line(entry: LedgerEntry) -> list[str]:
    listing = entry.job.brief.listing
    return [
        entry.at.isoformat(timespec="seconds"),
        entry.get_kind_display(),
        entry.budget.scope,
        entry.job.model.name,
        entry.job.brief.title,
        entry.job.brief.asked_by.get_username(),
        listing.reference if listing else "",
        f"{entry.reserved_micros / 1_000_000:.6f}",
        f"{entry.spent_micros / 1_000_000:.6f}",
        entry.budget.currency,
        entry.words,
    ]


def _cell(value: str) -> str:
    """Text that a spreadsheet shows and does not run. Numbers may begin with a minus."""
    is_number = value.lstrip("-").replace(".", "", 1).isdecimal()
    return value if is_number or not value.startswith(FORMULA) else f"'{value}"


def _month(request: SignedIn) -> date:
    try:
        year, month = map(int, request.GET.get("month", "").split("-"))
        return date(year, month, 1)
    except ValueError:
        return money.month_of()
