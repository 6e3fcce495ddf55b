import os
import signal
import time
from datetime import timedelta
from threading import Thread
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from reports import ordered_papers, tasks
from reports.leases import QUEUE, stopping
from reports.tasks import logger

#: How long it rests where there is nothing to do.
REST = 1.0
#: How long it waits for a database that does not answer.
PATIENCE = 5.0
#: How long the queue remembers what was done.
REMEMBERED = timedelta(days=30)


class Command(BaseCommand):
    help = (
        "Makes the files of frozen packs, and large reports that were ordered, until it is told to end. One such "
        "process is enough."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when there is nothing to do.")
        parser.add_argument("--beside", type=int, metavar="PID", help="End when the process that started this ends.")

    def handle(self, *args: Any, once: bool, beside: int | None, **options: Any) -> None:
        worker = Worker(
            queue_names=[QUEUE],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        if once:
            _take_up()
            worker.run()
            return

        def end(*_: Any) -> None:
            """After the file that is being made; at once when asked again."""
            worker.running = False
            stopping.set()
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_DFL)

        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, end)
        if beside is not None:
            Thread(target=_end_with, args=(beside,), daemon=True).start()
        _work(worker)


def _take_up() -> None:
    ordered_papers.take_up()
    tasks.take_up()


def _work(worker: Worker) -> None:
    forgotten = None
    while not stopping.is_set():
        try:
            close_old_connections()
            hour = timezone.now().replace(minute=0, second=0, microsecond=0)
            if forgotten != hour:
                DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - REMEMBERED).delete()
                ordered_papers.forget()
                forgotten = hour
            _take_up()
            # To ask for the next entry takes the lock of a writer on SQLite, so only where there is one.
            if DBTaskResult.objects.ready().filter(queue_name=QUEUE).exists():
                worker.run()
            stopping.wait(REST)
        except (OperationalError, InterfaceError):
            logger.warning("The database did not answer; trying again.", exc_info=True)
            stopping.wait(PATIENCE)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(REST)
    os.kill(os.getpid(), signal.SIGTERM)
