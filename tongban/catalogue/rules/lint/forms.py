"""Rules of data elements, materials and licence types."""

import re

from tongban.catalogue.content import Element, ElementKind
from tongban.catalogue.content.items import Exempt, MaterialUse
from tongban.catalogue.rules.lint.view import Found, Place, View
from tongban.kernel.identifiers import is_uscc

CHOICES = (ElementKind.CHOICE, ElementKind.MULTICHOICE)
NUMBERS = (ElementKind.INTEGER, ElementKind.DECIMAL, ElementKind.MONEY, ElementKind.DATE)
OWN_CHECK = {
    ElementKind.ID_NUMBER: "id_number",
    ElementKind.USCC: "uscc",
    ElementKind.PHONE: "phone",
}


def elements_are_sound(view: View) -> Found:
    """C030: an element's options, bounds, pattern and check fit its kind."""
    for place, element in view.element_places:
        for what, instead in _faults(element):
            yield view.find(
                place,
                "C030",
                f"数据项“{element.code}”{what}",
                "群众会填不进去，或填错也查不出来",
                instead,
            )


def _faults(element: Element) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    codes = [option.code for option in element.options]
    if (element.kind in CHOICES) != bool(codes):
        faults.append(("的选项与类型不符", "choice、multichoice 写 options，其他类型不写"))
    if len(set(codes)) < len(codes):
        faults.append(("有重复的选项代码", "每个选项用不同的代码"))
    if element.kind not in NUMBERS and (element.min is not None or element.max is not None):
        faults.append(("不是数字或日期却写了上下限", "删去 min、max，文字长度用 max_length"))
    if _is_upside_down(element.min, element.max):
        faults.append(("的下限大于上限", "对调 min 和 max"))
    if element.pattern and not _compiles(element.pattern):
        faults.append(("的 pattern 不是正则表达式", "改正 pattern"))
    if element.check and OWN_CHECK.get(element.kind, element.check) != element.check:
        faults.append(("的 check 与类型不符", f"写 check: {OWN_CHECK[element.kind]}"))
    if element.example and codes and element.example not in codes:
        faults.append(("的例子不是它的选项", "用一个选项的代码作例子"))
    return faults


def _is_upside_down(low: float | str | None, high: float | str | None) -> bool:
    if low is None or high is None:
        return False
    if isinstance(low, str) or isinstance(high, str):
        return not (isinstance(low, str) and isinstance(high, str)) or low > high
    return low > high


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def elements_stand_once(view: View) -> Found:
    """C031: one code is one data element, in one group."""
    seen: dict[str, Place] = {}
    for place, element in view.element_places:
        if element.code in seen:
            first = seen[element.code]
            yield view.find(
                place,
                "C031",
                f"数据项“{element.code}”已在 {first.file} 中定义",
                "两处定义不同时，一张表上同一个问题会有两种问法",
                "只留一处定义，其他事项引用它",
            )
        seen.setdefault(element.code, place)


def exemptions_are_complete(view: View) -> Found:
    """C032: an exemption names what replaces the material; an asked material can be uploaded."""
    for place, item in view.items:
        for index, use in enumerate(item.materials):
            for what, instead in _use_faults(view, use):
                yield view.find(
                    place / "materials" / index,
                    "C032",
                    f"材料“{use.material}”{what}",
                    "免提交必须说得出用什么代替，要提交必须交得上",
                    instead,
                )


def _use_faults(view: View, use: MaterialUse) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    lent = use.exempt is Exempt.NONE and bool(use.granted)
    if (use.exempt is Exempt.LICENCE or lent) != bool(use.licence):
        faults.append(("的证照免提交与 licence 不一致", "exempt: LICENCE 时写 licence，否则不写"))
    if (use.exempt is Exempt.SHARE) != bool(use.share):
        faults.append(("的数据共享免提交与 share 不一致", "exempt: SHARE 时写 share，否则不写"))
    material = view.content.materials.get(use.material)
    if use.exempt is Exempt.COMMIT and material and not material.statement:
        faults.append(("用承诺代替，却没有承诺的正文", "在 materials.yaml 中写上 statement"))
    if use.exempt is Exempt.NONE and material and set(material.formats) <= {"none"}:
        faults.append(("要群众提交，却没有可上传的格式", "在 materials.yaml 中写上 pdf 等格式"))
    return faults


def materials_stand_once(view: View) -> Found:
    """C033: an item names a material once, or each time with its own condition."""
    for place, item in view.items:
        seen: set[str] = set()
        for index, use in enumerate(item.materials):
            if use.material in seen and use.when is None:
                yield view.find(
                    place / "materials" / index,
                    "C033",
                    f"材料“{use.material}”写了两次",
                    "同一材料不得重复要求提供（优化营商环境条例；domain-01 §1.4.1）",
                    "合并为一条，或给每一条写上 when",
                )
            seen.add(use.material)


def fields_stand_once(view: View) -> Found:
    """C034: an item names a data element once."""
    for place, item in view.items:
        seen: set[str] = set()
        for index, use in enumerate(item.fields):
            if use.element in seen:
                yield view.find(
                    place / "fields" / index,
                    "C034",
                    f"数据项“{use.element}”写了两次",
                    "同一问题不得问两遍",
                    "合并为一条",
                )
            seen.add(use.element)


def licences_can_be_filled(view: View) -> Found:
    """C035: what stands on a licence is consumed by the item that issues it, or derived."""
    for place, item in view.items:
        licence = view.content.licences.get(item.result.licence or "")
        if licence is None:
            continue
        consumed = {use.element for use in item.fields}
        for index, face in enumerate(licence.face):
            if face.origin != "derived" and face.origin not in consumed:
                yield view.find(
                    Place(f"licences/{licence.code}.yaml", ("face", index)),
                    "C035",
                    f"照面“{face.field}”来自“{face.origin}”，但事项“{item.code}”没有收集它",
                    "证照照面只能来自决定时的数据，不再手工录入",
                    f"在 {place.file} 的 fields 中加上它，或写 from: derived",
                )


def licence_codes_are_valid(view: View) -> Found:
    """C036: a licence type's 21 characters are a valid USCC and a serial, each once."""
    seen: dict[str, str] = {}
    for code, licence in view.content.licences.items():
        place = Place(f"licences/{code}.yaml", ("type_code",))
        if not is_uscc(licence.type_code[:18]):
            yield view.find(
                place,
                "C036",
                f"“{licence.type_code}”前18位不是有效的统一社会信用代码",
                "电子证照标识的校验会失败",
                "改正这18位（最后一位是校验码）",
            )
        if licence.type_code in seen:
            yield view.find(
                place,
                "C036",
                f"证照类型代码与“{seen[licence.type_code]}”相同",
                "两种证照会有同样的标识",
                "换一个三位流水号",
            )
        seen[licence.type_code] = code


RULES = (
    elements_are_sound,
    elements_stand_once,
    exemptions_are_complete,
    materials_stand_once,
    fields_stand_once,
    licences_can_be_filled,
    licence_codes_are_valid,
)
