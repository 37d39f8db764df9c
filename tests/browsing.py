"""Browsers in which a person is signed in: Django's own, and tabs of Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

from core.models import User

if TYPE_CHECKING:
    from playwright.sync_api import Page


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sign_in(page: Page, person: User, url: str) -> Page:
    """The tab, with the person signed in at the portal under `url`."""
    session = browser_of(person).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    return page
