"""The addresses of looking after users, of invitations, and of the time somebody stays signed in."""

from django.urls import path

from . import invitation_views, session_views, user_views

urlpatterns = [
    path("users/", user_views.user_list, name="users"),
    path("users/new/", user_views.invite, name="invite"),
    path("users/<int:pk>/", user_views.user_page, name="user"),
    path("users/<int:pk>/edit/", user_views.edit, name="edit_user"),
    path("users/<int:pk>/invitation/", user_views.invite_again, name="invite_again"),
    path("users/<int:pk>/deactivate/", user_views.deactivate, name="deactivate_user"),
    path("users/<int:pk>/reactivate/", user_views.reactivate, name="reactivate_user"),
    path("invitation/", invitation_views.accept, name="invitation"),
    path("invitation/<str:token>/", invitation_views.open_link, name="invitation_link"),
    path("time-left/", session_views.time_left, name="time_left"),
]
