from django.urls import path

from . import folder_views, ordered_views, paper_views
from .forms import FORMS

app_name = "papers"
urlpatterns = [
    path("plans/<slug:slug>/reports/", paper_views.papers, name="order"),
    *[path(f"plans/<slug:slug>/reports/{kind}/", paper_views.page_of(kind), name=kind) for kind in FORMS],
    path("plans/<slug:slug>/reports/folder/", folder_views.folder, name="folder"),
    path("plans/<slug:slug>/reports/ordered/<int:pk>/", ordered_views.ordered, name="ordered"),
    path("plans/<slug:slug>/reports/ordered/<int:pk>/file/", ordered_views.ordered_file, name="ordered_file"),
    path("plans/<slug:slug>/reports/ordered/<int:pk>/again/", ordered_views.order_again, name="order_again"),
]
