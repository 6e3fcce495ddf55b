from django.urls import path

from . import board_views, framework_views, intervention_views, review_views

urlpatterns = [
    path("reviews/", review_views.reviews, name="reviews"),
    path("reviews/<slug:review>/", review_views.review, name="review"),
    path("reviews/<slug:review>/edit/", review_views.edit_review, name="edit_review"),
    path("reviews/<slug:review>/judgements/", review_views.judgements, name="judgements"),
    path("reviews/<slug:review>/report/", review_views.report, name="review_report"),
    path("reviews/<slug:review>/archive/", review_views.archive, name="archive_review"),
    path("interventions/", intervention_views.interventions, name="interventions"),
    path("interventions/new/", intervention_views.new_intervention, name="new_intervention"),
    path("interventions/<int:pk>/", intervention_views.intervention, name="intervention"),
    path("interventions/<int:pk>/lift/", intervention_views.lift, name="lift_intervention"),
    path("boards/", board_views.boards, name="boards"),
    path("boards/new/", board_views.new_board, name="new_board"),
    path("boards/<int:pk>/", board_views.board, name="board"),
    path("frameworks/", framework_views.frameworks, name="frameworks"),
    path("frameworks/new/", framework_views.new_framework, name="new_framework"),
    path("frameworks/<int:pk>/", framework_views.framework, name="framework"),
]
