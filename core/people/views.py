"""The page of people's own settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core import clock
from core.people.forms import ProfileForm
from core.people.profile import change_profile
from core.web.requests import SignedIn, takes_a_form


@takes_a_form
def profile(request: SignedIn) -> HttpResponse:
    """Your name, your time zone, and which mail you get."""
    form = ProfileForm(request.POST) if request.method == "POST" else ProfileForm.of(request.user)
    if form.is_bound and form.is_valid():
        change_profile(form.profile(), by=request.user)
        messages.success(request, "Your profile is saved.")
        return redirect("profile")
    places = sorted(name for name in clock.zones() if "/" in name and not name.startswith("Etc/"))
    context = {"form": form, "zones": [clock.UTC, *places], "team_zone": clock.zone().key}
    return render(request, "people/profile.html", context, status=422 if form.is_bound else 200)
