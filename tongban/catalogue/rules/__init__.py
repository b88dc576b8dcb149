"""Pure decisions of the catalogue: compiling a package, guiding a person, linting, diffing."""

from tongban.catalogue.rules.compiled import (
    CompiledField,
    CompiledItem,
    CompiledLicenceType,
    CompiledMaterial,
    CompiledPackage,
    CompiledQuestion,
    CompiledStep,
    Figures,
    Words,
    from_json,
    to_json,
)
from tongban.catalogue.rules.graph import direct
from tongban.catalogue.rules.guide import (
    GuideField,
    GuideMaterial,
    ItemAdvice,
    PersonalGuide,
    clocks_of,
    guide,
    variant_of,
)

__all__ = [
    "CompiledField",
    "CompiledItem",
    "CompiledLicenceType",
    "CompiledMaterial",
    "CompiledPackage",
    "CompiledQuestion",
    "CompiledStep",
    "Figures",
    "GuideField",
    "GuideMaterial",
    "ItemAdvice",
    "PersonalGuide",
    "Words",
    "clocks_of",
    "direct",
    "from_json",
    "guide",
    "to_json",
    "variant_of",
]
