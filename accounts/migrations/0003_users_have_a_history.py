"""Users of before get the first row of their history, so that every record agrees with it."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

NAME = "Waymark"
REASON = "The history of users begins"


def begin(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    Operation = apps.get_model("accounts", "Operation")
    History = apps.get_model("accounts", "HistoricalUser")
    if not User.objects.exists():
        return
    system = User.objects.create(
        email="waymark@system.invalid", name=NAME, is_system=True, is_active=False, password="!"  # noqa: S106  # nobody signs in as it
    )
    newest = Operation.objects.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    at = timezone.now()
    if newest is not None and newest >= at:
        at = newest + timedelta(microseconds=1)
    Operation.objects.create(recorded_at=at, by=system, name="begin_history_of_users")
    columns = [
        field.attname
        for field in History._meta.concrete_fields
        if not field.attname.startswith("history_")
    ]
    for user in User.objects.order_by("pk"):
        History.objects.create(
            **{column: getattr(user, column) for column in columns},
            history_date=at,
            history_type="+",
            history_change_reason=REASON,
            history_user=system,
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles_and_proof")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
