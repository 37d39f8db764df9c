"""Listing sites and their keys."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from approvals.models import ListingSite, SiteKey
from approvals.policies import deciding
from approvals.sites import access
from approvals.sites.forms import KeyForm, SiteChannelsForm, SiteForm
from core.web import seen
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

KEY_STATES = {
    "active": ("live", "Active"),
    "revoked": ("withdrawn", "Revoked"),
    "expired": ("expired", "Expired"),
    "switched_off": ("warns", "Switched off"),
}
"""How a key stands -> the badge that says so."""

SHOWN_ONCE = (
    "The key was created already, once, and was shown then. If you did not copy it, revoke it and create another."
)

may_manage = permission_required(deciding.MANAGE, raise_exception=True)


@takes_a_form
@may_manage
@once()
def listing_sites(request: SignedIn) -> HttpResponse:
    """All listing sites, and the form for a new one."""
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = access.create_site(
            given["slug"], given["name"], given["channels"], by=request.user, contact=given["contact"]
        )
        messages.success(request, f"{made} was added. Now create an API key for it.")
        return redirect("approvals:site", made.slug)
    found = ListingSite.objects.prefetch_related("channels").annotate(
        key_count=Count("keys", filter=Q(keys__revoked_at=None), distinct=True), last_used=Max("keys__last_used_at")
    )
    return render(request, "approvals/sites.html", {"sites": found, "form": form}, status=422 if form.errors else 200)


@require_safe
@may_manage
def site(request: SignedIn, slug: str) -> HttpResponse:
    """One listing site: its channels and keys, and how its developer begins."""
    return _page(request, _site(slug))


@require_POST
@may_manage
@once(already=SHOWN_ONCE)
def create_key(request: SignedIn, slug: str) -> HttpResponse:
    """Create a key, and show it this once: the answer is the page itself, and no cache keeps it."""
    found, form = _site(slug), KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, key_form=form, status=422)
    made = access.create_key(found, form.cleaned_data["label"], by=request.user, expires_at=form.expires_at())
    return _page(request, found, new_key=made)


@require_POST
@may_manage
@once()
def revoke_key(request: SignedIn, slug: str, key_id: int) -> HttpResponse:
    """Revoke a key."""
    key = get_object_or_404(SiteKey, pk=key_id, site__slug=slug)
    access.revoke_key(key, by=request.user)
    messages.success(request, f"The key “{key.label}” is revoked. It no longer works.")
    return redirect("approvals:site", slug)


@require_POST
@may_manage
def change_channels(request: SignedIn, slug: str) -> HttpResponse:
    """Say which channels a site may read."""
    with seen.held(request, ListingSite.objects.filter(slug=slug)):
        found = _site(slug)
        form = SiteChannelsForm.of(found, request.POST)
        if is_whole := form.is_valid():
            access.change_channels(found, form.cleaned_data["channels"], by=request.user)
    if not is_whole:
        return _page(request, found, channels_form=form, status=seen.status(form))
    messages.success(request, "Saved. The site can read these channels from its next request on.")
    return redirect("approvals:site", slug)


@require_POST
@may_manage
def switch(request: SignedIn, slug: str) -> HttpResponse:
    """Turn a site off, or on again."""
    found = access.switch(_site(slug), active=request.POST.get("active") == "on", by=request.user)
    messages.success(request, f"{found} is switched {'on' if found.active else 'off'}.")
    return redirect("approvals:site", slug)


def _site(slug: str) -> ListingSite:
    return get_object_or_404(ListingSite.objects.prefetch_related("channels"), slug=slug)


def _page(
    request: SignedIn,
    found: ListingSite,
    *,
    key_form: KeyForm | None = None,
    channels_form: SiteChannelsForm | None = None,
    new_key: access.NewKey | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = [channel.slug for channel in found.channels.all()]
    context = {
        "site": found,
        "keys": [(key, *KEY_STATES[_state(key)]) for key in found.keys.select_related("created_by", "site")],
        "key_form": key_form or KeyForm(),
        "channels_form": channels_form or SiteChannelsForm.of(found),
        "new_key": new_key,
        "first_channel": chosen[0] if chosen else "",
        "api": request.build_absolute_uri("/api/v1"),
    }
    return render(request, "approvals/site.html", context, status=status)


def _state(key: SiteKey) -> str:
    """Active, revoked, expired, or switched off."""
    if key.revoked_at:
        return "revoked"
    return "active" if access.is_active(key) else "expired" if key.site.active else "switched_off"
