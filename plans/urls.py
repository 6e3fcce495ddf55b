from django.urls import include, path

from . import membership_views, redaction_views, settings_views, views

app_name = "plans"
urlpatterns = [
    path("", include("plans.review_urls")),
    path("", include("plans.recommendation_urls")),
    path("", include("plans.meeting_urls")),
    path("plans/", views.plan_list, name="list"),
    path("start-a-plan/", views.start_plan, name="start"),
    path("plans/<slug:slug>/people/", membership_views.people, name="people"),
    path("plans/<slug:slug>/people/roles/<int:pk>/", membership_views.role, name="role"),
    path("plans/<slug:slug>/people/roles/<int:pk>/take/", membership_views.take_role, name="take_role"),
    path("plans/<slug:slug>/archive/", membership_views.archive, name="archive"),
    path("plans/<slug:slug>/redaction/", redaction_views.propose, name="propose_redaction"),
    path("all-plans/", membership_views.all_plans, name="all"),
    path("all-plans/<slug:slug>/open/", membership_views.break_glass, name="break_glass"),
    path("all-plans/<slug:slug>/close/", membership_views.close_glass, name="close_glass"),
    path("plans/<slug:slug>/settings/", settings_views.settings, name="settings"),
    path("plans/<slug:slug>/themes/", settings_views.themes, name="themes"),
    path("plans/<slug:slug>/themes/new/", settings_views.new_theme, name="new_theme"),
    path("plans/<slug:slug>/themes/<int:pk>/", settings_views.theme, name="theme"),
    path("plans/<slug:slug>/themes/<int:pk>/new-action/", settings_views.new_action, name="new_action"),
    path("plans/<slug:slug>/themes/actions/<int:pk>/", settings_views.action, name="action"),
]
