"""What a page names is there once the files have been collected as production does it."""

import re

from django.core.management import call_command


def test_every_asset_of_a_page_is_among_the_collected_files(client, db, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", "--no-input", verbosity=0)

    page = client.get("/accounts/sign-in/").content.decode()

    named = set(re.findall(r'"/static/([^"]+)"', page))
    assert named
    assert [name for name in named if not (tmp_path / name).is_file()] == []
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in named), named
