"""A request whose session is over, or whose page is older than its session: refused so that nothing typed is lost.

A script is answered 401 or 403 and keeps its page (`guard.js`). A form that a browser posted by itself comes back as a
page that holds what was typed, to be sent again after signing in.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from core.web.requests import asks_by_script

STALE = "X-Stale-Page"
"""Header of a 403: the page's token is of an earlier session. `guard.js` takes a new one and sends again."""
NOT_TYPED = ("csrfmiddlewaretoken", "send_token", "seen", "seen_hash")
"""Fields that are sent again but not shown: nobody typed them."""


class SignInRequired(LoginRequiredMiddleware):
    """Everybody signs in first. A script is told so with 401, and a posted form is kept to be sent again."""

    def handle_no_permission(  # type: ignore[override] # it may answer with more than a way to the door
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if asks_by_script(request):
            return HttpResponse("You are signed out.", content_type="text/plain", status=401)
        if request.method == "POST" and _is_ours(request):
            return _kept(request, status=401)
        return super().handle_no_permission(request, view_func)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was opened in another session, or it is not ours; only what came from ours may be sent again."""
    if asks_by_script(request):
        is_out = not request.user.is_authenticated
        return HttpResponse(
            "The page is from an earlier session.",
            content_type="text/plain",
            status=401 if is_out else 403,
            headers={} if is_out else {STALE: "1"},
        )
    return _kept(request, status=403)


def client_side_redirects(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A form that script posts follows a redirect as the whole page, as if the browser had posted it.

    Shown again, it stays where it was: the address it was posted to may be none that can be opened.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "HX-Boosted" in request.headers and isinstance(response, HttpResponseRedirect):
            to = response["Location"]
            response["HX-Redirect"] = to
            if _is_same_page(request, to):  # else the browser only scrolls to the fragment
                response["HX-Refresh"] = "true"
            del response["Location"]
            response.status_code = 200
        elif "HX-Boosted" in request.headers and request.method == "POST":
            response.headers.setdefault("HX-Push-Url", "false")
        return response

    return middleware


def _kept(request: HttpRequest, status: int) -> HttpResponse:
    """What was typed, to look at and to send again. Passwords, files and what came from elsewhere are not kept."""
    posted = dict(request.POST.lists()) if _is_ours(request) and _needs_sign_in(request) else {}
    fields = {name: values for name, values in posted.items() if "password" not in name}
    context = {
        "fields": [(name, value) for name, values in fields.items() for value in values if name != NOT_TYPED[0]],
        "typed": [
            (name.replace("_", " ").replace("-", " "), value)
            for name, values in fields.items()
            for value in values
            if value.strip() and name not in NOT_TYPED and not name.endswith("_FORMS")
        ],
        "files": sum(len(files) for _, files in request.FILES.lists()),
        "is_kept": bool(posted),
        "action": request.get_full_path(),
    }
    response = render(request, "kept.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _is_ours(request: HttpRequest) -> bool:
    """Whether a page of ours posted it. Whatever else may have been typed elsewhere is not given a token of ours."""
    origin = request.headers.get("Origin", "")
    here = f"{request.scheme}://{request.get_host()}"
    return origin == here or origin in settings.CSRF_TRUSTED_ORIGINS


def _needs_sign_in(request: HttpRequest) -> bool:
    """Whether the page is one of those behind the door: what is typed at the door is secret."""
    return getattr(getattr(request.resolver_match, "func", None), "login_required", True)


def _is_same_page(request: HttpRequest, to: str) -> bool:
    try:
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:  # no address of ours
        return False
    there = urlsplit(request.build_absolute_uri(to))
    return bool(there.fragment) and here[:4] == there[:4]
