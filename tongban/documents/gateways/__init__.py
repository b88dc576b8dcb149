"""What the documents room needs from outside: a store for bytes, a typesetter, a seal.

Each stands behind a small protocol with a built-in that does the job: a folder of
content-addressed files, typst with packaged fonts, and certificates of an authority of this
installation. An S3 bucket, another typesetter, and the national seal service with SM2
(GB/T 38540) take their places behind the same protocols, named in the settings DOCUMENT_STORE,
DOCUMENT_RENDERER and DOCUMENT_SEALS.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from tongban.documents.gateways.seals import (
    Organ,
    Sealed,
    SealFault,
    SealService,
    Signature,
)
from tongban.documents.gateways.store import (
    ContentDamaged,
    ContentMissing,
    FolderStore,
    ObjectStore,
    StoreFull,
)
from tongban.documents.gateways.typesetting import (
    Renderer,
    RenderFault,
    Spot,
    Typeset,
    TypstRenderer,
)

if TYPE_CHECKING:
    from tongban.documents.gateways.local_seals import LocalSeals

__all__ = [
    "ContentDamaged",
    "ContentMissing",
    "FolderStore",
    "LocalSeals",
    "ObjectStore",
    "Organ",
    "RenderFault",
    "Renderer",
    "SealFault",
    "SealService",
    "Sealed",
    "Signature",
    "Spot",
    "StoreFull",
    "Typeset",
    "TypstRenderer",
    "object_store",
    "renderer",
    "seal_service",
]


def object_store() -> ObjectStore:
    """The store that the settings name."""
    store: ObjectStore = _made("DOCUMENT_STORE")
    return store


def renderer() -> Renderer:
    """The typesetter that the settings name."""
    made: Renderer = _made("DOCUMENT_RENDERER")
    return made


def seal_service() -> SealService:
    """The seal service that the settings name."""
    service: SealService = _made("DOCUMENT_SEALS")
    return service


def _made(setting: str) -> Any:
    name, options = getattr(settings, setting)
    return _one(name, tuple(sorted(options.items())))


def __getattr__(name: str) -> Any:
    """LocalSeals, and the half second that pyHanko takes to load, for those who need it."""
    if name == "LocalSeals":
        from tongban.documents.gateways.local_seals import LocalSeals

        return LocalSeals
    raise AttributeError(name)


@cache
def _one(name: str, options: tuple[tuple[str, Any], ...]) -> Any:
    # One of each is kept: the typesetter holds its fonts, the seals their keys.
    return import_string(name)(**dict(options))
