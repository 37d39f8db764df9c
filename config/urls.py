"""Every address of the portal. The apps own theirs; this file only joins them."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health
from config.dashboard import views

# The admin's own login knows neither rate limits nor second factors, so it sends people through the portal's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign] # allauth's way

handler400 = "config.outages.bad_request"
handler500 = "config.outages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("core.people.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("config.api")),
    path("", views.overview, name="overview"),
    path("settings/", views.settings_page, name="settings"),
    path("settings/providers/<slug:key>/test/", views.test_connection, name="test_connection"),
    path("settings/providers/<slug:key>/try/", views.reset_provider, name="reset_provider"),
    path("settings/providers/<slug:key>/limits/", views.provider_limits, name="provider_limits"),
    path("settings/messages/retry/", views.retry_all_messages, name="retry_all_messages"),
    path("settings/messages/<int:message_id>/retry/", views.retry_message, name="retry_message"),
    path("", include("assets.urls")),
    path("", include("generation.urls")),
    path("", include("approvals.urls")),
]
