from django.urls import URLPattern, path

from . import entry_views

urlpatterns: list[URLPattern] = [
    path("plans/<slug:slug>/enter-figures/", entry_views.enter_figures, name="enter"),
]
