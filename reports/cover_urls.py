from django.urls import path

from . import cover_form_views as forms
from . import cover_views as views

_FORM, _SECTION = "covers/<int:pk>", "covers/<int:pk>/sections/<int:section>"
_OF_PLAN = "plans/<slug:slug>/covers"

urlpatterns = [
    path("covers/", forms.cover_forms, name="cover_forms"),
    path("covers/new/", forms.new_cover_form, name="new_cover_form"),
    path(f"{_FORM}/", forms.cover_form, name="cover_form"),
    path(f"{_FORM}/edit/", forms.edit_cover_form, name="edit_cover_form"),
    path(f"{_FORM}/head/", forms.cover_form_header, name="cover_form_header"),
    path(f"{_FORM}/preview/", forms.preview_cover_form, name="preview_cover_form"),
    path(f"{_FORM}/archive/", forms.archive_cover_form, name="archive_cover_form"),
    path(f"{_FORM}/restore/", forms.restore_cover_form, name="restore_cover_form"),
    path(f"{_FORM}/sections/new/", forms.new_cover_form_section, name="new_cover_form_section"),
    path(f"{_SECTION}/", forms.cover_form_section, name="cover_form_section"),
    path(f"{_SECTION}/move/", forms.move_cover_form_section, name="move_cover_form_section"),
    path(f"{_SECTION}/archive/", forms.archive_cover_form_section, name="archive_cover_form_section"),
    path(f"{_OF_PLAN}/", views.covers, name="covers"),
    path(f"{_OF_PLAN}/new/", views.new_cover, name="new_cover"),
    path(f"{_OF_PLAN}/<int:pk>/", views.cover, name="cover"),
    path(f"{_OF_PLAN}/<int:pk>/edit/", views.edit_cover, name="edit_cover"),
    path(f"{_OF_PLAN}/<int:pk>/paper/", views.cover_page, name="cover_page"),
    path(f"{_OF_PLAN}/<int:pk>/remind/", views.remind_cover, name="remind_cover"),
    path(f"{_OF_PLAN}/<int:pk>/archive/", views.archive_cover, name="archive_cover"),
    path("cover-sections/<int:pk>/", views.cover_section, name="cover_section"),
    path("cover-sections/<int:pk>/writer/", views.cover_section_writer, name="cover_section_writer"),
    path("cover-sections/<int:pk>/unlock/", views.unlock_cover_section, name="unlock_cover_section"),
    path("cover-sections/<int:pk>/remind/", views.remind_cover_section, name="remind_cover_section"),
]
