"""A form that makes something or spends does so once, however often it is sent: by two clicks, or after a lost answer.

The form carries `{% send_token %}`, and its view is `@once`. What was sent is written down before the view begins, in a
transaction of its own and unique in the database, so that of five processes one goes on. The others answer as it did.
Where a form brings several files, and some may be refused, the view notes each that is done: `led_to` and `note_done`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRefresh

from core import clock
from core.errors import InvalidTransition
from core.models import SentForm
from core.web.requests import asks_by_script, back

FIELD = "send_token"
KEPT = timedelta(days=3)
"""How long a form that was sent is remembered: longer than anybody leaves a page open and presses its button again."""
LOST_AFTER = timedelta(minutes=5)
"""No view takes so long: whoever was at a form that is older and not done was stopped, and it may be sent again."""
WAITS, LOOKS_EVERY = 20.0, 0.1
"""Seconds: how long the second waits for the first one's answer, and how often it looks."""
IS_DONE = "That was sent already, and it was done once."

View = Callable[..., HttpResponseBase]


def once(button: str = "", *, but: str = "", already: str = IS_DONE) -> Callable[[View], View]:
    """The decorator of a view that does what its form says once.

    Where the form has buttons that only look, `button` names the one that does it, or `but` the other. `already` is
    what somebody is told whose form was sent before and led to no page of its own. Raises InvalidTransition while the
    first is still under way after `WAITS` seconds.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def doing_once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            said = request.POST
            if FIELD not in said or (button and button not in said) or (but and but in said):
                return view(request, *args, **kwargs)
            digest = _digest(request)
            if not _is_first(digest):
                return _same_again(request, digest, already)
            try:
                response = view(request, *args, **kwargs)
            except BaseException:
                SentForm.objects.filter(digest=digest).delete()
                raise
            _remember(digest, response)
            return response

        doing_once.does_once = True  # type: ignore[attr-defined] # for the test that walks all forms
        return doing_once

    return decorated


def led_to(request: HttpRequest, file: UploadedFile[Any]) -> str:
    """Where one file of this form led when the form was sent before; empty when that file was not done then."""
    sent = SentForm.objects.filter(digest=_digest(request, file)).first()
    return sent.leads_to if sent else ""


def note_done(request: HttpRequest, file: UploadedFile[Any], leads_to: str) -> None:
    """One file of the form is done, whatever becomes of the others."""
    done = {"is_done": True, "leads_to": leads_to}
    SentForm.objects.update_or_create(digest=_digest(request, file), defaults=done)


def forget() -> int:
    """Forget what was sent long ago; returns how many forms."""
    count, _ = SentForm.objects.filter(sent_at__lt=clock.instant() - KEPT).delete()
    return count


def _digest(request: HttpRequest, only: UploadedFile[Any] | None = None) -> str:
    """What makes a form, or one file of it, the same: who sent it where, its token, all that was typed, and the bytes.
    Going back and changing a word makes it another.
    """
    said = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    if only is None:
        files = sorted((name, *_marks(file)) for name, held in request.FILES.lists() for file in held)
    else:
        files = [("only", *_marks(only))]
    whole = json.dumps([str(request.user.pk), request.get_full_path(), said, files])
    return hashlib.sha256(whole.encode()).hexdigest()


def _marks(file: UploadedFile[Any]) -> tuple[str, str]:
    """The name and the SHA-256 of a file, which can be read from its beginning afterwards."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return file.name or "", digest.hexdigest()


def _is_first(digest: str) -> bool:
    """Write down that the form is being done; False where it was done, or somebody is at it."""
    _, is_new = SentForm.objects.get_or_create(digest=digest)
    now = clock.instant()
    lost = SentForm.objects.filter(digest=digest, is_done=False, sent_at__lt=now - LOST_AFTER)
    return is_new or lost.update(sent_at=now) == 1


def _remember(digest: str, response: HttpResponseBase) -> None:
    """Where it led; a form that was refused may be sent again as it is."""
    mine = SentForm.objects.filter(digest=digest)
    if response.status_code >= 400:
        mine.delete()
    else:
        mine.update(is_done=True, leads_to=response.get("Location", "")[:600])


def _same_again(request: HttpRequest, digest: str, already: str) -> HttpResponse:
    """The answer of the first: to the page where it led, or to the page as it is now."""
    first = _first(digest)
    if first is None:
        raise InvalidTransition("This was sent a moment ago, and it was refused. Send it again to see why.")
    if not first.is_done:
        minutes = LOST_AFTER // timedelta(minutes=1)
        raise InvalidTransition(
            "This was sent a moment ago, and what came of it is not known yet. Look first whether it was done. "
            f"If not, it can be sent again in {minutes} minutes."
        )
    if first.leads_to:
        return redirect(first.leads_to)
    messages.info(request, already)
    if asks_by_script(request):
        return HttpResponseClientRefresh()
    return redirect(back(request))


def _first(digest: str) -> SentForm | None:
    """What became of the first, once that is known; None when it was refused meanwhile."""
    until = time.monotonic() + WAITS
    while (first := SentForm.objects.filter(digest=digest).first()) and not first.is_done:
        if time.monotonic() > until:
            break
        time.sleep(LOOKS_EVERY)
    return first
