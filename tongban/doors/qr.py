"""QR codes as drawings inside the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.utils.safestring import mark_safe

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


def drawn_qr(address: str) -> SafeString:
    """A QR code of an address as SVG."""
    code = segno.make(address, error="m").svg_inline(scale=4, omitsize=True, border=2)
    return mark_safe(code)  # noqa: S308 -- lines drawn by us; the address is not in the text
