"""What the running house keeps of itself: the signs of life of its workers."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of one worker process, by the machine's clock."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    failing = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
