"""The Django app with the pages: templates and static files, no models."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kyogyo.web"
    label = "web"

    def ready(self) -> None:
        from kyogyo.web.sign_in import signals  # noqa: PLC0415 -- needs django.setup()

        signals.connect()
