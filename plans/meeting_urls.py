from django.urls import path

from . import meeting_views, risk_views

_OF_PLAN = "plans/<slug:slug>"

urlpatterns = [
    path("meetings/", meeting_views.meetings, name="meetings"),
    path("meetings/new/", meeting_views.new_meetings, name="new_meetings"),
    path("meetings/<int:pk>/", meeting_views.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", meeting_views.edit_meeting, name="edit_meeting"),
    path("meetings/<int:pk>/archive/", meeting_views.archive_meeting, name="archive_meeting"),
    path(f"{_OF_PLAN}/decisions/", meeting_views.decisions, name="decisions"),
    path(f"{_OF_PLAN}/decisions/<int:pk>/", meeting_views.decision, name="decision"),
    path(f"{_OF_PLAN}/decisions/<int:pk>/archive/", meeting_views.archive_decision, name="archive_decision"),
    path(f"{_OF_PLAN}/decisions/<int:pk>/follow-ups/new/", meeting_views.new_follow_up, name="new_follow_up"),
    path(f"{_OF_PLAN}/follow-ups/<int:pk>/", meeting_views.follow_up, name="follow_up"),
    path(f"{_OF_PLAN}/follow-ups/<int:pk>/finish/", meeting_views.finish_follow_up, name="finish_follow_up"),
    path(f"{_OF_PLAN}/follow-ups/<int:pk>/reopen/", meeting_views.reopen_follow_up, name="reopen_follow_up"),
    path(f"{_OF_PLAN}/follow-ups/<int:pk>/archive/", meeting_views.archive_follow_up, name="archive_follow_up"),
    path(f"{_OF_PLAN}/risks/", risk_views.risks, name="risks"),
    path(f"{_OF_PLAN}/risks/new/", risk_views.new_risk, name="new_risk"),
    path(f"{_OF_PLAN}/risks/<int:pk>/", risk_views.risk, name="risk"),
    path(f"{_OF_PLAN}/risks/<int:pk>/close/", risk_views.close_risk, name="close_risk"),
    path(f"{_OF_PLAN}/risks/<int:pk>/reopen/", risk_views.reopen_risk, name="reopen_risk"),
]
