"""System checks: what this machine lacks for making papers."""

from django.core.checks import CheckMessage, Warning, register

from .pdf import pdf_available


@register("reports")
def pdf_can_be_made(app_configs, **options) -> list[CheckMessage]:
    """A warning, never an error: without Pango everything but the PDF works."""
    reason = pdf_available()
    return [Warning(reason, id="reports.W001")] if reason else []
