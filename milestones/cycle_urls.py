from django.urls import path

from . import accept_views, cycle_views

CYCLE = "plans/<slug:slug>/cycle/"

urlpatterns = [
    path(CYCLE, cycle_views.cycle, name="cycle"),
    path(CYCLE + "remind/", cycle_views.remind, name="remind"),
    path(CYCLE + "review/", accept_views.review, name="review"),
    path(CYCLE + "review/all/", accept_views.review_all, name="review_all"),
]
