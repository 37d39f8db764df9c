"""A page as a browser would read it: its elements, what is dangerous among them, what was typed, and its words."""

from __future__ import annotations

from html.parser import HTMLParser

RAW = ("script", "style", "textarea", "title")


class Page(HTMLParser):
    """`injected` lists whatever a page of ours never holds."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.injected: list[str] = []
        self.typed: dict[str, str] = {}
        self.words = ""
        self._inside = self._area = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = tag
        if tag.startswith("canary"):
            self.injected.append(f"<{tag}>")
        for name, value in given.items():
            if name.startswith(("on", "canary")) or name == "style":
                self.injected.append(f"<{tag} {name}>")
            address = "".join(value.split()).lower()
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "poster"):
                self._look_at(tag, name, address)
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.injected.append("<script> of its own")
        if tag == "input" and given.get("name"):
            self.typed.setdefault(given["name"], given.get("value", ""))
        if tag == "textarea":
            self._area = given.get("name", "")
            self.typed[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.typed[self._area] += data
        elif self._inside == "script" and data.strip():
            self.injected.append("words in a <script>")
        else:
            self.words += data

    def _look_at(self, tag: str, name: str, address: str) -> None:
        if address.startswith(("javascript:", "vbscript:")) or (address.startswith("data:") and tag != "img"):
            self.injected.append(f"<{tag} {name}={address[:30]}>")
        if name in ("src", "action", "formaction") and address.startswith(("//", "http")):
            self.injected.append(f"<{tag} {name}> elsewhere")
