"""Other registers of the city: what they give somebody is mirrored here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from tests.city.house import House

FACES: dict[str, dict[str, Any]] = {
    "real-estate-certificate": {
        "address": "乌鲁木齐市水磨沟区（演示）9号",
        "use": "商业服务",
        "area": 120,
    },
}


def mirrored(house: House, kind: str, number: str, party_id: int, now: datetime) -> None:
    """Take over a licence that another register has issued to this party."""
    from tongban.catalogue.content.loader import load_content
    from tongban.config.options import CHECKOUT
    from tongban.kernel.actors import SYSTEM
    from tongban.kernel.worktime import city_date
    from tongban.licences.actions import MirroredLicence, mirror_licence
    from tongban.people.queries import party

    face = FACES[kind] | {"certificate_no": number, "holder": party(party_id).name}
    mirror_licence(
        licence=MirroredLicence(
            type_code=kind,
            holder_id=party_id,
            number=number,
            face=face,
            valid_from=city_date(now),
            region="650105",
            source="real-estate-register",
            source_id=number,
        ),
        licence_type=load_content(CHECKOUT / "content").licences[kind],
        by=SYSTEM,
        now=now,
    )
