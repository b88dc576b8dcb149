"""What the running house keeps of itself: signs of life, and how far the demo city is filled."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of one worker process, by the machine's clock."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    failing = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


class Filling(models.Model):
    """How many of the demo city's requests are filed; one row at most, made by the set-up.

    ``at`` is the city's moment from which the moments of all of them are reckoned.
    """

    id = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField()
    filed = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="config_filling_one"),
        ]

    def __str__(self) -> str:
        return f"{self.filed} requests filed"
