"""Reading comprehensive licences, what they show to whom, reports about shops, reminders due."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings

from tongban.catalogue import queries as catalogue
from tongban.kernel.refusals import NotFound
from tongban.licences import rules
from tongban.licences.models import Comprehensive, Licence, LicenceVersion
from tongban.licences.models import (
    ComprehensiveVersion as ComprehensiveVersion,  # noqa: PLC0414 -- doors name the row
)
from tongban.licences.models import Report as Report  # noqa: PLC0414 -- doors name the row
from tongban.licences.queries import REMINDER_PARAMETER, HeldLicence, licences_of
from tongban.licences.states import LIFE, ComprehensiveState, LicenceState, ReportState
from tongban.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from tongban.catalogue.content import Trade, TradePart
    from tongban.kernel.actors import Actor

RENEWAL_DAYS = "renewal_apply_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A comprehensive licence on a day: its row, its trade, its parts as they stand."""

    row: Comprehensive
    trade: Trade
    holder_name: str
    state: ComprehensiveState
    parts: tuple[HeldLicence, ...]
    base: HeldLicence | None
    identifier: str
    on: date

    @property
    def departments(self) -> frozenset[str]:
        """Those who issued a part, and the one that leads."""
        return frozenset({self.row.department, *(one.department for one in self.parts)})


def get_comprehensive(serial: str) -> Comprehensive:
    """The comprehensive licence behind a QR code. Raises NotFound."""
    found = Comprehensive.objects.filter(serial=serial.upper()[:64]).first()
    if found is None:
        raise NotFound("没有找到这份行业综合许可证，请核对二维码。")
    return found


def shop(serial: str, on: date) -> Shop:
    """What its code leads to on a day. Raises NotFound."""
    return _shops([get_comprehensive(serial)], on)[0]


def shops_of(party_ids: Iterable[int], on: date) -> tuple[Shop, ...]:
    """The comprehensive licences of these parties, newest first; five queries for any number."""
    rows = Comprehensive.objects.filter(holder_id__in=set(party_ids)).order_by("-id")
    return _shops(list(rows), on)


def find_by_identifier(identifier: str) -> Comprehensive | None:
    """The comprehensive licence that has or had this identifier."""
    version = ComprehensiveVersion.objects.filter(identifier=identifier.upper())
    found = version.select_related("comprehensive").first()
    return found.comprehensive if found else None


def _shops(found: Sequence[Comprehensive], on: date) -> tuple[Shop, ...]:
    if not found:
        return ()
    holders = {row.holder_id for row in found}
    held, names = licences_of(holders, on), people.parties(holders)
    newest = ComprehensiveVersion.objects.filter(comprehensive__in=found).order_by("version")
    identifiers = {one.comprehensive_id: one.identifier for one in newest}
    shops = []
    for row in found:
        trade = catalogue.trade(row.trade)
        mine = [one for one in held if one.holder_id == row.holder_id]
        parts, base = _chosen(trade, mine, row.site)
        shops.append(
            Shop(
                row=row,
                trade=trade,
                holder_name=names[row.holder_id].name,
                state=overall_of(parts, base),
                parts=parts,
                base=base,
                identifier=identifiers[row.pk],
                on=on,
            )
        )
    return tuple(shops)


def may_inspect(person: Actor | None, one: Shop) -> bool:
    """Whether the page of officers is for this person: of a department that issued or leads."""
    return (
        person is not None
        and person.kind == "staff"
        and bool(person.departments & one.departments)
    )


def versions_of_shop(row: Comprehensive) -> QuerySet[ComprehensiveVersion]:
    """Its history, newest first."""
    return row.versions.order_by("-version")


def part_history(one: Shop) -> list[LicenceVersion]:
    """What happened to its parts, newest first: states with their reasons and bases."""
    rows = LicenceVersion.objects.filter(licence_id__in=[part.id for part in one.parts])
    return list(rows.select_related("licence").order_by("-at", "-id")[:100])


# ---- what belongs to it ------------------------------------------------------------------------


def site_of(trade: Trade, holder_id: int, on: date) -> str | None:
    """The premises of the newest required permit; None while a required one is missing."""
    held = [one for one in licences_of([holder_id], on) if one.is_in_force]
    required = [part for part in trade.parts if part.required]
    newest = [next((o for o in held if o.type_code in part.types), None) for part in required]
    if not newest or None in newest:
        return None
    return _site(newest[0], trade) if newest[0] else ""


def parts_now(
    trade: Trade, holder_id: int, site: str, on: date
) -> tuple[tuple[HeldLicence, ...], HeldLicence | None]:
    """The licences that stand in it on a day, in the order of the trade, and its base licence."""
    return _chosen(trade, licences_of([holder_id], on), site)


def _chosen(
    trade: Trade, of_holder: Sequence[HeldLicence], site: str
) -> tuple[tuple[HeldLicence, ...], HeldLicence | None]:
    held = [one for one in of_holder if one.state is not LicenceState.PRODUCING]
    here = [one for one in held if _site(one, trade) in ("", site)]
    chosen = (_best(here, part) for part in trade.parts)
    base = max((one for one in held if one.type_code == trade.base), key=_standing, default=None)
    return tuple(one for one in chosen if one is not None), base


def _best(held: Sequence[HeldLicence], part: TradePart) -> HeldLicence | None:
    return max((o for o in held if o.type_code in part.types), key=_standing, default=None)


def _standing(one: HeldLicence) -> tuple[bool, int]:
    return one.is_in_force, one.id


def _site(one: HeldLicence, trade: Trade) -> str:
    return str(one.face.get(trade.site_field) or "")


def overall_of(parts: Sequence[HeldLicence], base: HeldLicence | None) -> ComprehensiveState:
    """What the whole is worth."""
    return rules.overall([one.state for one in parts], base.state if base else None)


def rows_of(parts: Iterable[HeldLicence]) -> list[dict[str, Any]]:
    """The parts as a version keeps them."""
    return [
        {
            "type": one.type_code,
            "licence": one.id,
            "identifier": one.identifier,
            "name": one.name,
            "number": one.number,
            "issuer": one.issuer,
            "department": one.department,
            "valid_from": one.valid_from.isoformat(),
            "valid_to": one.valid_to.isoformat() if one.valid_to else None,
            "state": one.state.value,
        }
        for one in parts
    ]


def causes_of(
    before: Sequence[Mapping[str, Any]], parts: Sequence[HeldLicence], base: HeldLicence | None
) -> list[dict[str, str]]:
    """What differs from the version before, as {what, name, from, to}."""
    was = {row["licence"]: row for row in before}
    found = []
    for row in rows_of(parts):
        old = was.pop(row["licence"], None)
        if old is None:
            found.append(_cause("joined", row["name"]))
        elif old["state"] != row["state"]:
            found.append(_cause("state", row["name"], old["state"], row["state"]))
        elif old["valid_to"] != row["valid_to"]:
            ends = (old["valid_to"] or "", row["valid_to"] or "")
            found.append(_cause("validity", row["name"], *ends))
        elif old != row:
            found.append(_cause("reissued", row["name"]))
    found += [_cause("left", row["name"]) for row in was.values()]
    if not found and base is not None:
        found.append(_cause("base", base.name, "", base.state.value))
    return found


def _cause(what: str, name: str, before: str = "", after: str = "") -> dict[str, str]:
    return {"what": what, "name": name, "from": before, "to": after}


# ---- its code and paper ------------------------------------------------------------------------


def shop_url(serial: str) -> str:
    """What its QR code carries: the same address for ever, whatever its version."""
    return f"{settings.SITE_URL}/one-licence/{serial}/"


def shop_qr(serial: str) -> str:
    """The QR code, as SVG for a page."""
    out = io.BytesIO()
    segno.make_qr(shop_url(serial), error="m").save(
        out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, omitsize=True
    )
    return out.getvalue().decode()


def comprehensive_page(
    row: Comprehensive, version: ComprehensiveVersion, trade: Trade
) -> dict[str, Any]:
    """The data of its paper: each part with its number and last day, one QR code for all."""
    ribbon = bool(catalogue.live("city").get("ribbon"))
    holder = people.party(row.holder_id)
    face = [
        {"label": "经营者名称", "value": holder.name},
        {"label": "统一社会信用代码", "value": holder.code},
        *([{"label": "经营场所", "value": row.site}] if row.site else []),
        *({"label": part["name"], "value": _part_words(part)} for part in version.parts),
        {"label": "版本", "value": f"第{version.version}版"},
    ]
    return {
        "title": trade.licence_name.zh,
        "title_en": trade.licence_name.en,
        "number": row.number,
        "serial": row.serial,
        "identifier": version.identifier,
        "issued_on": rules.day_of(version.at).isoformat(),
        "verify_url": shop_url(row.serial),
        "face": face,
        "ribbon": "演示城市 · 非法定证照" if ribbon else "",
        "ribbon_short": "演示" if ribbon else "",
    }


def _part_words(part: Mapping[str, Any]) -> str:
    until = rules.words_for(part["valid_to"]) if part["valid_to"] else "长期"
    state = LIFE.title(part["state"])
    note = "" if part["state"] == LicenceState.VALID.value else f"，{state}"
    return f"{part['number']}（{part['issuer']}，有效期至{until}{note}）"


# ---- reports -----------------------------------------------------------------------------------


def report_by_code(serial: str, code: str) -> Report:
    """A report for whoever made it and kept its code. Raises NotFound."""
    rows = Report.objects.filter(comprehensive__serial=serial.upper(), code=code.upper()[:64])
    found = rows.select_related("comprehensive").first()
    if found is None:
        raise NotFound("没有找到这条反映，请核对网址。")
    return found


def reports_for(person: Actor, *, limit: int = 100) -> list[Report]:
    """Reports that lie with the departments of an officer, those that wait first."""
    rows = Report.objects.filter(department__in=person.departments)
    rows = rows.select_related("comprehensive__holder").order_by("-state", "id")
    return [one for one in rows[:limit] if _in_reach(person, one)]


def count_open_reports(person: Actor) -> int:
    """How many of them wait for an answer."""
    waiting = Report.objects.filter(
        department__in=person.departments, state=ReportState.OPEN.value
    )
    return sum(_in_reach(person, one) for one in waiting[:1000])


def access_report(person: Actor, report_id: int) -> Report:
    """A report of a department of the officer; to others it does not exist. Raises NotFound."""
    rows = Report.objects.select_related("comprehensive__holder")
    return _reachable(person, rows.filter(pk=report_id).first())


def lock_report(report_id: int, person: Actor) -> Report:
    """The same under lock, for its answer."""
    rows = Report.objects.select_for_update(of=("self",)).select_related("comprehensive")
    return _reachable(person, rows.filter(pk=report_id).first())


def reports_about(row: Comprehensive) -> list[Report]:
    """What was said about a shop, newest first."""
    return list(row.reports.order_by("-id")[:50])


def _reachable(person: Actor, found: Report | None) -> Report:
    if found is None or found.department not in person.departments:
        raise NotFound("没有找到这条反映，或它不由您的部门答复。")
    if not _in_reach(person, found):
        raise NotFound("没有找到这条反映，或它不由您的部门答复。")
    return found


def _in_reach(person: Actor, one: Report) -> bool:
    """Whether the region of the shop lies in a region of the officer's post in that department."""
    return any(
        queue.partition(".")[0] == one.department and one.region.startswith(region.rstrip("0"))
        for queue, region in person.posts
    )


# ---- reminders ---------------------------------------------------------------------------------


def reminders_of(on: date) -> tuple[int, ...]:
    """On which days before the end holders are reminded; empty where the content names none."""
    values = catalogue.parameters(on).get(REMINDER_PARAMETER, ())
    return tuple(int(day) for day in values[-1][1]) if values else ()


def renewal_days(on: date) -> int:
    """How many days before the end renewal is applied for at the latest (行政许可法 50)."""
    values = catalogue.parameters(on).get(RENEWAL_DAYS, ())
    return int(values[-1][1]) if values else 0


def reminder_words(licence: Licence, on: date) -> dict[str, Any]:
    """What a reminder says."""
    name = licence.versions.get(succeeded_at=None).name
    last = licence.valid_to or on
    return {
        "licence": {"zh": name, "en": licence.name_en or name},
        "number": licence.number,
        "until": last,
        "days": (last - on).days,
    }
