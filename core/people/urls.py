"""Addresses of people's own pages, beside those of signing in."""

from django.urls import path

from core.people import views

urlpatterns = [path("profile/", views.profile, name="profile")]
