from django.urls import path

from . import catalogue_views, change_figure_views, change_views

PLAN = "plans/<slug:slug>/"
INDICATOR = PLAN + "indicators/<slug:code>/"

urlpatterns = [
    path(PLAN + "new-indicator/", change_views.new_indicator, name="new"),
    path(PLAN + "indicator-catalogue/", catalogue_views.catalogue, name="catalogue"),
    path(PLAN + "scorecard-settings/", catalogue_views.scorecard_settings, name="scorecard_settings"),
    path(PLAN + "commentaries/", change_figure_views.commentaries, name="commentaries"),
    path(INDICATOR + "edit/", change_views.edit, name="edit"),
    path(INDICATOR + "new-definition/", change_views.definition, name="definition"),
    path(INDICATOR + "place/", change_views.place, name="place"),
    path(INDICATOR + "take-off/", change_views.take_off, name="take_off"),
    path(INDICATOR + "targets/new/", change_views.new_target, name="new_target"),
    path(INDICATOR + "targets/<int:pk>/", change_views.target, name="target"),
    path(INDICATOR + "targets/<int:pk>/remove/", change_views.remove_target, name="remove_target"),
    path(INDICATOR + "process/", change_views.process, name="process"),
    path(INDICATOR + "process/<int:pk>/remove/", change_views.remove_process, name="remove_process"),
    path(INDICATOR + "benchmarks/", change_figure_views.benchmark, name="benchmark"),
    path(INDICATOR + "benchmarks/<int:pk>/remove/", change_figure_views.remove_benchmark, name="remove_benchmark"),
    path(INDICATOR + "commentary/", change_figure_views.commentary, name="commentary"),
    path(INDICATOR + "figures/<str:starts_on>/", change_figure_views.revise, name="revise"),
    path(INDICATOR + "figures/<str:starts_on>/take-back/", change_figure_views.take_back, name="take_back"),
]
