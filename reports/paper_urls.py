from django.urls import path

from . import folder_views, paper_views
from .forms import FORMS

app_name = "papers"
urlpatterns = [
    path("plans/<slug:slug>/reports/", paper_views.papers, name="order"),
    *[path(f"plans/<slug:slug>/reports/{kind}/", paper_views.page_of(kind), name=kind) for kind in FORMS],
    path("plans/<slug:slug>/reports/folder/", folder_views.folder, name="folder"),
]
