"""The pages of signing in, registering and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.doors.citizen import pages
from tongban.doors.parts import Fact, Field, Link, Notice, Option, Problem, Section
from tongban.doors.qr import drawn_qr

if TYPE_CHECKING:
    from tongban.people.queries import Account


def login_fields() -> tuple[Field, ...]:
    """What is asked to sign in."""
    return (
        Field(name="login", label=_("登录名"), autocomplete="username"),
        Field(name="password", label=_("密码"), kind="password", autocomplete="current-password"),
        Field(
            name="totp",
            label=_("动态口令"),
            kind="code",
            required=False,
            help=_("绑定了动态口令的工作人员填写；申请人不用填。"),
            autocomplete="one-time-code",
        ),
    )


def login_page(
    fields: tuple[Field, ...], *, onward: str, problems: tuple[Problem, ...] = ()
) -> pages.EntryPage:
    """The page of signing in."""
    return pages.EntryPage(
        title=_("登录"),
        lead=_("登录后可以取用您的证照、接着填没填完的表、随时看进度。"),
        fields=fields,
        action="/login/",
        verb=_("登录"),
        other=Link(_("还没有账号，去注册"), "/register/"),
        next=onward,
        problems=problems,
        side_title=_("演示账号"),
        side=(
            _("本站是演示城市，账号和密码由运行它的人提供。"),
            _("在项目目录里，命令 .venv/bin/tongban city --accounts 会列出全部演示账号。"),
        ),
    )


def factor_page(
    *, address: str, secret: str, error: str = "", problems: tuple[Problem, ...] = ()
) -> pages.EntryPage:
    """The page on which a member of staff sets up one-time codes."""
    return pages.EntryPage(
        title=_("绑定动态口令"),
        lead=_("您的岗位要用动态口令登录。用手机上的验证器扫码，再填它显示的六位口令。"),
        fields=(
            Field(
                name="code",
                label=_("动态口令"),
                kind="code",
                error=error,
                autocomplete="one-time-code",
            ),
        ),
        action="/second-factor/",
        verb=_("绑定"),
        problems=problems,
        qr=drawn_qr(address),
        secret=secret,
        side_title=_("为什么"),
        side=(
            _("负责人和监督岗位的权力要两样东西才能动用：密码和手机。"),
            _("绑定之前，这个岗位的权力不生效。"),
        ),
    )


def register_fields() -> tuple[Field, ...]:
    """What is asked to open an account."""
    return (
        Field(
            name="name",
            label=_("姓名"),
            kind="name",
            help=_("与身份证一致。"),
            autocomplete="name",
            example=_("阿里木·买买提"),
        ),
        Field(
            name="id_number",
            label=_("公民身份号码"),
            kind="id_number",
            help=_("用来实名核验，只核验一次。"),
        ),
        Field(
            name="phone",
            label=_("手机号码"),
            kind="phone",
            required=False,
            help=_("用来接收办理进度短信。"),
            autocomplete="tel",
        ),
        Field(
            name="login",
            label=_("登录名"),
            autocomplete="username",
            help=_("3至64位小写字母、数字或 . _ @ -。"),
        ),
        Field(
            name="password",
            label=_("密码"),
            kind="password",
            autocomplete="new-password",
            help=_("至少10个字符，不能全是数字。"),
        ),
    )


def register_page(
    fields: tuple[Field, ...],
    *,
    onward: str,
    problems: tuple[Problem, ...] = (),
    notice: Notice | None = None,
) -> pages.EntryPage:
    """The page of opening an account."""
    return pages.EntryPage(
        title=_("注册"),
        lead=_("用姓名和公民身份号码实名注册一次，以后办事不用再证明“您是您”。"),
        fields=fields,
        action="/register/",
        verb=_("注册"),
        other=Link(_("已有账号，去登录"), "/login/"),
        next=onward,
        problems=problems,
        notice=notice,
        side_title=_("您的信息怎样使用"),
        side=(
            _("只用于核验身份和办理您申请的事项。"),
            _("每个部门只看得到它办理的事项需要的内容。"),
            _("谁用过您的证照，您都能看到记录。"),
        ),
    )


def _language_field() -> Field:
    now = get_language()
    return Field(
        name="language",
        label=_("语言"),
        kind="choice",
        options=tuple(Option(code, name, chosen=code == now) for code, name in settings.LANGUAGES),
    )


def _print_field(size: str) -> Field:
    return Field(
        name="size",
        label=_("字号"),
        kind="choice",
        options=(
            Option("normal", _("标准"), chosen=size != "large"),
            Option("large", _("大字"), chosen=size == "large"),
        ),
    )


def setting_groups(account: Account, *, size: str, sms: bool) -> dict[str, Section]:
    """What a citizen may set, by the name of its form."""
    yes_no = (Option("yes", _("是"), chosen=sms), Option("no", _("否"), chosen=not sms))
    return {
        "display": Section(_("显示"), (_language_field(), _print_field(size))),
        "phone": Section(
            _("手机"),
            (
                Field(
                    name="phone",
                    label=_("手机号码"),
                    kind="phone",
                    required=False,
                    value=account.phone,
                    autocomplete="tel",
                ),
            ),
            _("留空就不再收短信。"),
        ),
        "sms": Section(
            _("短信"),
            (Field(name="sms", label=_("用短信通知我进度"), kind="boolean", options=yes_no),),
            _("法律规定必须告知的内容，总会发短信。"),
        ),
        "password": Section(
            _("密码"),
            (
                Field(
                    name="old", label=_("原密码"), kind="password", autocomplete="current-password"
                ),
                Field(
                    name="new",
                    label=_("新密码"),
                    kind="password",
                    autocomplete="new-password",
                    help=_("至少10个字符，不能全是数字。"),
                ),
            ),
        ),
    }


def verbs() -> dict[str, str]:
    """The words on the buttons of the settings, by the name of the form."""
    return {
        "display": _("保存显示设置"),
        "phone": _("保存手机号码"),
        "sms": _("保存短信设置"),
        "password": _("修改密码"),
    }


def settings_page(
    account: Account,
    groups: dict[str, Section],
    facts: tuple[Fact, ...],
    problems: tuple[Problem, ...] = (),
) -> pages.SettingsPage:
    """The page of settings."""
    words = verbs()
    return pages.SettingsPage(
        account=(
            Fact(_("姓名"), account.name),
            Fact(_("登录名"), account.login),
            *facts,
        ),
        groups=tuple((section, name, words[name]) for name, section in groups.items()),
        problems=problems,
    )
