from django.urls import include, path

from . import about_views, archive_views, check_views, component_views, history_views, home_views, refresh_views, views

app_name = "reports"
urlpatterns = [
    path("", include("reports.changes_urls")),
    path("", include("reports.people_urls")),
    path("", include("reports.cover_urls")),
    path("", include("reports.look_urls")),
    path("", include("reports.pack_urls")),
    path("", home_views.home, name="home"),
    path("help/", about_views.help_page, name="help"),
    path("components/", component_views.components_page, name="components"),
    path("accessibility/", about_views.accessibility, name="accessibility"),
    path("plans/<slug:slug>/", views.plan_page, name="plan"),
    path("plans/<slug:slug>/course/", views.course, name="course"),
    path("plans/<slug:slug>/course.svg", views.course_chart, name="course_chart"),
    path("plans/<slug:slug>/recommendations/", include("reports.recommendation_urls")),
    path("plans/<slug:slug>/refresh/", refresh_views.refresh, name="refresh"),
    path("plans/<slug:slug>/take-over/", refresh_views.take_over, name="take_over"),
    path("plans/<slug:slug>/carried/", refresh_views.carried, name="carried"),
    path("plans/<slug:slug>/take-out/", archive_views.take_out, name="take_out"),
    path("plans/<slug:slug>/check/", check_views.check, name="check"),
    path("plans/<slug:slug>/history/", history_views.history, name="history"),
    path("plans/<slug:slug>/history/csv/", history_views.history_csv, name="history_csv"),
    path("plans/<slug:slug>/history/<int:pk>/", history_views.operation_history, name="operation_history"),
    path(
        "plans/<slug:slug>/indicators/<slug:code>/history/", history_views.indicator_history, name="indicator_history"
    ),
    path("reviews/<slug:review>/history/", history_views.review_history, name="review_history"),
]
