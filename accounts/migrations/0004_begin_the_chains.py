"""What was written before there were chains of hashes gets its links, marked as adopted."""

from django.db import migrations

from accounts.chain import adopt_operations
from accounts.triggers import history_open


def adopt(apps, schema_editor):
    adopt_operations(apps)


def forget(apps, schema_editor):
    with history_open("the chains are undone"):
        apps.get_model("accounts", "ChainLink").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_users_have_a_history"),
        ("plans", "0002_roles_and_breaking_the_glass"),
        ("milestones", "0001_initial"),
    ]

    operations = [migrations.RunPython(adopt, forget)]
