from django.urls import include, path

from . import entering_views, measurement_views, recommendation_views, views

app_name = "imports"
urlpatterns = [
    path("imports/", views.import_list, name="list"),
    path("start-a-plan/from-a-table/", views.start_from_table, name="start"),
    path("start-a-plan/from-an-inspection/", entering_views.start_from_inspection, name="start_from_inspection"),
    path("reviews/new/", entering_views.new_review, name="new_review"),
    path("plans/<slug:slug>/import/", views.new_import, name="new"),
    path("plans/<slug:slug>/paste-figures/", measurement_views.paste_figures, name="figures"),
    path("imports/<int:pk>/", views.import_page, name="detail"),
    path("imports/<int:pk>/apply/", views.apply_import, name="apply"),
    path("imports/<int:pk>/discard/", views.discard_import, name="discard"),
    path("imports/<int:pk>/undo/", views.undo_import, name="undo"),
    path(
        "reviews/<slug:review>/recommendations/import/",
        include(
            [
                path("", recommendation_views.new_list, name="recommendations"),
                path("<int:pk>/", recommendation_views.list_page, name="recommendation_list"),
                path("<int:pk>/discard/", recommendation_views.discard_list, name="discard_recommendations"),
                path("<int:pk>/undo/", recommendation_views.undo_list, name="undo_recommendations"),
            ]
        ),
    ),
]
