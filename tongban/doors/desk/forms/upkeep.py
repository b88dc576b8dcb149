"""The verbs of answers and of tasks about elements of guides on the desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from tongban.doors.desk.forms.inputs import Data, Input, Verb, runs
from tongban.upkeep import actions
from tongban.upkeep.rules import Written

if TYPE_CHECKING:
    from datetime import datetime

    from tongban.kernel.actors import Actor


_of_answer = partial(runs, "answer_id")


def _submit(by: Actor, answer_id: int, data: Data, now: datetime) -> None:
    written = Written(
        title=data["title"], questions=data["questions"], text=data["text"], basis=data["basis"],
        translations={
            language: {"title": data[f"title_{language}"], "answer": data[f"text_{language}"]}
            for language in ("en", "ug")
        },
    )  # fmt: skip
    actions.submit_answer(answer_id=answer_id, written=written, by=by, now=now)


_REASON = Input("reason", gettext_noop("理由"))
_OF_ANSWER = (
    Verb(
        name="submit_answer",
        title=gettext_noop("提交本单位审核"),
        run=_submit,
        inputs=(
            Input("title", gettext_noop("答的是什么问题"), "text"),
            Input(
                "questions",
                gettext_noop("群众会怎样问"),
                help=gettext_noop("一行一种问法，至少两种。"),
            ),
            Input(
                "text",
                gettext_noop("答案"),
                help=gettext_noop("写给所有人看：去掉来电人的情况、姓名、电话和地址。"),
            ),
            Input(
                "basis",
                gettext_noop("依据"),
                "text",
                help=gettext_noop("法规、文件或者办事指南的哪一条。"),
            ),
            Input("title_en", gettext_noop("问题（英文，可以不填）"), "text", required=False),
            Input("text_en", gettext_noop("答案（英文，可以不填）"), required=False),
            Input("title_ug", gettext_noop("问题（维吾尔文，可以不填）"), "text", required=False),
            Input("text_ug", gettext_noop("答案（维吾尔文，可以不填）"), required=False),
        ),
        note=gettext_noop("由本单位另一位负责人审核，再由热线中心审核发布。"),
        main=True,
        key="a",
    ),
    Verb(
        name="drop_answer",
        title=gettext_noop("不收入知识库"),
        run=_of_answer(actions.drop_answer, "reason"),
        inputs=(_REASON,),
        grave=True,
    ),
    Verb(
        name="drop_revision",
        title=gettext_noop("放弃修订"),
        run=_of_answer(actions.drop_answer, "reason"),
        inputs=(_REASON,),
        note=gettext_noop("已发布的答案照原样提供，到期再复核。"),
    ),
    Verb(
        name="approve_answer",
        title=gettext_noop("单位审核同意"),
        run=_of_answer(actions.approve_answer),
        note=gettext_noop("您和起草的人不能是同一个人。"),
        main=True,
        key="a",
    ),
    Verb(
        name="return_answer",
        title=gettext_noop("退回修改"),
        run=_of_answer(actions.return_answer, "reason"),
        inputs=(_REASON,),
        key="b",
    ),
    Verb(
        name="publish_answer",
        title=gettext_noop("审核发布"),
        run=_of_answer(actions.publish_answer),
        note=gettext_noop("发布以后，12345 坐席和网页马上能查到。"),
        main=True,
        key="a",
    ),
    Verb(
        name="send_back_answer",
        title=gettext_noop("审核退回"),
        run=_of_answer(actions.send_back_answer, "reason"),
        inputs=(_REASON,),
        key="b",
    ),
    Verb(
        name="confirm_answer",
        title=gettext_noop("复核无误"),
        run=_of_answer(actions.confirm_answer),
        note=gettext_noop("更新日期改为今天，到期再复核。"),
        main=True,
        key="a",
    ),
    Verb(
        name="revise_answer",
        title=gettext_noop("修订"),
        run=_of_answer(actions.revise_answer),
        note=gettext_noop("新的版本发布以前，现在的答案照常提供。"),
    ),
    Verb(
        name="retire_answer",
        title=gettext_noop("下架"),
        run=_of_answer(actions.retire_answer, "reason"),
        inputs=(_REASON,),
        note=gettext_noop("下架马上生效，不再提供给任何人。"),
        grave=True,
    ),
)
_OF_ELEMENT = (
    Verb(
        name="element_changed",
        title=gettext_noop("已经改正"),
        run=lambda by, i, d, now: actions.change_element(
            element_id=i, text=d["reason"], by=by, now=now
        ),
        inputs=(
            Input(
                "reason",
                gettext_noop("改了什么"),
                help=gettext_noop("新的版本发布以后才能回复；反映的人会收到。"),
            ),
        ),
        main=True,
        key="a",
    ),
    Verb(
        name="element_stays",
        title=gettext_noop("维持不变，说明理由"),
        run=runs("element_id", actions.keep_element, "reason"),
        inputs=(
            Input(
                "reason",
                gettext_noop("为什么不变"),
                help=gettext_noop("反映的人会收到这个理由。"),
            ),
        ),
        key="d",
    ),
)
UPKEEP_VERBS = {
    "answer": {verb.name: verb for verb in _OF_ANSWER},
    "guide_element": {verb.name: verb for verb in _OF_ELEMENT},
}
