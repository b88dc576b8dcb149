"""The systems that the settings name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from tongban.kernel.refusals import NotFound

if TYPE_CHECKING:
    from tongban.exchange.gateways.envelopes import DepartmentSystem
    from tongban.exchange.gateways.regional import RegionalPlatform
    from tongban.kernel.signatures import Keys


def system_codes() -> tuple[str, ...]:
    """The names of all systems, in alphabetical order."""
    return tuple(sorted(settings.DEPARTMENT_SYSTEMS))


def department_system(code: str) -> DepartmentSystem:
    """The system of that name. Raises NotFound."""
    name, options = _entry(code)
    return _one(name, tuple(sorted(options.items())))


def key_of(code: str) -> str | Keys:
    """The key or keys with which a system signs. Raises NotFound."""
    found: str | Keys = _entry(code)[1]["key"]
    return found


def regional_platform() -> RegionalPlatform:
    """The platform of the region to which the city reports."""
    name, options = settings.REGIONAL_PLATFORM
    platform: RegionalPlatform = import_string(name)(**options)
    return platform


def _entry(code: str) -> tuple[str, dict[str, Any]]:
    found: tuple[str, dict[str, Any]] | None = settings.DEPARTMENT_SYSTEMS.get(code)
    if found is None:
        raise NotFound("没有登记这个部门业务系统。", facts={"system": code})
    return found


@cache
def _one(name: str, options: tuple[tuple[str, Any], ...]) -> DepartmentSystem:
    system: DepartmentSystem = import_string(name)(**dict(options))
    return system
