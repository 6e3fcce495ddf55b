"""Texts without what no paper can print, for this app and those above it (accounts/texts.py)."""

from accounts.texts import plain

__all__ = ["plain"]
