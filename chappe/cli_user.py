"""The commands `chappe user …`: accounts, for whoever owns the machine.

A running server is asked by the socket in its data folder; without one the command opens the data itself.
"""

from datetime import UTC, datetime

from cyclopts import App

from chappe.accounts.machine import MAX_LISTED, Create, Deactivate, Fulfilled, ListAccounts, Lock, Reset
from chappe.cli_where import Flag, Where, fulfil, settings_of

app = App(name="user", help="Accounts of this server, for whoever owns the machine. Works while it runs, and when not.")


@app.command
def create(
    name: str,
    *,
    operator: Flag = False,
    where: Where | None = None,
) -> None:
    """Make an account and print a link: whoever opens it first, within a day, chooses the password.

    Parameters
    ----------
    name
        The user name.
    operator
        The account may administer the server.
    """
    done = fulfil(Create(name, operator), Fulfilled, settings_of(where), may_begin=True)
    print(f"{done.user_id}: pass this link on. It works once, within a day.\n{done.link}")


@app.command(name="list")
def list_accounts(
    *,
    waiting: Flag = False,
    where: Where | None = None,
) -> None:
    """Print all accounts: user id, the day it was made, and what is to be said of it.

    Parameters
    ----------
    waiting
        Only those that wait for approval.
    """
    settings = settings_of(where)
    after = ""
    while page := fulfil(ListAccounts(after, waiting), Fulfilled, settings).accounts:
        for one in page:
            made = datetime.fromtimestamp(one.created_at / 1000, UTC).date()
            print("\t".join((one.user_id, made.isoformat(), " ".join(one.states))))
        if waiting or len(page) < MAX_LISTED:
            return
        after = page[-1].user_id


@app.command
def reset(
    name: str,
    *,
    where: Where | None = None,
) -> None:
    """Print a link with which an account gets a new password. All its sessions are told, and end when it is used.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    """
    done = fulfil(Reset(name), Fulfilled, settings_of(where))
    print(f"{done.user_id}: pass this link on. It works once, within a day; all sessions were told.\n{done.link}")


@app.command
def lock(
    name: str,
    *,
    where: Where | None = None,
) -> None:
    """Lock an account: until it is unlocked, nothing can be done with it. Its logins stay.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    """
    done = fulfil(Lock(name), Fulfilled, settings_of(where))
    print(f"{done.user_id} is locked.")


@app.command
def unlock(
    name: str,
    *,
    where: Where | None = None,
) -> None:
    """Unlock an account.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    """
    done = fulfil(Lock(name, locked=False), Fulfilled, settings_of(where))
    print(f"{done.user_id} is not locked.")


@app.command
def deactivate(
    name: str,
    *,
    erase: Flag = False,
    where: Where | None = None,
) -> None:
    """End an account for good. Nobody can take its name.

    Parameters
    ----------
    name
        The user name, or the whole user id.
    erase
        Also erase what its owner stored for themselves.
    """
    done = fulfil(Deactivate(name, erase), Fulfilled, settings_of(where))
    print(f"{done.user_id} is deactivated.")
