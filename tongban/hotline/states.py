"""The lives of a ticket, a unit's task for it, an order about it, a hot issue (domain-04 §5).

The codes of domain-04 are states, tasks and rows here: 10 received, 11 answered, 12 refused,
13 transferred, 20 dispatched, 21 and 22 the return of a task, 30 signed, 31 contact, 32 handling,
33 extension, 34 hold, 40 replied, 41 checking, 50 callback, 51 a new round, 52 an order, 60 end.
"""

from __future__ import annotations

from enum import StrEnum

from tongban.kernel.machines import Machine, Move

UNSURE = "unsure_where"
"""In what was read of a ticket: the districts between which a person has to decide."""


class TicketState(StrEnum):
    """Where a request is, as its caller sees it."""

    RECEIVED = "received"  # with the centre: to be answered, refused, handed over or dispatched
    HANDLING = "handling"  # with a unit
    CHECKING = "checking"  # a reply is there, the centre reads it
    CALLBACK = "callback"  # the caller has the reply and is asked
    CONFERRING = "conferring"  # rounds are used up: those concerned sit together (会商)
    MERGED = "merged"  # handled together with another request about the same thing
    ANSWERED = "answered"  # at once, by the operator
    REFUSED = "refused"
    TRANSFERRED = "transferred"  # another line has it (110, 119, …)
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class TaskState(StrEnum):
    """Where the work of one unit for a ticket is."""

    DISPATCHED = "dispatched"
    HANDLING = "handling"  # signed for
    RETURN_ASKED = "return_asked"
    HOLD_ASKED = "hold_asked"
    HELD = "held"  # cannot be solved now, for reasons that are stated, with a plan (挂账)
    REPLIED = "replied"
    DONE = "done"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class OrderState(StrEnum):
    """Where an order about a ticket is (督办)."""

    ISSUED = "issued"
    ANSWERED = "answered"
    CLOSED = "closed"


class HotState(StrEnum):
    """Where an issue that many speak of is (热点)."""

    WATCHING = "watching"  # enough speak of it; nobody needs to do anything yet
    ALARMED = "alarmed"  # more than is usual: the centre is asked to look
    GATHERED = "gathered"  # the centre handles its requests together
    COOLED = "cooled"  # handled together, and nobody calls about it any more
    FADED = "faded"  # nobody calls any more, and nothing had to be done
    CLOSED = "closed"


class Channel(StrEnum):
    """How a request came in."""

    PHONE = "phone"
    WEB = "web"
    SCAN = "scan"  # the QR code of a licence or a venue
    OPEN311 = "open311"
    VOICE = "voice"  # the voice menu, without a person
    TRANSFER = "transfer"  # from 110 or another line
    PLATFORM = "platform"  # from a higher platform
    HALL = "hall"


class Outcome(StrEnum):
    """What a caller says at the callback."""

    SOLVED = "solved"
    PARTLY = "partly"
    UNSOLVED = "unsolved"
    UNREACHED = "unreached"


_T, _K, _O, _H = TicketState, TaskState, OrderState, HotState
_CENTRE = ("window", "checker")
_UNIT = ("reviewer", "head", "decider")
_LEADS = ("head", "decider")
# A unit whose own system works on its tasks speaks through it (relay).
_WORKS = (*_UNIT, "system")
_OPEN = (_T.RECEIVED, _T.HANDLING, _T.CHECKING, _T.CALLBACK, _T.CONFERRING, _T.MERGED)
_HOT_OPEN = (_H.WATCHING, _H.ALARMED, _H.GATHERED, _H.COOLED)

# Moves by `family` go together with a move of the ticket or of a task in the same action.
# fmt: off
TICKET = Machine(
    name="ticket",
    subject="诉求工单",
    states=TicketState,
    initial=_T.RECEIVED,
    final=frozenset({_T.ANSWERED, _T.REFUSED, _T.TRANSFERRED, _T.CLOSED, _T.WITHDRAWN}),
    moves=(
        Move("answer_directly",  _T.RECEIVED,   _T.ANSWERED,    by=_CENTRE, title="直接答复"),
        Move("refuse",           _T.RECEIVED,   _T.REFUSED,     by=_CENTRE, title="不予受理"),
        Move("transfer",         _T.RECEIVED,   _T.TRANSFERRED, by=_CENTRE, title="转其他专线"),
        Move("classify",         _T.RECEIVED,   None, by=(*_CENTRE, "system"), title="归类"),
        Move("correct_place",    (_T.RECEIVED, _T.HANDLING), None, by=_CENTRE,
             title="更正地点"),
        Move("name_element",     _OPEN,         None,           by=_CENTRE,
             title="写明指南要素"),
        Move("hide_caller",      _OPEN,         None,           by=_CENTRE,
             title="为诉求人保密身份"),
        Move("dispatch",         _T.RECEIVED,   _T.HANDLING, by=(*_CENTRE, "system"),
             title="派单"),
        Move("designate",        (_T.RECEIVED, _T.CONFERRING), _T.HANDLING, by="decider",
             title="指定办理单位"),
        Move("ask_designation",  _T.RECEIVED,   None,           by="checker", title="提请指定"),
        Move("merge",            (_T.RECEIVED, _T.HANDLING), _T.MERGED, by=_CENTRE,
             title="并单"),
        Move("take_apart",       _T.MERGED,     _T.RECEIVED,    by=(*_CENTRE, "system"),
             title="拆分并单"),
        Move("answer_together",  _T.MERGED,     _T.CALLBACK,    by="system", title="并单答复"),
        Move("approve_return",   _T.HANDLING,   _T.RECEIVED,    by="checker", title="同意退单"),
        Move("release_unit",     _T.HANDLING,   None,           by="checker",
             title="同意协办单位退单"),
        Move("refuse_return",    _T.HANDLING,   None,           by="checker", title="不同意退单"),
        Move("grant_extension",  _T.HANDLING,   None,           by="checker", title="同意延期"),
        Move("refuse_extension", _T.HANDLING,   None,           by="checker", title="不同意延期"),
        Move("grant_hold",       _T.HANDLING,   None,           by="checker",
             title="同意挂账"),
        Move("refuse_hold",      _T.HANDLING,   None,           by="checker", title="不同意挂账"),
        Move("add_unit",         _T.HANDLING,   None,           by="checker",
             title="增加协办单位"),
        Move("reply_in",         _T.HANDLING,   _T.CHECKING,    by="family", title="单位已答复"),
        Move("send_back",        _T.CHECKING,   _T.HANDLING,    by="checker",
             title="退回重新答复"),
        Move("pass_reply",       _T.CHECKING,   _T.CALLBACK,    by=("checker", "system"),
             title="审核通过并答复"),
        Move("call_back",        _T.CALLBACK,   None, by=(*_CENTRE, "applicant"),
             title="回访登记"),
        Move("rehandle",         _T.CALLBACK,   _T.HANDLING,    by="checker", title="重办"),
        Move("confer",           _T.CALLBACK,   _T.CONFERRING,  by="checker", title="提请会商"),
        Move("close",            (_T.CALLBACK, _T.CONFERRING), _T.CLOSED,
             by=("checker", "decider", "system"), title="办结归档"),
        Move("supervise",        (_T.HANDLING, _T.CHECKING, _T.CALLBACK, _T.CONFERRING), None,
             by=("checker", "decider", "system"), title="督办"),
        Move("raise_order",      _OPEN,         None, by=("checker", "decider", "system"),
             title="督办升级"),
        Move("close_order",      _OPEN,         None, by=("checker", "decider"),
             title="督办销号"),
        Move("add_to",           _OPEN,         None, by=("applicant", *_CENTRE),
             title="补充说明"),
        Move("urge",             _OPEN,         None, by=("applicant", *_CENTRE), title="催办"),
        Move("withdraw",         _OPEN,         _T.WITHDRAWN, by=("applicant", *_CENTRE),
             title="撤回"),
        Move("assign",           _OPEN,         None,           by="system", title="随机分办"),
        Move("reassign",         _OPEN,         None,           by="head", title="改派"),
    ),
    titles={
        _T.RECEIVED: "已受理，待派单", _T.HANDLING: "办理中", _T.CHECKING: "答复审核中",
        _T.CALLBACK: "已答复，回访中", _T.CONFERRING: "会商中", _T.MERGED: "并单办理中",
        _T.ANSWERED: "已直接答复", _T.REFUSED: "不予受理", _T.TRANSFERRED: "已转其他专线",
        _T.CLOSED: "已办结", _T.WITHDRAWN: "已撤回",
    },
)
TASK = Machine(
    name="ticket_task",
    subject="承办任务",
    states=TaskState,
    initial=_K.DISPATCHED,
    final=frozenset({_K.DONE, _K.RETURNED, _K.CANCELLED}),
    moves=(
        Move("sign",          _K.DISPATCHED, _K.HANDLING, by=_WORKS, title="签收"),
        Move("ask_return",    (_K.DISPATCHED, _K.HANDLING), _K.RETURN_ASKED, by=_UNIT,
             title="申请退单"),
        Move("keep_task",     _K.RETURN_ASKED, _K.HANDLING, by="family", title="退单未获同意"),
        Move("end_returned",  _K.RETURN_ASKED, _K.RETURNED, by="family", title="退单已同意"),
        Move("contact",       _K.HANDLING,   None,       by=_WORKS, title="联系诉求人"),
        Move("note_progress", _K.HANDLING,   None,       by=_WORKS, title="记录办理情况"),
        Move("ask_extension", _K.HANDLING,   None,       by=_UNIT, title="申请延期"),
        Move("endorse_extension", _K.HANDLING, None,     by=_LEADS, title="单位负责人同意延期"),
        Move("decline_extension", _K.HANDLING, None,     by=_LEADS, title="单位负责人不同意延期"),
        Move("extend",        _K.HANDLING,   None,       by="family", title="延期"),
        Move("no_extension",  _K.HANDLING,   None,       by="family", title="延期未获同意"),
        Move("ask_hold",      _K.HANDLING,   _K.HOLD_ASKED, by=_LEADS, title="申请挂账"),
        Move("hold",          _K.HOLD_ASKED, _K.HELD,    by="family", title="挂账"),
        Move("no_hold",       _K.HOLD_ASKED, _K.HANDLING, by="family", title="挂账未获同意"),
        Move("resume",        _K.HELD,       _K.HANDLING, by=(*_UNIT, "system"), title="恢复办理"),
        Move("reply",         _K.HANDLING,   _K.REPLIED, by=_WORKS, title="答复"),
        Move("reopen",        _K.REPLIED,    _K.HANDLING, by="family", title="答复被退回"),
        Move("finish",        _K.REPLIED,    _K.DONE,    by="family", title="办结"),
        Move("assign",        (_K.DISPATCHED, _K.HANDLING), None, by="system", title="随机分办"),
        Move("reassign",      (_K.DISPATCHED, _K.HANDLING), None, by="head", title="改派"),
        Move("cancel_task",   (_K.DISPATCHED, _K.HANDLING, _K.RETURN_ASKED, _K.HOLD_ASKED,
                               _K.HELD, _K.REPLIED), _K.CANCELLED, by="family",
             title="随工单结束"),
    ),
    titles={
        _K.DISPATCHED: "待签收", _K.HANDLING: "办理中", _K.RETURN_ASKED: "退单审核中",
        _K.HOLD_ASKED: "挂账审核中", _K.HELD: "已挂账", _K.REPLIED: "已答复",
        _K.DONE: "已办结", _K.RETURNED: "已退单", _K.CANCELLED: "已取消",
    },
)
ORDER = Machine(
    name="ticket_order",
    subject="督办单",
    states=OrderState,
    initial=_O.ISSUED,
    final=frozenset({_O.CLOSED}),
    moves=(
        Move("answer_order", _O.ISSUED, _O.ANSWERED, by=_UNIT, title="答复督办"),
        Move("rise", (_O.ISSUED, _O.ANSWERED), _O.ISSUED, by=("family", "system"),
             title="督办升级"),
        Move("end_order", (_O.ISSUED, _O.ANSWERED), _O.CLOSED, by="family", title="销号"),
    ),
    titles={_O.ISSUED: "待答复", _O.ANSWERED: "已答复", _O.CLOSED: "已销号"},
)
HOT = Machine(
    name="hot_issue",
    subject="热点问题",
    states=HotState,
    initial=_H.WATCHING,
    final=frozenset({_H.FADED, _H.CLOSED}),
    moves=(
        Move("alarm",          _H.WATCHING,   _H.ALARMED,  by="system", title="热点预警"),
        Move("alarm_again",    (_H.ALARMED, _H.GATHERED), None, by="system",
             title="热点继续升温"),
        Move("gather",         (_H.WATCHING, _H.ALARMED), _H.GATHERED, by=_CENTRE,
             title="合并办理"),
        Move("join_newcomers", (_H.GATHERED, _H.COOLED), None, by=_CENTRE, title="并入新来的诉求"),
        Move("take_in",        _HOT_OPEN,     None,        by=(*_CENTRE, "system"),
             title="归入热点"),
        Move("leave_out",      _HOT_OPEN,     None,        by=(*_CENTRE, "system"),
             title="移出热点"),
        Move("set_aside",      (_H.WATCHING, _H.ALARMED), _H.CLOSED, by=("checker", "decider"),
             title="不作热点办理"),
        Move("fade",           _H.WATCHING,   _H.FADED,    by="system", title="热度消退"),
        Move("cool_down",      _H.GATHERED,   _H.COOLED,   by="system", title="热度回落"),
        Move("warm_up",        _H.COOLED,     _H.GATHERED, by="system", title="热度回升"),
        Move("close_issue",    (_H.GATHERED, _H.COOLED), _H.CLOSED, by=("checker", "decider"),
             title="热点销号"),
    ),
    titles={
        _H.WATCHING: "关注中", _H.ALARMED: "已预警", _H.GATHERED: "合并办理中",
        _H.COOLED: "热度已回落", _H.FADED: "已消退", _H.CLOSED: "已销号",
    },
)
# fmt: on

RECORDED = {
    "receive": "受理诉求",
    "return_asked": "单位申请退单",
    "extension_asked": "单位申请延期",
    "hold_asked": "单位申请挂账",
    "hold_ended": "挂账结束，恢复办理",
    "helper_replied": "协办单位已答复",
    "order_answered": "督办已答复",
    "order_unheard": "督办到最后一级仍未答复",
    "clock_expired": "时限届满",
    "clock_warned": "时限临近",
}
TASK_RECORDED = {"task_out": "派单到单位", "hear_urged": "诉求人催办"}
ORDER_RECORDED = {"order_out": "发出督办单"}
HOT_RECORDED = {
    "become_hot": "聚成热点",
    "clock_expired": "时限届满",
    "clock_warned": "时限临近",
}
