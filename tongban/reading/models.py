"""The one table of the reading room: what was learnt for each task, every version of it."""

from __future__ import annotations

from django.db import models


class Lesson(models.Model):
    """A lesson of a task. ``content`` is read by ``rules.store``; it holds no text of anybody.

    ``accuracy``, ``macro_f1`` and ``calibration`` (all 0 to 1) were found on examples that were
    held back while learning.
    """

    task = models.TextField()
    version = models.PositiveIntegerField()
    learnt_at = models.DateTimeField()
    examples = models.PositiveIntegerField()
    labels = models.PositiveIntegerField()
    accuracy = models.FloatField()
    macro_f1 = models.FloatField()
    calibration = models.FloatField()
    content = models.BinaryField()
    is_used = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "version"], name="reading_lesson_version"),
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(is_used=True), name="reading_lesson_used"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.version}"
