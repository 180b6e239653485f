"""Commands for the accounts of a workbench that others can reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textmine.cli.app import app
from textmine.cli.serving import AccountsOption
from textmine.cli.shared import (
    ASK,
    CorpusOption,
    JsonOption,
    corpus_named,
    open_corpus,
    print_json,
    say,
    table,
)

if TYPE_CHECKING:
    from pathlib import Path

    from textmine.store.corpus import Corpus
    from textmine.web.accounts import Accounts

accounts_app = typer.Typer(
    help="Accounts for `textmine serve` where others reach it: who may log in, and do what.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(accounts_app, name="accounts", rich_help_panel=ASK)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
RoleOption = Annotated[
    str,
    typer.Option(
        metavar="ROLE",
        help="reader: reads and searches; coder: decides on clauses, too; admin: everything.",
    ),
]


@accounts_app.command("add")
def add_account(
    context: typer.Context,
    name: NameArgument,
    role: RoleOption = "coder",
    accounts: AccountsOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account. Its name is that of the coder, as in person:NAME.

    Asks for a password, or reads one line of standard input; an empty one makes textmine choose a
    password and print it.

    Examples:

        textmine accounts add leila --role admin
        textmine accounts add omid --corpus study
    """
    from textmine.web.accounts import checked_role

    chosen = checked_role(role)
    with _kept(context, corpus, accounts) as (known, opened):
        password, made = _password(name)
        account = known.add(name, chosen, password)
        _note(opened, "account-added", name=account.name, role=account.role)
    _tell({"name": account.name, "role": account.role}, password if made else "", as_json)


@accounts_app.command("list")
def list_accounts(
    context: typer.Context,
    accounts: AccountsOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the accounts.

    Examples:

        textmine accounts list --corpus study
    """
    with _kept(context, corpus, accounts) as (known, _):
        listed = [
            {
                "name": each.name,
                "role": each.role,
                "added_at": each.added_at,
                "tokens": len(each.tokens),
            }
            for each in known.all()
        ]
        file = known.file
    if as_json:
        print_json({"file": str(file), "accounts": listed})
    elif listed:
        table(["name", "role", "since", "tokens"], [list(each.values()) for each in listed])
    else:
        say(f"There is no account in {file}. Make one: textmine accounts add NAME --role admin")


@accounts_app.command("password")
def set_password(
    context: typer.Context,
    name: NameArgument,
    accounts: AccountsOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an account another password; who is logged in with it is logged out, its tokens end.

    Examples:

        textmine accounts password leila
    """
    with _kept(context, corpus, accounts) as (known, opened):
        password, made = _password(name)
        known.set_password(name, password)
        _note(opened, "password-changed", name=name)
    _tell({"name": name}, password if made else "", as_json)


@accounts_app.command("role")
def set_role(
    context: typer.Context,
    name: NameArgument,
    role: Annotated[str, typer.Argument(metavar="reader|coder|admin", show_default=False)],
    accounts: AccountsOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an account do more, or less, from now on.

    Examples:

        textmine accounts role omid reader
    """
    from textmine.web.accounts import checked_role

    chosen = checked_role(role)
    with _kept(context, corpus, accounts) as (known, opened):
        known.set_role(name, chosen)
        _note(opened, "role-changed", name=name, role=role)
    _tell({"name": name, "role": role}, "", as_json)


@accounts_app.command("remove")
def remove_account(
    context: typer.Context,
    name: NameArgument,
    accounts: AccountsOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an account away; who is logged in with it is logged out. Its decisions stay.

    Examples:

        textmine accounts remove omid
    """
    with _kept(context, corpus, accounts) as (known, opened):
        known.remove(name)
        _note(opened, "account-removed", name=name)
    if as_json:
        print_json({"removed": name})
    else:
        say(f"The account {name} is removed.")


@contextmanager
def _kept(
    context: typer.Context, corpus: str | None, file: Path | None
) -> Iterator[tuple[Accounts, Corpus]]:
    """The accounts for a corpus, and the corpus."""
    from textmine.web.accounts import Accounts, usual_file

    place = corpus_named(context, corpus, required=True)
    assert place is not None  # noqa: S101 - required
    with open_corpus(context, corpus) as opened:
        yield Accounts(file or usual_file(place)), opened


def _note(opened: Corpus, what: str, **detail: Any) -> None:
    if not opened.read_only:
        opened.catalogue.note(what, detail=detail)


def _password(name: str) -> tuple[str, bool]:
    """A password, and whether it was made here."""
    from textmine.web.accounts import new_password

    if sys.stdin.isatty():
        typed: str = typer.prompt(
            f"Password of {name} (Enter: textmine makes one)",
            default="",
            show_default=False,
            hide_input=True,
            err=True,
        )
        if typed:
            typer.prompt("Again", hide_input=True, err=True, value_proc=_same_as(typed))
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    return (typed, False) if typed else (new_password(), True)


def _same_as(typed: str) -> Any:
    def check(again: str) -> str:
        if again != typed:
            raise typer.BadParameter("That was not the same.")
        return again

    return check


def _tell(account: dict[str, str], password: str, as_json: bool) -> None:
    if as_json:
        print_json(account | ({"password": password} if password else {}))
        return
    role = f" ({account['role']})" if "role" in account else ""
    say(f"Done: the account {account['name']}{role}.")
    if password:
        say("Its password, shown this once:")
        typer.echo(password)
