from django.urls import path

from . import views

app_name = "plans"
urlpatterns = [
    path("plans/", views.plan_list, name="list"),
    path("start-a-plan/", views.start_plan, name="start"),
]
