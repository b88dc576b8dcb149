"""People who only called: known by a telephone number, proved by nothing."""

from __future__ import annotations

from tongban.kernel.identifiers import mask_phone
from tongban.people.models import Party
from tongban.people.queries import code_key
from tongban.people.states import NOBODY, PartyKind


def caller_party(phone: str, name: str = "") -> int:
    """The party of whoever calls from a number; answers its id, joins the caller's transaction.

    An empty number stands for everybody who gives none. Without a name the masked number is
    shown. Whoever has an account is not looked up here: a number proves nothing.
    """
    code = phone or NOBODY
    key = code_key(PartyKind.CALLER, code)
    known = Party.objects.filter(code_key=key).values_list("id", flat=True).first()
    if known is not None:
        return known
    shown = name or (mask_phone(phone) if phone else "匿名")
    row, _ = Party.objects.get_or_create(
        code_key=key, defaults={"kind": PartyKind.CALLER, "name": shown, "code": code}
    )
    return row.pk
