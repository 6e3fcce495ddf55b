from django.urls import path

from . import evidence_views

EVIDENCE = "plans/<slug:slug>/evidence/"
ITEM = EVIDENCE + "<int:pk>/"

urlpatterns = [
    path(EVIDENCE, evidence_views.evidence_list, name="evidence"),
    path(EVIDENCE + "new/", evidence_views.new, name="new_evidence"),
    path(ITEM, evidence_views.item, name="evidence_item"),
    path(ITEM + "file/", evidence_views.file, name="evidence_file"),
    path(ITEM + "edit/", evidence_views.edit, name="edit_evidence"),
    path(ITEM + "replace-file/", evidence_views.replace, name="replace_evidence_file"),
    path(ITEM + "supports/", evidence_views.supports, name="evidence_supports"),
    path(ITEM + "check/", evidence_views.check, name="check_evidence"),
    path(ITEM + "take-back-check/", evidence_views.take_back, name="take_back_check"),
    path(ITEM + "archive/", evidence_views.archive, name="archive_evidence"),
]
