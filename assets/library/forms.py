"""What people fill in about pictures. A form turns typed text into the plain values that the library's verbs take."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField

from assets.imaging import formats, inspection
from assets.listings.chooser import ListingField
from assets.models import Asset, DigitalSource, LicenseSet, Origin, Version
from assets.models.version import Status, makers
from core.models import User
from core.web.forms import ANY, SearchField, offer
from core.web.seen import SeenForm

AT_ONCE = 20
"""Files in one upload."""


class Kind(forms.ChoiceField):
    """What somebody brings, which the portal never guesses. The last of them leaves it to the list of source types."""

    OTHER = "other"
    CHOICES = (
        ("photograph", "Photograph"),
        ("generated", "Made by AI"),
        ("drawn", "Drawing"),
        (OTHER, "Something else"),
    )
    MEANS: ClassVar[dict[str, tuple[Origin, str]]] = {
        "photograph": (Origin.UPLOADED, DigitalSource.CAPTURE),
        "drawn": (Origin.UPLOADED, DigitalSource.CREATION),
        "generated": (Origin.BROUGHT, DigitalSource.GENERATED),
    }
    FURTHER = (
        ("", "Choose what it is"),
        *(
            (each.value, each.label)
            for each in DigitalSource
            if each
            not in (DigitalSource.UNKNOWN, DigitalSource.CAPTURE, DigitalSource.CREATION, DigitalSource.GENERATED)
        ),
        ("unknown", "Not known yet. It has to be stated before a review"),
    )


def objection(file: UploadedFile[Any]) -> str:
    """Why a file is not even read, as a sentence; empty when it is."""
    if not file.size:
        return "The file is empty. Save it again, and look whether it opens on your computer."
    if file.size > inspection.MAX_BYTES:
        return f"It is larger than {inspection.MAX_BYTES // 1024 // 1024} MB. Save it smaller and upload it again."
    return ""


class FilesOneByOne(forms.FileField):
    """One or several pictures. Whoever takes them asks of each whether there is an `objection`."""

    def __init__(self, **options: Any) -> None:
        widget = forms.ClearableFileInput()
        widget.allow_multiple_selected = True
        widget.attrs |= {"multiple": True, "accept": formats.ACCEPTED, "data-most": AT_ONCE}
        super().__init__(widget=widget, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = (data if isinstance(data, list | tuple) else [data]) or [None]
        if len(files) > AT_ONCE:
            raise ValidationError(f"Upload up to {AT_ONCE} pictures at once. You chose {len(files)}.")
        return [super(FilesOneByOne, self).clean(file) for file in files]


class UploadForm(forms.Form):
    """Pictures from outside, with what the portal cannot see in them."""

    pictures = FilesOneByOne(
        label="Pictures",
        help_text=f"{formats.WORDS}. They are kept exactly as they are.",
        error_messages={"required": "Choose the pictures to upload, or drop them here."},
    )
    kind = Kind(
        label="What is it?",
        choices=Kind.CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what the pictures are. If you don’t know yet, choose “Something else”."},
    )
    source = forms.ChoiceField(label="What exactly?", choices=Kind.FURTHER, required=False)
    maker = forms.CharField(
        label="Made with",
        max_length=80,
        required=False,
        help_text="The service that made or changed it, such as Midjourney. Its terms go with the picture.",
        widget=forms.TextInput(attrs={"list": "makers"}),
    )
    title = forms.CharField(
        max_length=200, required=False, help_text="Leave empty to name each picture after its file."
    )
    listing = ListingField(required=False)
    license_set = forms.ModelChoiceField(
        LicenseSet.objects.none(),
        required=False,
        label="License",
        empty_label="Answer it picture by picture",
        help_text="One that many pictures share.",
    )
    place = forms.IntegerField(min_value=1, max_value=9999, required=False, widget=forms.HiddenInput)
    """Where in its set a file stood that comes by itself: a title that all share is numbered by it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = LicenseSet.objects.filter(active=True)
        cast("forms.ModelChoiceField[LicenseSet]", self.fields["license_set"]).queryset = in_use

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "generated" and not cleaned.get("maker"):
            self.add_error("maker", "Say which service made it. Its terms decide how the picture can be used.")
        if cleaned.get("kind") == Kind.OTHER and not cleaned.get("source"):
            self.add_error("source", "Choose what it is, or “Not known yet”.")
        return cleaned

    @property
    def means(self) -> tuple[Origin, str]:
        """How the pictures came, and the source type that was stated."""
        said = self.cleaned_data
        if said["kind"] != Kind.OTHER:
            return Kind.MEANS[said["kind"]]
        source = "" if said["source"] == "unknown" else said["source"]
        return Origin.BROUGHT if said["maker"] else Origin.UPLOADED, source


class OriginalForm(UploadForm):
    """The one photograph that another picture was altered from."""

    one = "An original is one picture. Upload the others by themselves."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["place"]
        self.fields["pictures"].label = "Picture"
        del self.fields["pictures"].widget.attrs["multiple"]

    def clean_pictures(self) -> list[UploadedFile[Any]]:
        files: list[UploadedFile[Any]] = self.cleaned_data["pictures"]
        if len(files) > 1:
            raise ValidationError(self.one)
        return files


class NewVersionForm(OriginalForm):
    """One more version of an asset that is there already."""

    one = "A version is one picture. Upload the others by themselves."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["title"], self.fields["listing"]


class RenameForm(SeenForm):
    """What a picture is called."""

    title = forms.CharField(max_length=200)


class LibraryFilterForm(forms.Form):
    """What the library's address says to show. A value that means nothing is left out."""

    q = SearchField("Search")
    status = forms.ChoiceField(required=False, choices=[ANY, *Status.choices])
    provider = forms.ChoiceField(required=False)
    listing = ListingField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "provider", [ANY, *((maker, maker) for maker in makers())])

    def clean_listing(self) -> str:
        return ListingField.reference(self.cleaned_data["listing"])

    @property
    def narrowing(self) -> list[BoundField]:
        """The filters beside the search."""
        return [each for each in self if each.name != "q"]

    def wanted(self) -> dict[str, str]:
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def asset_of(given: str, user: User) -> Asset | None:
    """The asset that an upload is a version of, as its address says; None for a new one."""
    try:
        return Asset.objects.visible_to(user).filter(pk=given).first() if given else None
    except ValidationError:
        return None


def version_of(given: str, user: User) -> Version | None:
    """The version that an address names, if there is one."""
    try:
        return Version.objects.visible_to(user).select_related("asset").filter(pk=given).first() if given else None
    except ValidationError:
        return None
