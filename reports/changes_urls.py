from django.urls import path

from . import changes_views, key_issues_views

urlpatterns = [
    path("plans/<slug:slug>/changes/", changes_views.changes, name="changes"),
    path("plans/<slug:slug>/changes/file/", changes_views.changes_file, name="changes_file"),
    path("plans/<slug:slug>/key-issues/", key_issues_views.key_issues, name="key_issues"),
]
