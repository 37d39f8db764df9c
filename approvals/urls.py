"""Addresses of the approvals app."""

from django.urls import URLPattern

app_name = "approvals"
urlpatterns: list[URLPattern] = []
