"""The addresses of taking words out of the records."""

from django.urls import path

from . import redaction_views

urlpatterns = [
    path("redactions/", redaction_views.redaction_list, name="redactions"),
    path("redactions/new/", redaction_views.propose, name="propose_redaction"),
    path("redactions/<int:pk>/", redaction_views.decide, name="redaction"),
]
