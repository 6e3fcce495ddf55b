"""The addresses of pages about people: who may do what, who answers for what, and who takes it over."""

from django.urls import path

from . import access_views, leaver_views, people_views

urlpatterns = [
    path("plans/<slug:slug>/access/", access_views.access, name="access"),
    path("plans/<slug:slug>/access/csv/", access_views.access_csv, name="access_csv"),
    path("accounts/access/", access_views.access_of_all, name="access_of_all"),
    path("accounts/access/csv/", access_views.access_of_all_csv, name="access_of_all_csv"),
    path("plans/<slug:slug>/people/leads/", people_views.leads, name="leads"),
    path("plans/<slug:slug>/people/<int:pk>/", people_views.person, name="person"),
    path("plans/<slug:slug>/people/<int:pk>/hand-over/", leaver_views.hand_over, name="hand_over"),
    path("accounts/users/<int:pk>/holdings/", leaver_views.holdings, name="leaver"),
]
