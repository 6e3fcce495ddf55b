import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.verification import verify


class Command(BaseCommand):
    help = "Says whether the records, their history and the chains agree. Exit 1 names what does not, a line each."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads", action="store_true", help="print where each chain stands: number and digest of its newest link"
        )

    def handle(self, *args: Any, heads: bool, **options: Any) -> None:
        try:
            result = verify()
        except DatabaseError as error:
            raise CommandError(
                f"The database could not be read: {error}. A new database needs “manage.py migrate”."
            ) from error
        for finding in result.findings:
            self.stdout.write(finding)
        if heads:
            for chain, number, digest in result.heads:
                self.stdout.write(f"{chain} {number} {digest}")
        if result.findings:
            count = len(result.findings)
            self.stderr.write(f"{count} {'thing does' if count == 1 else 'things do'} not agree.")
            sys.exit(1)
        self.stdout.write(f"{result.records} records, {result.versions} versions, {result.links} links agree")
