from django.urls import path

from . import date_views

DATES = "plans/<slug:slug>/dates/"

urlpatterns = [
    path(DATES, date_views.dates, name="dates"),
    path(DATES + "<int:pk>/", date_views.decide, name="decide_date"),
    path(DATES + "<int:pk>/take-back/", date_views.take_back, name="take_back_date"),
]
