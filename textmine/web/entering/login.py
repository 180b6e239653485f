"""Pages to log in and out, to say who codes, and to look after accounts."""

from __future__ import annotations

import logging
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from textmine.errors import CorpusError, InputError, TextmineError, UsageError
from textmine.standing import PERSON
from textmine.text.fold import fold_key
from textmine.web.accounts import (
    ROLES,
    SHORTEST,
    Account,
    checked_name,
    checked_role,
    new_password,
    usual_file,
)
from textmine.web.entering.entrance import Door, door, keep
from textmine.web.pages import desk, page, ui
from textmine.web.people import Admin, Reader, role_named
from textmine.web.safety import local

router = APIRouter(include_in_schema=False)

_LOG = logging.getLogger("textmine.web")

Text = Annotated[str, Form()]


# -- in and out ------------------------------------------------------------------------------------


@router.get("/login")
def ask_to_log_in(request: Request, back: str = "/") -> Response:
    """The page to log in."""
    if door(request) is None or request.state.user.role is not None:
        return RedirectResponse(local(back), 303)
    return page(request, "entering/login.html", target=local(back), name="", fault="")


@router.post("/login")
def log_in(request: Request, name: Text = "", password: Text = "", back: Text = "/") -> Response:
    """Log in with a name and a password."""
    entrance = door(request)
    if entrance is None:
        return RedirectResponse(local(back), 303)
    address = request.client.host if request.client else ""
    known = entrance.accounts.find(name)
    wait = entrance.attempts.begin(known, name, address)
    words = ui(request)
    if wait:
        minutes = ceil(wait / 60)
        fault = words.ngettext(
            "Too many attempts. Try again in a minute.",
            "Too many attempts. Try again in %(n)s minutes.",
            minutes,
        )
        answer = _login_page(request, 429, back, name, fault)
        answer.headers["retry-after"] = str(ceil(wait))
        return answer
    account = entrance.accounts.checked(name, password)
    if account is None:
        # A name that is none may be a password in the wrong field: it is not kept.
        _note(request, "login-refused", "nobody", address=address, name=known.name if known else "")
        fault = words.gettext("There is no account of this name with this password.")
        return _login_page(request, 403, back, name, fault)
    entrance.attempts.succeeded(account, name, address)
    _note(request, "logged-in", PERSON + account.name, address=address)
    response = RedirectResponse(local(back), 303)
    entrance.let_in(request, response, account)
    return response


def _login_page(request: Request, status: int, back: str, name: str, fault: str) -> Response:
    return page(
        request,
        "entering/login.html",
        status=status,
        target=local(back),
        name=name,
        fault=fault,
    )


@router.post("/logout")
def log_out(request: Request, user: Reader) -> Response:
    """Log out."""
    response = RedirectResponse("/", 303)
    entrance = door(request)
    if entrance is not None:
        _note(request, "logged-out", user.coder)
        entrance.let_out(request, response)
    return response


@router.get("/name")
def ask_for_a_name(request: Request, user: Reader, back: str = "/") -> Response:
    """Who codes, where there are no accounts."""
    if door(request) is not None:
        return RedirectResponse("/account", 303)
    return _name_page(request, user.name, back)


@router.post("/name")
def take_the_name(
    request: Request, user: Reader, name: Text = "", back: Text = "/", forget: Text = ""
) -> Response:
    """Keep the name of whoever codes in the browser, or with ``forget`` none any more.

    A name that differs in its capitals or gaps alone from one that has coded here is that one.
    """
    if door(request) is not None:
        return RedirectResponse("/account", 303)
    response = RedirectResponse(local(back), 303)
    if forget:
        return keep(response, "coder", "")
    fault = "" if name.strip() else ui(request).gettext("Write your name first.")
    try:
        kept = "" if fault else checked_name(name)
    except InputError as error:
        fault = str(error)
    if fault:
        return _name_page(request, name, back, status=400, fault=fault)
    return keep(response, "coder", _same(kept, _people(request)))


def _name_page(
    request: Request, name: str, back: str, *, status: int = 200, fault: str = ""
) -> Response:
    return page(
        request,
        "entering/name.html",
        status=status,
        target=local(back),
        name=name,
        fault=fault,
        known=_people(request),
    )


def _people(request: Request) -> tuple[str, ...]:
    """Who has coded here, but for names of imported codings that nobody could give here."""
    from textmine.codings.progress import people

    own = desk(request)
    known = own.remember("people", lambda: people(own.corpus.catalogue))
    return tuple(filter(_can_be_given, known))


def _can_be_given(name: str) -> bool:
    try:
        return checked_name(name) == name
    except InputError:
        return False


def _same(name: str, known: tuple[str, ...]) -> str:
    """The name as it is known; itself where it is new."""
    if name in known:
        return name
    return next((each for each in known if _key(each) == _key(name)), name)


def _key(name: str) -> str:
    return "".join(filter(str.isalnum, fold_key(name)))


# -- one's own account -----------------------------------------------------------------------------


@router.get("/account")
def show_account(request: Request, user: Reader) -> Response:
    """One's own password, and keys for programs."""
    if door(request) is None:
        return RedirectResponse("/name", 303)
    return _account_page(request, user.name)


@router.post("/account/password")
def change_password(
    request: Request, user: Reader, old: Text = "", new: Text = "", again: Text = ""
) -> Response:
    """Give one's account another password: every other login of it ends."""
    entrance = _entrance(request)
    address = request.client.host if request.client else ""
    known = entrance.accounts.find(user.name)
    words = ui(request)
    fault = ""
    if entrance.attempts.begin(known, user.name, address):
        fault = words.gettext("Too many attempts. Try again in a quarter of an hour.")
    elif (account := entrance.accounts.checked(user.name, old)) is None:
        fault = words.gettext("The old password is another one.")
    elif new != again:
        fault = words.gettext("The new password is not the same both times.")
    else:
        entrance.attempts.succeeded(account, user.name, address)
        try:
            entrance.accounts.set_password(user.name, new)
        except InputError as error:
            fault = str(error)
    if fault:
        return _account_page(request, user.name, status=400, fault=fault)
    _note(request, "password-changed", user.coder, name=user.name)
    response = RedirectResponse("/account", 303)
    changed = entrance.accounts.find(user.name)
    if changed is not None:
        entrance.let_in(request, response, changed)
    return response


@router.post("/account/tokens")
def make_token(request: Request, user: Reader, label: Text = "") -> Response:
    """A new key for programs, shown this once."""
    secret = _entrance(request).accounts.add_token(user.name, label)
    _note(request, "token-made", user.coder, name=user.name)
    return _account_page(request, user.name, secret=secret)


@router.post("/account/tokens/remove")
def drop_token(request: Request, user: Reader, token: Text = "") -> Response:
    """Take a key for programs away."""
    if _entrance(request).accounts.drop_token(user.name, token):
        _note(request, "token-removed", user.coder, name=user.name)
    return RedirectResponse("/account", 303)


def _account_page(
    request: Request, name: str, *, status: int = 200, fault: str = "", secret: str = ""
) -> Response:
    account = _entrance(request).accounts.find(name)
    return page(
        request,
        "entering/account.html",
        status=status,
        account=account,
        shortest=SHORTEST,
        fault=fault,
        secret=secret,
    )


# -- the accounts of all ---------------------------------------------------------------------------


@router.get("/accounts")
def list_accounts(request: Request, user: Admin) -> Response:
    """Who may use the workbench; how to make accounts where there are none."""
    return _accounts_page(request)


@router.post("/accounts")
def add_account(request: Request, user: Admin, name: Text = "", role: Text = "reader") -> Response:
    """A new account, with a password that is shown this once."""
    password = new_password()
    try:
        account = _entrance(request).accounts.add(name, checked_role(role), password)
    except TextmineError as error:
        return _accounts_page(request, status=400, fault=str(error))
    _note(request, "account-added", user.coder, name=account.name, role=account.role)
    return _accounts_page(request, shown=(account.name, password))


@router.post("/accounts/role")
def change_role(request: Request, user: Admin, name: Text = "", role: Text = "") -> Response:
    """Let someone do more, or less."""
    account = _account(request, name)
    if account.name == user.name:
        raise UsageError("Nobody changes the role of the own account; another admin can.")
    _entrance(request).accounts.set_role(account.name, checked_role(role))
    _note(request, "role-changed", user.coder, name=account.name, role=role)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/password")
def reset_password(request: Request, user: Admin, name: Text = "") -> Response:
    """Give an account a new password, shown this once: for someone who has forgotten the old."""
    password = new_password()
    account = _account(request, name)
    _entrance(request).accounts.set_password(account.name, password)
    _note(request, "password-changed", user.coder, name=account.name)
    return _accounts_page(request, shown=(account.name, password))


@router.post("/accounts/remove")
def remove_account(request: Request, user: Admin, name: Text = "") -> Response:
    """Take an account away. What it decided stays."""
    account = _account(request, name)
    if account.name == user.name:
        raise UsageError("Nobody removes the own account; another admin can.")
    _entrance(request).accounts.remove(account.name)
    _note(request, "account-removed", user.coder, name=account.name)
    return RedirectResponse("/accounts", 303)


def _accounts_page(
    request: Request,
    *,
    status: int = 200,
    fault: str = "",
    shown: tuple[str, str] | None = None,
) -> Response:
    entrance = door(request)
    place = desk(request).place
    return page(
        request,
        "entering/accounts.html",
        status=status,
        accounts=entrance.accounts.all() if entrance else (),
        file=str(entrance.accounts.file if entrance else usual_file(place)),
        roles=ROLES,
        role_name=lambda role: role_named(ui(request), role),
        fault=fault,
        shown_once=shown,
    )


def _entrance(request: Request) -> Door:
    found = door(request)
    if found is None:
        raise UsageError("This workbench runs without accounts. Make some: textmine accounts add")
    return found


def _account(request: Request, name: str) -> Account:
    found = _entrance(request).accounts.find(name)
    if found is None:
        raise UsageError(f"There is no account {name}.")
    return found


def _note(request: Request, what: str, who: str, **detail: Any) -> None:
    """Write into the audit trail of the corpus; into the log where the corpus cannot be written."""
    try:
        desk(request).corpus.catalogue.note(what, who=who, detail=detail)
    except CorpusError as error:
        _LOG.warning("%s by %s %s; not on the audit trail: %s", what, who, detail, error)
