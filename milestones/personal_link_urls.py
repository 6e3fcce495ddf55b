from django.urls import path

from . import personal_link_sending_views, personal_link_views

urlpatterns = [
    path("plans/<slug:slug>/links/", personal_link_sending_views.links, name="links"),
    path("personal/", personal_link_views.personal, name="personal"),
    path("personal/<str:token>/", personal_link_views.open_link, name="personal_link"),
]
