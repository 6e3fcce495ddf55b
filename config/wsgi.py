import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from accounts.checks import refuse_to_serve_unguarded  # noqa: E402  # models are there from here on

refuse_to_serve_unguarded()
