"""The two pages that belong to no app: the Overview and the Settings."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from assets.models import Terms
from config import overview as overviews
from config import setup
from generation import catalogue
from generation.providers.errors import ProviderError


@require_GET
@permission_required("assets.view_asset", raise_exception=True)
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "config/overview.html", {"overview": overviews.for_person(request.user)})  # type: ignore[arg-type]


@require_GET
@permission_required("auth.view_user", raise_exception=True)
def settings_page(request: HttpRequest) -> HttpResponse:
    context = {
        "providers": setup.providers(),
        "models": setup.models(),
        "terms": Terms.objects.all(),
        "parts": setup.parts(),
    }
    return render(request, "config/settings.html", context)


@require_POST
@permission_required("auth.view_user", raise_exception=True)
def test_connection(request: HttpRequest, key: str) -> HttpResponse:
    """Ask a provider whether it answers. Spends nothing."""
    if key not in settings.IMAGE_PROVIDERS:
        raise Http404(key)
    provider = catalogue.provider(key)
    try:
        messages.success(request, f"{provider.label}: {provider.check()}")
    except ProviderError as error:
        messages.error(request, f"{provider.label}: {error}")
    return redirect("settings")
