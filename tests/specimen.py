"""The specimen page: every component in every state, at addresses that only tests serve."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path
from django.utils import timezone

from core.errors import Finding, Severity
from core.models import User
from core.ui import states


@dataclass(frozen=True)
class Tab:
    label: str
    url: str = "#"
    current: bool = False
    count: int | None = None


class SpecimenForm(forms.Form):
    title = forms.CharField(help_text="Two to six words, as a person would say them.")
    subject = forms.CharField(required=False, widget=forms.TextInput(attrs={"placeholder": "A narrow galley kitchen"}))
    alt_text = forms.CharField(widget=forms.Textarea, help_text="What someone who cannot see it needs to know.")
    style = forms.ChoiceField(choices=[("p", "Photograph"), ("w", "Watercolor")])
    shape = forms.ChoiceField(
        choices=[("l", "Landscape"), ("s", "Square"), ("p", "Portrait")], widget=forms.RadioSelect
    )
    channels = forms.MultipleChoiceField(
        choices=[("mls", "Listing site"), ("web", "Website"), ("br", "Brochure")], widget=forms.CheckboxSelectMultiple
    )
    variations = forms.IntegerField(min_value=1, max_value=8)
    due = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    palette = forms.CharField(widget=forms.TextInput(attrs={"type": "color"}))
    decorative = forms.BooleanField(required=False, label="Decorative: it says nothing that the words do not")
    picture = forms.FileField(required=False)
    locked = forms.CharField(required=False, disabled=True, initial="Set by the template")


FINDINGS = [
    Finding("license.client-use", "The license does not say whether clients may use the picture.", field="license"),
    Finding("alt.repeats-title", "The alt text repeats the title.", severity=Severity.WARNS, field="alt_text"),
    Finding("disclosure.altered", "The picture is disclosed as altered.", severity=Severity.INFORMS),
]
CHANGES = [
    {"label": "Alt text in English", "before": "“A kitchen”", "after": "“A galley kitchen with an oak counter”"},
    {"label": "Credit line", "before": "empty", "after": "“Harbor Homes”"},
]
SPEND = [
    ("Jun", 3.2, "$3.20"),
    ("Jul", 8.1, "$8.10"),
    ("Aug", 6.4, "$6.40"),
    ("Sep", 12.9, "$12.90"),
    ("Oct", 9.8, "$9.80"),
]
DAYS = [(f"{day} Nov", float((day * 37) % 23 + day / 2), f"{(day * 37) % 23 + day // 2}") for day in range(1, 23)]


def context() -> dict[str, object]:
    form = SpecimenForm(
        {
            "title": "",
            "subject": "",
            "alt_text": "A kitchen with oak fronts and a stone sink.",
            "shape": "s",
            "channels": ["mls"],
            "variations": "40",
            "palette": "#7a5c3e",
            "style": "p",
        }
    )
    form.is_valid()
    return {
        "statuses": list(states.STATUSES),
        "form": form,
        "findings": FINDINGS,
        "differences": CHANGES,
        "tabs": [
            Tab("Facts", current=True),
            Tab("Versions", count=3),
            Tab("Reviews", count=1),
            Tab("Where it is used", count=0),
        ],
        "spend": SPEND,
        "days": DAYS,
        "page": Paginator(range(1240), 48).page(3),
        "until": timezone.now() + timedelta(seconds=20),
        "moment": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        "pictures": range(6),
    }


def ada() -> User:
    return User(username="ada", display_name="Ada Quill", is_superuser=True, is_active=True)


@login_not_required
def specimen(request: HttpRequest) -> HttpResponse:
    request.user = ada()
    if hasattr(request, "_messages"):
        messages.success(request, "Four pictures were kept.")
        messages.warning(request, "One provider waits for a person.")
        messages.error(request, "The upload was refused: it is not a picture. Nothing was stored; choose another file.")
    return render(request, "components/specimen.html", context())


@login_not_required
def frame(request: HttpRequest) -> HttpResponse:
    """What is around every page, which is drawn in no time."""
    request.user = ada()
    return render(request, "base.html")


@login_not_required
def blank(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@login_not_required
def mishap(request: HttpRequest, code: int) -> HttpResponse:
    return render(request, f"{code}.html", status=code)


def _places(*names: str) -> list[URLPattern]:
    return [path(f"{name}/", blank, name=name) for name in names]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", blank, name="overview"),
    path("settings/", blank, name="settings"),
    path("library/specimen/", specimen, name="specimen"),
    path("library/frame/", frame),
    path("mishap/<int:code>/", mishap),
    path("accounts/", include("core.people.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include((_places("library", "upload"), "assets"))),
    path("", include((_places("make", "spend"), "generation"))),
    path("", include((_places("queue", "channels"), "approvals"))),
]
