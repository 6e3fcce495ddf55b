from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import checks, sign_in_events  # noqa: F401  # checks registers itself
        from .session_limits import begin_at_sign_in
        from .triggers import install_triggers

        post_migrate.connect(install_triggers, sender=self, dispatch_uid="install_triggers")
        user_logged_in.connect(begin_at_sign_in, dispatch_uid="begin_at_sign_in")
        sign_in_events.listen()
