from django.urls import path

from . import own_updates_views

urlpatterns = [path("plans/<slug:slug>/my-updates/", own_updates_views.own_updates, name="own_updates")]
