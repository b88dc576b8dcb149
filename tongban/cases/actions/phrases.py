"""An officer's own ready phrases: kept and thrown away by himself, seen by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.cases import rules
from tongban.cases.models import Phrase
from tongban.kernel.refusals import BadInput, NotFound, worded

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor

# A list that nobody can read is no help.
MOST_PHRASES = 20
LONGEST_PHRASE = 500


def keep_phrase(*, step: str, outcome: str, text: str, by: Actor, now: datetime) -> None:
    """Keep a text for this step and outcome; idempotent. Raises BadInput where it is too much."""
    kept = rules.need_text("phrase", text, "请先写意见，再存为常用意见。")
    if len(kept) > LONGEST_PHRASE:
        raise BadInput.at(
            "phrase",
            "too-long",
            worded("常用意见最多{most}个字，这一条没有保存。", most=LONGEST_PHRASE),
        )
    mine = Phrase.objects.filter(account_id=by.id, step=step, outcome=outcome)
    if mine.exclude(text=kept).count() >= MOST_PHRASES:
        raise BadInput.at(
            "phrase",
            "too-many",
            worded("一个环节最多存{most}条常用意见，请先删去不用的。", most=MOST_PHRASES),
        )
    Phrase.objects.get_or_create(
        account_id=by.id, step=step, outcome=outcome, text=kept, defaults={"kept_at": now}
    )


def drop_phrase(*, phrase_id: int, by: Actor) -> None:
    """Throw one of the own phrases away. Raises NotFound."""
    gone, _ = Phrase.objects.filter(pk=phrase_id, account_id=by.id).delete()
    if not gone:
        raise NotFound("没有找到这条常用意见。")
