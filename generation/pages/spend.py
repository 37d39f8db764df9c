"""What making pictures costs: over time, by what it was for, what waits to be settled, and every movement of money."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.counting import Pages
from core.web.requests import SignedIn
from generation.models import LedgerEntry
from generation.spending import budgets, plans, reports

ON_A_PAGE = 12
FORMULA = re.compile(r"[\s'\"]*[=+\-@|%\t\r\n＝＋－＠]")
"""What a spreadsheet would take for the beginning of a formula; some take the wide signs too."""
NUMBER = re.compile(r"-?\d+(\.\d+)?\Z", re.ASCII)
COLUMNS = ("when", "kind", "budget", "model", "brief", "person", "listing", "reserved", "spent", "currency", "words")


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to look at the month."""

    label: str
    url: str
    current: bool
    count: int


@require_safe
@permission_required("generation.manage_money", raise_exception=True)
def spend(request: SignedIn) -> HttpResponse:
    """One month of money."""
    first = _month(request)
    currencies = reports.currencies(first)
    currency = request.GET.get("currency", "USD")
    month = reports.month(first, currency if currency in currencies else "USD")
    here = {"month": f"{first:%Y-%m}", "currency": month.currency}
    shown = next((each for each in month.breakdowns if each.key == request.GET.get("by")), month.breakdowns[0])
    context = {
        "month": month,
        "currencies": currencies,
        "shown": shown,
        "tabs": [_tab(each, here, shown) for each in month.breakdowns],
        "plans": plans.in_month(first, month.currency),
        "page": Pages(reports.entries(first, month.currency), ON_A_PAGE).get_page(request.GET.get("page")),
        "query": urlencode({**here, "by": shown.key}),
    }
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
    writer.writerows([_cell(value) for value in _line(entry)] for entry in reports.entries(first).iterator())
    return response


def _tab(breakdown: reports.Breakdown, here: dict[str, str], shown: reports.Breakdown) -> Tab:
    url = f"?{urlencode({**here, 'by': breakdown.key})}#breakdown"
    return Tab(breakdown.label, url, breakdown is shown, len(breakdown.rows))


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
    return f"'{value}" if FORMULA.match(value) and not NUMBER.match(value) else value


def _month(request: SignedIn) -> date:
    """The month that the address asks for, or this one. The years are those that have a month before and after."""
    asked = re.fullmatch(r"([1-8]\d{3})-(0[1-9]|1[0-2])", request.GET.get("month", ""), re.ASCII)
    return date(int(asked[1]), int(asked[2]), 1) if asked else budgets.month_of()
