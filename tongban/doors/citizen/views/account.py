"""Signing in and out, registering, settings, language and print size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tongban.doors.access import permission
from tongban.doors.citizen import accounts
from tongban.doors.faults import marked, problems, sentences, told
from tongban.doors.frame import PRINT_SIZE_COOKIE, PRINT_SIZES, print_size
from tongban.doors.parts import Fact, Section
from tongban.doors.texts import in_words, language
from tongban.doors.visits import address_of, safe_next, wall_clock
from tongban.kernel.refusals import BadInput, Refusal
from tongban.notices.actions import choose_sms
from tongban.notices.queries import wants_sms
from tongban.people.actions import (
    Credentials,
    NewCitizen,
    authenticate,
    change_password,
    change_phone,
    close_session,
    enrol_totp,
    keep_session,
    open_session,
    register_citizen,
    set_preferences,
)
from tongban.people.queries import account_of, needs_second_factor, new_totp, party

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tongban.doors.visits import KnownVisit, Visit
    from tongban.people.queries import Account

# Where the session keeps a secret that is offered and not proved yet.
OFFER = "second_factor_offer"
CHOSEN_COOKIE = "language_chosen"
YEAR_SECONDS = 365 * 24 * 3600
_DJANGO_LANGUAGE = {"zh": "zh-hans"}


@never_cache
@sensitive_post_parameters("password", "totp")
@require_http_methods(["GET", "POST"])
@permission("public")
def login(request: Visit) -> HttpResponse:
    """Sign in; a refusal keeps the login that was typed."""
    onward = request.POST.get("next") or request.GET.get("next", "")
    if request.actor is not None:
        return redirect(_home(request.actor.kind, request, onward))
    fields = accounts.login_fields()
    if request.method == "GET":
        page = accounts.login_page(fields, onward=onward)
        return render(request, "citizen/entry.html", {"page": page})
    typed = Credentials(
        request.POST.get("login", ""),
        request.POST.get("password", ""),
        request.POST.get("totp", ""),
    )
    try:
        account = authenticate(
            credentials=typed, address=address_of(request), now=request.now, wall=wall_clock()
        )
    except Refusal as no:
        fields = marked(fields, sentences(no), {"login": typed.login})
        page = accounts.login_page(fields, onward=onward, problems=problems(fields, no))
        return render(request, "citizen/entry.html", {"page": page}, status=no.status)
    return _enter(request, account, onward)


def _enter(request: Visit, account: Account, onward: str) -> HttpResponse:
    """Open the session in the account's own language and print size.

    Who chose a language on the way in goes on in it; the account keeps its own.
    """
    open_session(request, account)
    to = "/second-factor/" if needs_second_factor(account) else ""
    response = redirect(to or _home(account.kind, request, onward))
    chosen = request.COOKIES.get(CHOSEN_COOKIE)
    if chosen is not None:
        response.delete_cookie(CHOSEN_COOKIE, samesite="Lax")
    if chosen is None or chosen != get_language():
        _remember_language(response, _DJANGO_LANGUAGE.get(account.language, account.language))
    _remember_size(response, "large" if account.large_print else "normal")
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@permission("staff")
def second_factor(request: KnownVisit) -> HttpResponse:
    """Set up one-time codes; the offered secret is kept in the session until a code proves it."""
    account = account_of(request)
    if account is None or account.totp_secret is not None:
        return redirect("/desk/")
    kept = request.session.get(OFFER)
    if kept is None:
        offer = new_totp(account.login)
        kept = request.session[OFFER] = [offer.secret, offer.uri]
    secret, address = kept
    if request.method == "GET":
        page = accounts.factor_page(address=address, secret=secret)
        return render(request, "citizen/entry.html", {"page": page})
    try:
        enrol_totp(
            account_id=account.pk,
            secret=secret,
            code=request.POST.get("code", ""),
            now=request.now,
            wall=wall_clock(),
        )
    except Refusal as no:
        page = accounts.factor_page(
            address=address, secret=secret, error=in_words(no.sentence), problems=problems((), no)
        )
        return render(request, "citizen/entry.html", {"page": page}, status=no.status)
    del request.session[OFFER]
    messages.success(request, _("已绑定，下次登录要填动态口令。"))
    return redirect("/desk/")


def _home(kind: str, request: Visit, onward: str) -> str:
    return safe_next(request, onward, "/desk/" if kind == "staff" else "/my/")


@require_POST
@permission("public")
def logout(request: Visit) -> HttpResponse:
    """Sign out."""
    close_session(request)
    messages.success(request, _("已退出。"))
    return redirect("/")


@never_cache
@sensitive_post_parameters("password", "id_number")
@require_http_methods(["GET", "POST"])
@permission("public")
def register(request: Visit) -> HttpResponse:
    """Open an account under the real name."""
    onward = request.POST.get("next") or request.GET.get("next", "")
    fields = accounts.register_fields()
    if request.method == "GET":
        page = accounts.register_page(fields, onward=onward)
        return render(request, "citizen/entry.html", {"page": page})
    typed = {one.name: request.POST.get(one.name, "") for one in fields}
    person = NewCitizen(
        login=typed["login"],
        password=typed["password"],
        name=typed["name"],
        id_number=typed["id_number"],
        phone=typed["phone"],
        language=language(),
    )
    try:
        account = register_citizen(
            person=person, address=address_of(request), now=request.now, wall=wall_clock()
        )
    except Refusal as no:
        wrong = sentences(no)
        fields = marked(fields, wrong, typed)
        page = accounts.register_page(
            fields,
            onward=onward,
            problems=problems(fields, no) if wrong else (),
            notice=None if wrong else told(no),
        )
        return render(request, "citizen/entry.html", {"page": page}, status=no.status)
    messages.success(request, _("注册成功，已为您登录。"))
    return _enter(request, account, onward)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("old", "new")
@permission("citizen")
def settings_view(request: KnownVisit) -> HttpResponse:
    """What a citizen may set; each group has its own form."""
    account = account_of(request)
    if account is None:  # the session ended between the guard and here
        return redirect("/login/")
    groups = accounts.setting_groups(
        account, size=print_size(request), sms=wants_sms(request.actor.party_id or 0)
    )
    who = party(request.actor.party_id or 0)
    facts = (Fact(_("实名"), _("已核验：%(code)s") % {"code": who.masked_code}),)
    if request.method == "GET":
        page = accounts.settings_page(account, groups, facts)
        return render(request, "citizen/settings.html", {"page": page})
    name = request.POST.get("group", "")
    save = _SAVERS.get(name)
    if save is None:
        raise BadInput(_("没有这组设置。"))
    try:
        response = save(request, account)
    except Refusal as no:
        typed = {one.name: request.POST.get(one.name, "") for one in groups[name].fields}
        fields = marked(groups[name].fields, sentences(no), typed)
        groups[name] = Section(groups[name].title, fields, groups[name].note)
        page = accounts.settings_page(account, groups, facts, problems(fields, no))
        return render(request, "citizen/settings.html", {"page": page}, status=no.status)
    messages.success(request, _("已保存。"))
    return response


def _save_display(request: KnownVisit, account: Account) -> HttpResponse:
    code = request.POST.get("language", "")
    size = request.POST.get("size", "")
    if code not in dict(settings.LANGUAGES):
        raise BadInput.at("language", "language-unknown", "不支持这种语言。")
    # The pseudo language of tests is no language of people: an account does not keep it.
    kept = code.split("-")[0]
    set_preferences(
        account_id=account.pk,
        language="zh" if code == settings.PSEUDO_LOCALE else kept,
        large_print=size == "large",
        by=request.actor,
        now=request.now,
    )
    response = redirect("/my/settings/")
    _remember_language(response, code)
    _remember_size(response, size if size in PRINT_SIZES else PRINT_SIZES[0])
    return response


def _save_phone(request: KnownVisit, account: Account) -> HttpResponse:
    change_phone(
        account_id=account.pk,
        phone=request.POST.get("phone", ""),
        by=request.actor,
        now=request.now,
    )
    return redirect("/my/settings/")


def _save_sms(request: KnownVisit, account: Account) -> HttpResponse:
    choose_sms(
        party_id=account.party_id or 0,
        sms=request.POST.get("sms") == "yes",
        by=request.actor,
        now=request.now,
    )
    return redirect("/my/settings/")


def _save_password(request: KnownVisit, account: Account) -> HttpResponse:
    changed = change_password(
        account_id=account.pk,
        old=request.POST.get("old", ""),
        new=request.POST.get("new", ""),
        address=address_of(request),
        now=request.now,
        wall=wall_clock(),
    )
    keep_session(request, changed)
    return redirect("/my/settings/")


_SAVERS: dict[str, Callable[[KnownVisit, Account], HttpResponse]] = {
    "display": _save_display,
    "phone": _save_phone,
    "sms": _save_sms,
    "password": _save_password,
}


@require_POST
@permission("public")
def change_language(request: Visit) -> HttpResponse:
    """Read the site in another language; whoever has signed in keeps it on every device."""
    code = request.POST.get("language", "")
    response = redirect(safe_next(request, request.POST.get("next", ""), "/"))
    if code not in dict(settings.LANGUAGES):
        return response
    _remember_language(response, code)
    if request.actor is None:
        _note_choice(response, code)
    if code != settings.PSEUDO_LOCALE:
        _keep(request, language=code.split("-")[0], large=print_size(request) == "large")
    return response


@require_POST
@permission("public")
def change_print_size(request: Visit) -> HttpResponse:
    """Read the site in large or normal print."""
    size = request.POST.get("size", "")
    response = redirect(safe_next(request, request.POST.get("next", ""), "/"))
    if size in PRINT_SIZES:
        _remember_size(response, size)
        if get_language() != settings.PSEUDO_LOCALE:
            _keep(request, language=language(), large=size == "large")
    return response


def _keep(request: Visit, *, language: str, large: bool) -> None:
    account = account_of(request)
    if account is None or request.actor is None:
        return
    set_preferences(
        account_id=account.pk,
        language=language,
        large_print=large,
        by=request.actor,
        now=request.now,
    )


def _note_choice(response: HttpResponse, code: str) -> None:
    """A stranger's choice of language stands until the browser is closed or he signs in."""
    response.set_cookie(
        CHOSEN_COOKIE,
        code,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def _remember_language(response: HttpResponse, code: str) -> None:
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )


def _remember_size(response: HttpResponse, size: str) -> None:
    response.set_cookie(
        PRINT_SIZE_COOKIE,
        size,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
