"""Addresses of the API for listing sites."""

from __future__ import annotations

from django.urls import path

from approvals.api import views

app_name = "api"
urlpatterns = [
    path("images/", views.ImageList.as_view(), name="images"),
    path("images/<uuid:image>/", views.Image.as_view(), name="image"),
    path("images/<uuid:image>/file", views.ImageFile.as_view(), name="file"),
    path("events/", views.EventList.as_view(), name="events"),
]
