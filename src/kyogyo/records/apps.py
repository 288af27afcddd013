"""The Django app with all the models."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "kyogyo.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
