from django.urls import path

from . import views

app_name = "imports"
urlpatterns = [
    path("imports/", views.import_list, name="list"),
    path("plans/<slug:slug>/import/", views.new_import, name="new"),
    path("imports/<int:pk>/", views.import_page, name="detail"),
    path("imports/<int:pk>/apply/", views.apply_import, name="apply"),
    path("imports/<int:pk>/discard/", views.discard_import, name="discard"),
    path("imports/<int:pk>/undo/", views.undo_import, name="undo"),
]
