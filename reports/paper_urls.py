from django.urls import path

from . import folder_views, paper_views

app_name = "papers"
urlpatterns = [
    path("plans/<slug:slug>/reports/", paper_views.papers, name="order"),
    path("plans/<slug:slug>/reports/milestones/", paper_views.milestones, name="milestones"),
    path("plans/<slug:slug>/reports/recommendations/", paper_views.recommendations, name="recommendations"),
    path("plans/<slug:slug>/reports/indicators/", paper_views.indicators, name="indicators"),
    path("plans/<slug:slug>/reports/folder/", folder_views.folder, name="folder"),
]
