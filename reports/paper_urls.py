from django.urls import path

from . import paper_views

app_name = "papers"
urlpatterns = [
    path("plans/<slug:slug>/reports/", paper_views.papers, name="order"),
    path("plans/<slug:slug>/reports/milestones/", paper_views.milestones, name="milestones"),
]
