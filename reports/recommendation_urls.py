from django.urls import path

from . import closing_views, link_views
from . import recommendation_views as views

urlpatterns = [
    path("", views.recommendations, name="recommendations"),
    path("coverage/", views.coverage, name="coverage"),
    path("links/", link_views.links, name="links"),
    path("links/milestones/<int:pk>/", link_views.unlink_milestone_page, name="unlink_milestone"),
    path("links/actions/<int:pk>/", link_views.unlink_action_page, name="unlink_action"),
    path("<int:pk>/", views.recommendation, name="recommendation"),
    path("<int:pk>/link/", link_views.link_recommendation, name="link_recommendation"),
    path("<int:pk>/none-needed/", closing_views.none_needed, name="none_needed"),
    path("<int:pk>/needed/", closing_views.milestone_needed, name="milestone_needed"),
    path("<int:pk>/close/", closing_views.close_recommendation, name="close_recommendation"),
    path("<int:pk>/open/", closing_views.reopen_recommendation, name="reopen_recommendation"),
]
