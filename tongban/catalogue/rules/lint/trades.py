"""Rules: what a comprehensive licence (一业一证) is made of must be there."""

from tongban.catalogue.content import Trade
from tongban.catalogue.rules.lint.view import Found, Place, Rule, View


def trades_fit(view: View) -> Found:
    """C068: licences, package and department of a trade exist; a part can say where it is for."""
    for code, trade in view.content.trades.items():
        place = Place(f"trades/{code}.yaml")
        yield from _known(view, place, trade)
        yield from _required(view, place, trade)


def _known(view: View, place: Place, trade: Trade) -> Found:
    named = [
        (place / "package", trade.package, view.content.packages, "一件事"),
        (place / "lead_department", trade.lead_department, view.content.departments, "部门"),
        (place / "base", trade.base, view.content.licences, "证照类型"),
        *(
            (place / "parts" / n / "types" / m, one, view.content.licences, "证照类型")
            for n, part in enumerate(trade.parts)
            for m, one in enumerate(part.types)
        ),
    ]
    for at, code, known, what in named:
        if code not in known:
            yield view.find(
                at,
                "C068",
                f"{what}“{code}”不存在",
                "综合许可证会缺这一部分",
                "改为已有的代码，或先补上它的定义",
            )


def _required(view: View, place: Place, trade: Trade) -> Found:
    if not any(part.required for part in trade.parts):
        yield view.find(
            place / "parts",
            "C068",
            "没有必备的单项证照",
            "一张证也没有时也会发出综合许可证",
            "给这个行业必须有的证照写上 required: true",
        )
    for number, part in enumerate(trade.parts):
        for one in part.types:
            licence = view.content.licences.get(one)
            if licence and trade.site_field not in {face.field for face in licence.face}:
                yield view.find(
                    place / "parts" / number,
                    "C068",
                    f"“{licence.name.zh}”的照面上没有“{trade.site_field}”",
                    "同一经营者有两家店时，分不清它是哪家店的",
                    "在证照的照面加上地址，或者换一种证照",
                    blocking=False,
                )


RULES: tuple[Rule, ...] = (trades_fit,)
