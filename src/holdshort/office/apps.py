"""The office as a Django app."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """One table: the log."""

    name = "holdshort.office"
    label = "office"
