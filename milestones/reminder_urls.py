from django.urls import path

from . import reminder_views

urlpatterns = [path("my-reminders/", reminder_views.reminders, name="reminders")]
