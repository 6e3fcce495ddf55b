import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from plans import file_store
from plans.commands import PlainCommand
from plans.models import Document

#: Younger ones may be of an upload whose row is still to come.
LEAST_AGE = 60 * 60  # seconds


class Command(PlainCommand):
    help = "Says whether the stored files and their records agree. Exit 1 names what does not, a line each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--remove", action="store_true", help="remove the files that no record names and that are an hour old"
        )

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        # Before the records: a file that comes meanwhile is of no record yet, and young.
        files = {name: (path, age) for name, path, age in file_store.stored_files()}
        documents = list(Document.objects.order_by("pk"))
        findings = [finding for each in documents if (finding := _problem(each))]
        named = {each.stored_as for each in documents}
        left = {name: path for name, (path, age) in files.items() if name not in named and age > LEAST_AGE}
        if remove and left and not named & set(files):
            raise CommandError(
                f"None of the {len(files)} files is of a record. Look whether WAYMARK_FILES and DATABASE_URL belong "
                "together; nothing was removed."
            )
        for path in left.values():
            if remove:
                path.unlink(missing_ok=True)
            else:
                findings.append(f"{path.relative_to(file_store.folder())} is of no record")
        for finding in findings:
            self.stdout.write(finding)
        if remove and left:
            self.stdout.write(f"{len(left)} {'file' if len(left) == 1 else 'files'} of no record removed")
        if findings:
            count = len(findings)
            self.stderr.write(f"{count} {'thing does' if count == 1 else 'things do'} not agree.")
            sys.exit(1)
        self.stdout.write(f"{len(documents)} {'file agrees' if len(documents) == 1 else 'files agree'}")


def _problem(document: Document) -> str:
    """What is wrong with the file of a record, in words; empty where nothing is."""
    path = file_store.path_of(document.stored_as)
    try:
        with path.open("rb") as file:
            is_same = path.stat().st_size == document.size and file_store.digest_of(file) == document.sha256
    except FileNotFoundError:
        return f"the file of plans.Document {document.pk} is missing"
    return "" if is_same else f"the file of plans.Document {document.pk} is not the one that was stored"
