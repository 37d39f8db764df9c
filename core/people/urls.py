"""Addresses of people's own pages, beside those of signing in."""

from django.urls import path

from core.people import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("session/", views.session, name="session"),
    path("welcome-back/", views.welcome_back, name="welcome_back"),
]
