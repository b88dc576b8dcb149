"""Pure decisions of the catalogue: compiling a package, guiding a person, linting, diffing."""

from tongban.catalogue.rules.compiled import (
    CompiledField,
    CompiledItem,
    CompiledLicenceType,
    CompiledMaterial,
    CompiledPackage,
    CompiledQuestion,
    CompiledSigning,
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
    GuideSigning,
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
    "CompiledSigning",
    "CompiledStep",
    "Figures",
    "GuideField",
    "GuideMaterial",
    "GuideSigning",
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
