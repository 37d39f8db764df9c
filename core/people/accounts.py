"""How accounts come to be: an administrator makes them. Nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types for its adapters
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
