"""One licence for a trade (一业一证): made of what the holder has, kept true as parts change."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction

from tongban.catalogue import queries as catalogue
from tongban.documents.actions import keep_paper, make_paper
from tongban.kernel.actors import SYSTEM
from tongban.kernel.numbers import public_number
from tongban.kernel.worktime import city_date
from tongban.licences import events, rules, sql
from tongban.licences.actions.versions import organ_of
from tongban.licences.models import Comprehensive, ComprehensiveVersion
from tongban.licences.queries import comprehensive as shops
from tongban.licences.states import COMPREHENSIVE_TITLES, ComprehensiveState
from tongban.notices.actions import send_message
from tongban.records.actions import append
from tongban.records.events import NewEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tongban.catalogue.content import Trade
    from tongban.documents.queries import StoredFile
    from tongban.kernel.actors import Actor

PURPOSE = "licence"


def make_comprehensive(
    *, trade_code: str, holder_id: int, application: str, region: str, now: datetime
) -> Comprehensive | None:
    """Show the holder's permits of a trade as one licence; None while a required one is missing.

    Once for each holder, trade and premises: asked again, the first one is brought up to date
    and answered. Raises NotFound for an unknown trade.
    """
    trade = catalogue.trade(trade_code)
    with transaction.atomic():
        site = shops.site_of(trade, holder_id, city_date(now))
        if site is None:
            _tell_missing(trade, holder_id, application, now)
            return None
        known = Comprehensive.objects.filter(holder_id=holder_id, trade=trade.code, site=site)
        if found := known.first():
            refresh(found, now=now)
            return found
        made = _made(trade, holder_id, application, region, site, now)
        _tell_holder(made, trade, "comprehensive_made", f"made/{made.pk}", now)
    return made


def _made(
    trade: Trade, holder_id: int, application: str, region: str, site: str, now: datetime
) -> Comprehensive:
    on = city_date(now)
    parts, base = shops.parts_now(trade, holder_id, site, on)
    serial_id = sql.next_comprehensive()
    made = Comprehensive.objects.create(
        id=serial_id,
        region=region,
        department=trade.lead_department,
        trade=trade.code,
        holder_id=holder_id,
        site=site,
        serial=uuid.uuid4().hex.upper(),
        number=public_number(trade.number_prefix, region[:6], on, serial_id),
        application=application,
        state=shops.overall_of(parts, base).value,
        version=1,
        made_at=now,
    )
    version = _write(made, trade, parts, [], now)
    _journal(made, version, events.MADE, now)
    return made


def refresh_comprehensives(*, holder_id: int, licence_type: str, now: datetime) -> int:
    """A licence of this holder changed: bring what it is part of up to date; how many changed."""
    concerned = [
        trade.code
        for trade in catalogue.trades()
        if licence_type == trade.base or any(licence_type in part.types for part in trade.parts)
    ]
    rows = Comprehensive.objects.filter(holder_id=holder_id, trade__in=concerned)
    changed = 0
    for one in rows.order_by("id"):
        with transaction.atomic():
            changed += refresh(Comprehensive.objects.select_for_update().get(pk=one.pk), now=now)
    return changed


def refresh(one: Comprehensive, *, now: datetime) -> bool:
    """Write the next version if anything that it shows is another; joins the transaction."""
    trade = catalogue.trade(one.trade)
    on = city_date(now)
    parts, base = shops.parts_now(trade, one.holder_id, one.site, on)
    before = one.versions.get(version=one.version)
    state = shops.overall_of(parts, base)
    if (before.parts, before.state) == (shops.rows_of(parts), state.value):
        return False
    was = ComprehensiveState(one.state)
    one.version += 1
    one.state = state.value
    one.save(update_fields=["version", "state"])
    version = _write(one, trade, parts, shops.causes_of(before.parts, parts, base), now)
    _journal(one, version, events.CHANGED, now)
    if state is not was:
        _tell_holder(one, trade, "comprehensive_changed", f"version/{version.pk}", now)
    return True


def _write(
    one: Comprehensive, trade: Trade, parts: Any, causes: list[dict[str, str]], now: datetime
) -> ComprehensiveVersion:
    uscc = organ_of(one.department).uscc
    return ComprehensiveVersion.objects.create(
        comprehensive=one,
        version=one.version,
        identifier=rules.identifier_of(trade.type_code, uscc, one.serial, one.version),
        state=one.state,
        parts=shops.rows_of(parts),
        causes=causes,
        at=now,
    )


def _journal(
    one: Comprehensive,
    version: ComprehensiveVersion,
    verb: str,
    now: datetime,
    *,
    by: Actor = SYSTEM,
) -> None:
    body: Mapping[str, Any] = {
        "number": one.number,
        "identifier": version.identifier,
        "trade": one.trade,
        "party": one.holder_id,
        "state": one.state,
        "version": one.version,
    }
    entry = NewEntry(
        stream=events.COMPREHENSIVE_STREAM,
        stream_id=one.pk,
        verb=verb,
        region=one.region,
        fields=("state", "parts"),
        body=body,
        public=True,
    )
    append([entry], by=by, now=now)


def _tell_holder(
    one: Comprehensive, trade: Trade, key: str, happening: str, now: datetime
) -> None:
    state = COMPREHENSIVE_TITLES[ComprehensiveState(one.state)]
    english = {"有效": "valid", "部分有效": "partly valid", "失效": "not valid"}[state]
    send_message(
        party_id=one.holder_id,
        key=key,
        params={
            "licence": {"zh": trade.licence_name.zh, "en": trade.licence_name.en},
            "number": one.number,
            "state": {"zh": state, "en": english},
        },
        dedup=f"comprehensive/{happening}",
        now=now,
        proceeding=one.application,
    )


def _tell_missing(trade: Trade, holder_id: int, application: str, now: datetime) -> None:
    send_message(
        party_id=holder_id,
        key="comprehensive_missing",
        params={"licence": {"zh": trade.licence_name.zh, "en": trade.licence_name.en}},
        dedup=f"comprehensive/missing/{application}",
        now=now,
        proceeding=application,
    )


def comprehensive_paper(*, serial: str, now: datetime) -> StoredFile:
    """The sealed paper of a comprehensive licence as it stands; made when first asked for.

    Each version has its own paper with the same QR code. `now` is machine time, as for every
    seal. Raises NotFound, and PaperFault where it cannot be made at the moment.
    """
    one = shops.get_comprehensive(serial)
    version = one.versions.select_related("file").get(version=one.version)
    if version.file is not None:
        return version.file
    trade = catalogue.trade(one.trade)
    paper = make_paper(
        template="certificate",
        data=shops.comprehensive_page(one, version, trade),
        organ=organ_of(one.department),
        reason=trade.licence_name.zh,
        now=now,
    )
    with transaction.atomic():
        locked = ComprehensiveVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if locked.file_id is None:
            locked.file = keep_paper(
                paper,
                name=f"{trade.licence_name.zh} {one.number} v{version.version}.pdf",
                owner_party_id=one.holder_id,
                purpose=PURPOSE,
                reference=version.identifier,
                by=SYSTEM,
                now=now,
            )
            locked.save(update_fields=["file"])
    return ComprehensiveVersion.objects.select_related("file").get(pk=version.pk).file  # type: ignore[return-value]  # -- set above or by whoever was first
