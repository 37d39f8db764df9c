"""The two pages that belong to no app: the Overview and the Settings."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assets.models import Terms
from config.dashboard import outbox, setup
from config.dashboard import overview as overviews
from core import clock
from core.models import OutgoingMessage
from core.outbox import services as outgoing
from core.web import seen
from core.web.once import once
from core.web.requests import SignedIn
from generation.catalogue import registry
from generation.jobs import circuit, throttling
from generation.jobs.forms import LimitsForm
from generation.models import ProviderState
from generation.providers.base import Provider
from generation.providers.errors import ProviderError


@require_safe
@permission_required("assets.view_asset", raise_exception=True)
def overview(request: SignedIn) -> HttpResponse:
    return render(request, "config/overview.html", {"overview": overviews.for_person(request.user)})


@require_safe
@permission_required("core.view_user", raise_exception=True)
def settings_page(request: HttpRequest) -> HttpResponse:
    return _settings(request)


@require_POST
@permission_required("core.view_user", raise_exception=True)
def test_connection(request: HttpRequest, key: str) -> HttpResponse:
    """Ask a provider whether it answers. Spends nothing."""
    provider = _provider(key)
    try:
        messages.success(request, f"{provider.label}: {provider.check()}")
    except ProviderError as error:
        messages.error(request, f"{provider.label}: {error}")
    return redirect("settings")


@require_POST
@permission_required("core.view_user", raise_exception=True)
@once()
def reset_provider(request: SignedIn, key: str) -> HttpResponse:
    """End a provider's rest: the next job finds out whether it answers."""
    provider = _provider(key)
    circuit.reset(key, by=request.user)
    throttling.wake(key, clock.now(), woke=True)
    messages.success(request, f"{provider.label}: the next job is sent at once, and its answer decides.")
    return redirect("settings")


@require_POST
@permission_required("core.view_user", raise_exception=True)
def provider_limits(request: SignedIn, key: str) -> HttpResponse:
    """Change how hard a provider is driven."""
    provider = _provider(key)
    with seen.held(request, ProviderState.objects.filter(pk=key)):
        form = LimitsForm.of(key, ProviderState.objects.filter(pk=key).first(), request.POST)
        if is_whole := form.is_valid():
            throttling.set_limits(key, **form.cleaned_data, by=request.user)
    if not is_whole:
        return _settings(request, wrong=(key, form))
    messages.success(request, f"{provider.label}: the new limits apply from now on.")
    return redirect("settings")


@require_POST
@permission_required("core.view_user", raise_exception=True)
@once()
def retry_message(request: SignedIn, message_id: int) -> HttpResponse:
    """Send a message that was given up again."""
    message = get_object_or_404(OutgoingMessage, pk=message_id)
    outgoing.retry([message], by=request.user)
    messages.success(request, f"The message to {message.to} is sent again now.")
    return redirect(f"{reverse('settings')}#outgoing-mail")


@require_POST
@permission_required("core.view_user", raise_exception=True)
@once()
def retry_all_messages(request: SignedIn) -> HttpResponse:
    """Send all messages that were given up again, as when the mail server is back."""
    again = outgoing.retry(OutgoingMessage.objects.failed(), by=request.user)
    messages.success(request, f"{len(again)} message{'s are' if len(again) > 1 else ' is'} sent again now.")
    return redirect(f"{reverse('settings')}#outgoing-mail")


def _settings(request: HttpRequest, wrong: tuple[str, LimitsForm] | None = None) -> HttpResponse:
    """The whole page, with the limits of one provider as they were typed when they are wrong."""
    context = {
        "providers": setup.providers(wrong),
        "outbox": outbox.outbox(),
        "terms": Terms.objects.all(),
        "parts": setup.parts(),
    }
    return render(request, "config/settings.html", context, status=seen.status(wrong[1]) if wrong else 200)


def _provider(key: str) -> Provider:
    if key not in settings.IMAGE_PROVIDERS:
        raise Http404(key)
    return registry.provider(key)
