"""Everything below /api/: the listing-site API, its schema, and the page that explains it."""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from approvals.api import reference
from approvals.api.views import nowhere

OPEN = {"authentication_classes": (), "permission_classes": (AllowAny,), "metadata_class": None}
"""The schema holds no data; whoever writes a client may read it before they have a key. Of itself it says nothing."""

urlpatterns = [
    path("v1/", include("approvals.api.urls")),
    path("schema/", SpectacularAPIView.as_view(**OPEN), name="api-schema"),
    path("docs/", reference.page, name="api-docs"),
    re_path("", nowhere),
]
