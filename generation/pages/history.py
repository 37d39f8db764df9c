"""What prompts were sent, newest first, as the address says; and the rules that all of them are held to."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.counting import Pages
from core.web.forms import unsearched
from core.web.requests import SignedIn
from generation.models import Brief
from generation.pages.brief_page import tell_all
from generation.pages.history_page import HistoryForm, HistoryRow, matching
from generation.pages.links import again_url
from generation.prompt_templates import content_rules

ON_A_PAGE = 20


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def history(request: SignedIn) -> HttpResponse:
    """Every brief that was sent and fits the address."""
    form = HistoryForm(request.GET)
    wanted = form.wanted()
    briefs = Brief.objects.none() if unsearched(form) else Brief.objects.visible_to(request.user)
    found = matching(briefs, wanted).with_details()
    page = Pages(found, ON_A_PAGE).get_page(request.GET.get("page"))
    words = tuple(wanted.get("q", "").split())
    rows = [
        (HistoryRow(brief_page, words), again_url(brief_page.brief))
        for brief_page in tell_all(list(page.object_list), request.user)
    ]
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "waits": any(row.page.running for row, _ in rows),
        "filtered": bool(wanted),
        "unsearched": unsearched(form),
        "query": urlencode(wanted),
    }
    drawn = "generation/panels/history_results.html" if request.htmx else "generation/history.html"
    return render(request, drawn, context)


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def rule_book(request: SignedIn) -> HttpResponse:
    """The content rules of the house, with their reasons and sources."""
    return render(request, "generation/rules.html", {"rules": content_rules.house()})
