"""Addresses of the generation app."""

from django.urls import URLPattern

app_name = "generation"
urlpatterns: list[URLPattern] = []
