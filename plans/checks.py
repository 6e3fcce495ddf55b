"""System checks: whether uploaded files have a place that is safe, and room."""

import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from . import file_store

_ADDRESS = re.compile(r"/.+|(?:\[[0-9A-Fa-f:]+\]|[\w.-]+):\d{1,5}")


@register("plans")
def files_have_a_safe_place(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Errors where files could be reached from outside or a scanner never; warnings where soon nothing is taken."""
    found: list[CheckMessage] = []
    folder = file_store.folder().resolve()
    served = [Path(place).resolve() for place in (*settings.STATICFILES_DIRS, settings.STATIC_ROOT)]
    if any(place == folder or place in folder.parents or folder in place.parents for place in served):
        found.append(
            Error(
                f"The folder of files, {folder}, and the folders of static files are not apart.",
                hint="Set WAYMARK_FILES to a folder that nothing else uses.",
                id="plans.E001",
            )
        )
    if settings.CLAMD_ADDRESS and not _ADDRESS.fullmatch(settings.CLAMD_ADDRESS):
        found.append(
            Error(
                f"CLAMD_ADDRESS is “{settings.CLAMD_ADDRESS}”.",
                hint="Set it to the path of clamd’s socket, or to a host and a port such as 127.0.0.1:3310.",
                id="plans.E002",
            )
        )
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        found.append(
            Warning(
                f"The folder of files, {folder}, cannot be written to: no file can be uploaded.",
                hint="Give it to the user that the site runs as.",
                id="plans.W001",
            )
        )
    elif file_store.is_nearly_full():
        found.append(
            Warning(
                f"The disk of the folder of files, {folder}, is nearly full: soon no file can be uploaded.",
                hint="Make room; docs/operations.md says how much has to be free.",
                id="plans.W002",
            )
        )
    return found
