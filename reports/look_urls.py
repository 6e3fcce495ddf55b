from django.urls import path, re_path

from . import look_views

urlpatterns = [
    path("looks/", look_views.looks, name="looks"),
    path("looks/<int:pk>/", look_views.look, name="look"),
    re_path(r"^looks/(?P<digits>[0-9a-f]{6})\.css$", look_views.colour, name="look_colour"),
]
