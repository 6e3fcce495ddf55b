from django.urls import include, path, register_converter

from plans.addresses import RefConverter

from . import action_views, archive_views, change_views, forecast_views, new_views, outcome_views, update_views, views

register_converter(RefConverter, "ref")

ACTION = "plans/<slug:slug>/actions/<ref:action_ref>/"
OUTCOME = "plans/<slug:slug>/outcomes/<int:pk>/"
MILESTONE = "plans/<slug:slug>/milestones/<ref:ref>/"

app_name = "milestones"
urlpatterns = [
    path("", include("milestones.evidence_urls")),
    path("", include("milestones.cycle_urls")),
    path("", include("milestones.personal_link_urls")),
    path("", include("milestones.date_urls")),
    path("", include("milestones.reminder_urls")),
    path("", include("milestones.own_updates_urls")),
    path("plans/<slug:slug>/milestones/", views.milestone_list, name="list"),
    path(ACTION, action_views.action_page, name="action"),
    path(ACTION + "new-outcome/", action_views.new_outcome, name="new_outcome"),
    path("plans/<slug:slug>/archived/", archive_views.archived, name="archived"),
    path("plans/<slug:slug>/archive-action/<int:pk>/", archive_views.archive_action, name="archive_action"),
    path("plans/<slug:slug>/archived/actions/<int:pk>/", archive_views.restore_action, name="restore_action"),
    path("plans/<slug:slug>/archived/milestones/<int:pk>/", archive_views.restore, name="restore"),
    path(OUTCOME, action_views.outcome, name="outcome"),
    path(OUTCOME + "judge/", action_views.judge, name="judge_outcome"),
    path(
        "plans/<slug:slug>/outcomes/<int:outcome>/judgements/<int:pk>/correct/",
        action_views.correct_judgement,
        name="correct_judgement",
    ),
    path(OUTCOME + "remove/", action_views.remove, name="remove_outcome"),
    path("plans/<slug:slug>/new-milestone/", new_views.new, name="new"),
    path(MILESTONE, views.milestone_page, name="detail"),
    path(MILESTONE + "update/", update_views.update, name="update"),
    path(MILESTONE + "draft/", update_views.draft, name="draft"),
    path(MILESTONE + "updates/<int:pk>/correct/", update_views.correct, name="correct"),
    path(MILESTONE + "details/", change_views.details, name="details"),
    path(MILESTONE + "due-date/", change_views.due_date, name="due_date"),
    path(MILESTONE + "withdraw/", change_views.withdraw, name="withdraw"),
    path(MILESTONE + "archive/", change_views.archive, name="archive"),
    path(MILESTONE + "take-back/", archive_views.take_back, name="take_back"),
    path(MILESTONE + "embedded/", outcome_views.embed, name="embed"),
    path(MILESTONE + "forecast/", forecast_views.forecast, name="forecast"),
    path(MILESTONE + "assess/", outcome_views.assess, name="assess"),
    path(MILESTONE + "assess/<int:pk>/", outcome_views.reassess, name="reassess"),
]
