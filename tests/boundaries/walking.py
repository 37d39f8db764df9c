"""The forms of a page as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """One form that is posted: where to, and every field with what it would send. Buttons are left out."""

    action: str
    by_htmx: bool
    fields: dict[str, list[str]] = field(default_factory=dict)

    def with_(self, **changed: str | list[str]) -> dict[str, list[str]]:
        """What it sends with these fields changed; `__` stands for a hyphen."""
        new = {name.replace("__", "-"): value for name, value in changed.items()}
        return self.fields | {name: [value] if isinstance(value, str) else value for name, value in new.items()}


class FormsOf(HTMLParser):
    """`forms` lists what is posted from a page."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._path = path
        self._inside: Form | None = None
        self._area = self._choice = ""
        self._first: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form" and given.get("method") == "post":
            self._inside = Form(given.get("action") or self._path, "hx-post" in given)
            self.forms.append(self._inside)
        elif tag == "input" and given.get("type") not in ("file", "submit", "button"):
            ticks = given.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in given:
                self._say(name, given.get("value", "on" if ticks else ""))
        elif tag == "select":
            self._choice, self._first = name, None
        elif tag == "option" and self._choice:
            self._first = given.get("value", "") if self._first is None else self._first
            if "selected" in given:
                self._say(self._choice, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self._say(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            if self._inside is not None and self._choice not in self._inside.fields and self._first is not None:
                self._say(self._choice, self._first)
            self._choice = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._inside is not None:
            self._inside.fields[self._area][-1] += data.removeprefix("\n")

    def _say(self, name: str, value: str) -> None:
        if self._inside is not None and name:
            self._inside.fields.setdefault(name, []).append(value)


def forms_of(answer: object, path: str) -> list[Form]:
    """The forms of an answered page that was asked for under `path`."""
    return FormsOf(answer.content.decode(), path).forms  # type: ignore[attr-defined] # the test client's answer
