"""The addresses of packs: those of a plan below it, one by its number, a frozen version below that."""

from django.urls import path

from . import edition_views, pack_views

PAPER = "packs/<int:number>/papers/<int:pk>/"
EDITION = "packs/<int:number>/v<int:edition>/"

urlpatterns = [
    path("plans/<slug:slug>/packs/", pack_views.packs, name="packs"),
    path("plans/<slug:slug>/packs/new/", pack_views.new_pack, name="new_pack"),
    path("packs/verify/", edition_views.verify, name="verify_pack"),
    path("packs/<int:number>/", pack_views.pack, name="pack"),
    path("packs/<int:number>/change/", pack_views.edit_pack, name="edit_pack"),
    path("packs/<int:number>/archive/", pack_views.archive_pack, name="archive_pack"),
    path("packs/<int:number>/freeze/", pack_views.freeze, name="freeze_pack"),
    path("packs/<int:number>/papers/new/", pack_views.new_paper, name="new_pack_paper"),
    path(PAPER, pack_views.draft_page, name="draft_page"),
    path(f"{PAPER}download/", pack_views.draft_download, name="draft_download"),
    path(f"{PAPER}change/", pack_views.edit_paper, name="edit_pack_paper"),
    path(f"{PAPER}move/", pack_views.move_paper, name="move_pack_paper"),
    path(f"{PAPER}remove/", pack_views.remove_paper, name="remove_pack_paper"),
    path(EDITION, edition_views.edition, name="edition"),
    path(f"{EDITION}retry/", edition_views.retry, name="retry_edition"),
    path(f"{EDITION}files/<int:pk>/", edition_views.edition_file, name="edition_file"),
    path(f"{EDITION}all/", edition_views.all_files, name="edition_files"),
    path(f"{EDITION}sign/", edition_views.sign, name="sign_edition"),
    path(f"{EDITION}publish/", edition_views.publish, name="publish_edition"),
    path(f"{EDITION}withdraw/", edition_views.withdraw, name="withdraw_edition"),
]
