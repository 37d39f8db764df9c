"""How accounts come to be and are guarded: an administrator makes them, and nobody signs up by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email, filter_users_by_username
from django.conf import settings
from django.http import HttpRequest

from core.people import account_mail


@dataclass(frozen=True, slots=True)
class Here:
    """This portal, as mail speaks of it."""

    name: str
    domain: str


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types for its adapters
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """With links to where the portal is, whatever host the request that asks for the mail has named."""
        ours = {name: at_our_site(value) if name.endswith("_url") else value for name, value in context.items()}
        message = self.render_mail(template_prefix, email, {"email": email, "current_site": self.here()} | ours)
        account_mail.deliver(message, template_prefix, email, context.get("user"))

    def here(self) -> Here:
        return Here("Imprimatur", settings.SITE_HOST)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for an account, however it is called: by its name, by its address, or over another host."""
        login = str(credentials.get("username") or credentials.get("email") or "").strip().lower()
        found = (*filter_users_by_username(login), *filter_users_by_email(login)) if login else ()
        return f"account {min(user.pk for user in found)}" if found else f"nobody {login}"


def at_our_site(address: str) -> str:
    """The same page at SITE_URL."""
    parts = urlsplit(address)
    return settings.SITE_URL + parts._replace(scheme="", netloc="").geturl()
