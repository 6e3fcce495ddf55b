from django.urls import path

from . import answer_views, recommendation_views

_OF_REVIEW = "reviews/<slug:review>/recommendations"
_OF_PLAN = "plans/<slug:slug>/reviews"

urlpatterns = [
    path(f"{_OF_REVIEW}/new/", recommendation_views.new_recommendation, name="new_recommendation"),
    path(f"{_OF_REVIEW}/responses/", recommendation_views.responses, name="responses"),
    path(f"{_OF_REVIEW}/timescales/", recommendation_views.timescales, name="timescales"),
    path(f"{_OF_REVIEW}/<int:pk>/", recommendation_views.edit_recommendation, name="edit_recommendation"),
    path(f"{_OF_REVIEW}/<int:pk>/response/", recommendation_views.respond, name="respond"),
    path(f"{_OF_REVIEW}/<int:pk>/archive/", recommendation_views.archive_recommendation, name="archive_recommendation"),
    path(f"{_OF_PLAN}/", answer_views.answers, name="answers"),
    path(f"{_OF_PLAN}/<int:pk>/", answer_views.answer, name="answer"),
    path(f"{_OF_PLAN}/<int:pk>/make-actions/", answer_views.make_actions, name="make_actions"),
    path(f"{_OF_PLAN}/<int:pk>/remove/", answer_views.stop_answering, name="stop_answering"),
]
