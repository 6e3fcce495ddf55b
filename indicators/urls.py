from django.urls import include, path

from . import views

INDICATOR = "plans/<slug:slug>/indicators/<slug:code>/"

app_name = "indicators"
urlpatterns = [
    path("", include("indicators.entry_urls")),
    path("", include("indicators.change_urls")),
    path("plans/<slug:slug>/indicators/", views.scorecard, name="scorecard"),
    path(INDICATOR, views.indicator_page, name="indicator"),
]
