from django.urls import URLPattern, URLResolver, include, path

from accounts import health_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.sign_in_urls")),
    # Before the addresses of reviews by their names: “new” is none.
    path("", include("imports.urls")),
    path("", include("plans.urls")),
    path("", include("milestones.urls")),
    path("", include("indicators.urls")),
    path("", include("reports.paper_urls")),
    path("", include("reports.urls")),
    path("health/", health_views.health, name="health"),
    path("health/alive/", health_views.alive, name="alive"),
]

handler403 = "accounts.views.not_allowed"
handler404 = "accounts.views.not_found"
handler500 = "accounts.error_views.server_error"
