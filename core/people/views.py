"""The page of people's own settings, and whether somebody is signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.models import User
from core.people.forms import ProfileForm
from core.people.profile import change_profile
from core.web import seen
from core.web.requests import SignedIn, takes_a_form


@takes_a_form
def profile(request: SignedIn) -> HttpResponse:
    """Your name, your time zone, and which mail you get."""
    with seen.held(request, User.objects.filter(pk=request.user.pk)):
        person = User.objects.get(pk=request.user.pk)
        form = ProfileForm.of(person, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            change_profile(form.profile(), by=request.user)
            messages.success(request, "Your profile is saved.")
            return redirect("profile")
    places = sorted(name for name in clock.zones() if "/" in name and not name.startswith("Etc/"))
    context = {"form": form, "zones": [clock.UTC, *places], "team_zone": clock.zone().key}
    return render(request, "people/profile.html", context, status=seen.status(form) if form.is_bound else 200)


@require_safe
@never_cache
@login_not_required
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in now, and the token for what they send: for a page that is older than the session."""
    person = request.user
    who = {"user": str(person.pk), "name": str(person)} if person.is_authenticated else {"user": "", "name": ""}
    return JsonResponse({**who, "token": get_token(request)})


@require_safe
def welcome_back(request: SignedIn) -> HttpResponse:
    """Where signing in beside an open page leads: back to that page."""
    return render(request, "people/welcome_back.html")
