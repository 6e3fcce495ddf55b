from django.urls import include, path

from . import history_views, views

app_name = "reports"
urlpatterns = [
    path("", include("reports.people_urls")),
    path("", views.home, name="home"),
    path("plans/<slug:slug>/", views.plan_page, name="plan"),
    path("plans/<slug:slug>/recommendations/", include("reports.recommendation_urls")),
    path("plans/<slug:slug>/history/", history_views.history, name="history"),
    path("plans/<slug:slug>/history/csv/", history_views.history_csv, name="history_csv"),
    path("plans/<slug:slug>/history/<int:pk>/", history_views.operation_history, name="operation_history"),
    path(
        "plans/<slug:slug>/indicators/<slug:code>/history/", history_views.indicator_history, name="indicator_history"
    ),
    path("reviews/<slug:review>/history/", history_views.review_history, name="review_history"),
]
