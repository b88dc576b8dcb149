"""The life of a rectification (差评整改) as one table, and the words of the room."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from tongban.kernel.machines import Machine, Move


class RectificationState(StrEnum):
    """Where a bad review is on its way to being put right."""

    OPEN = "open"  # with the unit that is answerable; nobody has spoken to the person yet
    CONTACTED = "contacted"
    RECTIFYING = "rectifying"  # it was true; the unit mends
    REPLIED = "replied"  # told to the person; the callback is due
    APPEALED = "appealed"  # the unit says that it is malicious or a slip
    PROPOSED = "proposed"  # one person of the administration would exclude it
    CLOSED = "closed"
    EXCLUDED = "excluded"  # two persons of another body agree that it does not count


class Level(IntEnum):
    """The five levels and their national codes (N1 A.8)."""

    VERY_SATISFIED = 1
    SATISFIED = 2
    BASICALLY_SATISFIED = 3
    DISSATISFIED = 4
    VERY_DISSATISFIED = 5


class Detector(StrEnum):
    """What looks like cheating (domain-04 §4.3)."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"
    F8 = "F8"


class Grain(StrEnum):
    """What a row of the roll-up adds up: a day's finest key, or a month of a department."""

    DAY = "D"
    MONTH = "M"
    ITEM = "I"
    CHANNEL = "C"
    WINDOW = "W"


_S = RectificationState
_UNIT = ("head", "decider")
_BODY = ("supervisor", "head")

# fmt: off
LIFE = Machine(
    name="rectification",
    subject="差评整改",
    states=RectificationState,
    initial=_S.OPEN,
    final=frozenset({_S.CLOSED, _S.EXCLUDED}),
    moves=(
        Move("contact", _S.OPEN, _S.CONTACTED, by=_UNIT, title="已联系评价人"),
        Move("verify", (_S.OPEN, _S.CONTACTED), _S.RECTIFYING, by=_UNIT,
             title="核实属实，开始整改"),
        Move("appeal", (_S.OPEN, _S.CONTACTED), _S.APPEALED, by=_UNIT,
             title="申诉：误评或者恶意评价"),
        Move("ask_time", _S.RECTIFYING, None, by=_UNIT, title="申请延长整改"),
        Move("grant_time", _S.RECTIFYING, None, by="supervisor", title="同意延长"),
        Move("refuse_time", _S.RECTIFYING, None, by="supervisor", title="不同意延长"),
        Move("reply", _S.RECTIFYING, _S.REPLIED, by=_UNIT, title="答复整改结果"),
        Move("satisfy", _S.REPLIED, _S.CLOSED, by=("supervisor", "system"), title="回访：已解决"),
        Move("rehandle", _S.REPLIED, _S.RECTIFYING, by=("supervisor", "system"),
             title="回访：仍不满意，重新办理"),
        Move("settle", _S.REPLIED, _S.CLOSED, by=("supervisor", "system"),
             title="回访：仍不满意，说明情况后办结"),
        Move("dismiss", _S.APPEALED, _S.RECTIFYING, by="supervisor", title="申诉不成立"),
        Move("propose", _S.APPEALED, _S.PROPOSED, by="supervisor", title="建议不计入统计"),
        Move("confirm", _S.PROPOSED, _S.EXCLUDED, by=_BODY, title="同意不计入统计"),
        Move("overrule", _S.PROPOSED, _S.RECTIFYING, by=_BODY, title="不同意，退回整改"),
        Move("unheard", _S.REPLIED, _S.CLOSED, by=("supervisor", "system"),
             title="回访：没有听到评价人的意见，办结"),
        Move("reassign", (_S.OPEN, _S.CONTACTED, _S.RECTIFYING, _S.REPLIED, _S.APPEALED,
                          _S.PROPOSED), None, by="head", title="改派"),
    ),
    titles={
        _S.OPEN: "待联系核实", _S.CONTACTED: "已联系，核实中", _S.RECTIFYING: "整改中",
        _S.REPLIED: "已答复，待回访", _S.APPEALED: "申诉复核中", _S.PROPOSED: "待第二人确认",
        _S.CLOSED: "已办结", _S.EXCLUDED: "不计入统计",
    },
)
# fmt: on

OPENED = "open_rectification"
REOPENED = "open_second_round"
SUPERVISED = "supervise"
LINKED = "ticket_linked"
RECORDED = {
    OPENED: "收到差评，交责任单位",
    REOPENED: "整改办结后追评仍不满意，再次交责任单位",
    SUPERVISED: "逾期督办",
    LINKED: "与同一件事的 12345 诉求关联",
}
