"""How pages of the console are made: `get` and `post` declare one, and its handler gets a `Visit`.

Everything is rendered here and works without a script. A page is answered only to a session of somebody on staff who
has one of its roles; a form only if it carries the key of that session.
"""

import functools
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from chappe import accounts
from chappe.accounts.pages import Language, language_of
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import NOBODY, Answer, Limit, Request, Routes
from chappe.ids import UserID
from chappe.operators import cookies, sessions, store
from chappe.operators.console_pages import ConsolePages
from chappe.operators.require import require
from chappe.operators.roles import Operator, Role
from chappe.operators.rules import StaffRefused
from chappe.operators.two_person import Seat
from chappe.operators.words import LAYOUT, said
from chappe.storage import Database
from chappe.stream import REGISTER, Device, Writer

if TYPE_CHECKING:
    from jinja2 import Environment

BASE = "/_chappe/console"
LOGIN = f"{BASE}/login"
MAX_FORM_BYTES = 65_536
MAX_FIELDS = 100
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
OWN_FILES = "; script-src 'self'; connect-src 'self'; img-src 'self'; media-src 'self'"
"""What a page may use besides whose slice brings a script, or shows pictures: files of this server, nothing inline."""

Handler = Callable[..., Awaitable[Answer]]


class Visit:
    """A request by somebody on staff, in their session."""

    def __init__(self, request: Request, operator: Operator, session: store.Session, secret: str) -> None:
        self.request = request
        self.operator = operator
        self.session = session
        self.language = cookies.language(request) or language_of(request)
        self.form: dict[str, str] = {}
        """The fields of a form that was posted."""
        self.now = request.of(Clock).now_ms()
        self._secret = secret

    @property
    def seat(self) -> Seat:
        """From where they act, for the two-person rule."""
        return Seat(self.operator.user_id, self.session.hash, self.session.browser)

    @property
    def form_key(self) -> str:
        """What each form carries in its field `key`."""
        return sessions.form_key(self._secret, "form")

    def has_form_key(self) -> bool:
        """Whether the form that was posted carries it."""
        return sessions.is_form_key(self._secret, "form", self.form.get("key", ""))

    def argument(self, name: str) -> str:
        """A parameter of the address, or ""."""
        return self.request.query().get(name, [""])[-1]

    def say(self, slice_name: str, word: str, **values: object) -> str:
        """A word in the language of the reader."""
        return said(self.language, slice_name, word, **values)

    def reason_of(self, no: Refused) -> str:
        """A refusal in the language of the reader, where any slice with pages has words for that."""
        return reason_of(no, self.language, self.request.of(ConsolePages).slices)

    def word(self, word: str) -> str:
        """A word of whichever slice with pages has it: the name of a kind of proposals."""
        for slice_name in self.request.of(ConsolePages).slices:
            if _is_word(self.language, slice_name, word):
                return said(self.language, slice_name, word)
        return word

    async def call(self, act: Callable[..., Awaitable[Any]], *arguments: object) -> Any:
        """Run an act in the register, as the account of whoever visits."""
        self.request.maybe_device = Device(self.operator.user_id)
        return await self.request.call(REGISTER, act, *arguments)

    def page(self, template: str, *, status: int = 200, own_files: bool = False, **values: object) -> Answer:
        """A page, from a template `slice/name.html`; with `own_files`, one that has a script or pictures."""
        pages = self.request.of(ConsolePages).shown_to(self.operator)
        shown = {"visit": self, "operator": self.operator, "pages": pages, "base": BASE, **values}
        return rendered(self.request, self.language, template, shown, status=status, own_files=own_files)

    def back_to(self, path: str, done: str = "", **query: str) -> Answer:
        """Go on to a page, which says what was `done`, a word."""
        arguments = urlencode({**query, **({"done": done} if done else {})})
        return redirect(f"{BASE}/{path}".rstrip("/") + (f"?{arguments}" if arguments else ""))


def get(routes: Routes, path: str, *roles: Role) -> Callable[[Handler], Handler]:
    """Declare a page: `handler(visit, …)`, for whoever has one of the roles, or for everybody on staff."""
    return _declare(routes, "GET", path, roles)


def post(routes: Routes, path: str, *roles: Role) -> Callable[[Handler], Handler]:
    """Declare what a form does. It has been read, and is ours."""
    return _declare(routes, "POST", path, roles)


def _declare(routes: Routes, method: str, path: str, roles: tuple[Role, ...]) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def answer(request: Request, **values: object) -> Answer:
            visit = await visit_of(request)
            if visit is None:
                return redirect(LOGIN)
            try:
                if method == "POST":
                    require_same_site(request)
                    visit.form = await form_of(request)
                    if not visit.has_form_key():
                        raise StaffRefused("refused_form", "This form is not of your session. Open the page again.")
                await require(request.of(Database), visit.now, visit.operator.user_id, *roles)
                return await handler(visit, **values)
            except Refused as no:
                if no.status >= 500:
                    raise
                return visit.page(f"{LAYOUT}/refused.html", status=no.status, reason=visit.reason_of(no))

        routes.add(
            method, f"{BASE}/{path}".rstrip("/"), auth=NOBODY, limit=Limit.READS if method == "GET" else Limit.WRITES
        )(answer)
        return handler

    return register


async def visit_of(request: Request) -> Visit | None:
    """The visit of a request whose session holds, by somebody who is on staff; else None."""
    secret = cookies.session_secret(request)
    if not secret:
        return None
    now, database = request.of(Clock).now_ms(), request.of(Database)
    session = await store.session(database, sessions.digest(secret), now, now - sessions.IDLE_MS)
    if session is None or not await _still_holds(request, session):
        return None
    try:
        operator = await require(database, now, session.user_id)
    except Refused:
        return None
    if now - session.seen_at >= sessions.SEEN_EVERY_MS:
        request.of(Writer).lazily(store.SEEN, session.hash, now)
    return Visit(request, operator, session, secret)


async def _still_holds(request: Request, session: store.Session) -> bool:
    """Another password, set anywhere, ends a session."""
    account = await accounts.account_of(request.of(Database), UserID(session.user_id))
    return account is not None and sessions.password_seal(account) == session.password_seal


def reason_of(no: Refused, language: Language, slices: Sequence[str] = (LAYOUT,)) -> str:
    """A refusal in the reader's language, where the slices have words for that."""
    if isinstance(no, StaffRefused):
        for slice_name in slices:
            if _is_word(language, slice_name, no.word):
                return said(language, slice_name, no.word, **no.told)
    return no.reason


def require_same_site(request: Request) -> None:
    """Refuse a form that another site sends. Browsers say where it comes from; older ones are held by the cookie."""
    if (request.header("sec-fetch-site") or "same-origin") not in ("same-origin", "none"):
        raise StaffRefused("refused_form", "This form is not of your session. Open the page again.")


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form. Refuses what is no form."""
    raw = await request.body_bytes(MAX_FORM_BYTES)
    try:
        fields = dict(
            parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
        )
    except (ValueError, UnicodeDecodeError):
        raise Refused(Errcode.NOT_JSON, "The body is not a form, as browsers send it.") from None
    if any("\0" in text for field in fields.items() for text in field):
        raise Refused(Errcode.INVALID_PARAM, "The form holds a NUL character.")
    return fields


def redirect(path: str, *cookie: tuple[str, str]) -> Answer:
    """Go on to another page with GET."""
    return Answer(303, b"", (("Location", path), ("Cache-Control", "no-store"), *cookie))


def rendered(
    request: Request,
    language: Language,
    template: str,
    values: dict[str, object],
    *,
    status: int = 200,
    own_files: bool = False,
    cookie: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """A page as an answer."""
    slice_name = template.partition("/")[0]

    def say(word: str, **told: object) -> str:
        return said(language, slice_name, word, **told)

    done = request.query().get("done", [""])[-1]
    text = _templates(tuple(request.of(ConsolePages).slices)).get_template(template).render(
        {"t": say, "language": language.value, "server": request.of(Settings).server_name,
         "done": say(done) if done.startswith("done_") and _is_word(language, slice_name, done) else "", **values}
    )  # fmt: skip
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", POLICY + OWN_FILES if own_files else POLICY),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    )
    return Answer(status, text.encode("utf-8", "replace"), (*headers, *cookie))


def _is_word(language: Language, slice_name: str, word: str) -> bool:
    try:
        said(language, slice_name, word)
    except KeyError:
        return False
    return True


@cache
def _templates(slices: tuple[str, ...]) -> "Environment":
    """Loaded with the first page: a server whose staff use the command line needs none."""
    from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

    loader = PrefixLoader({name: PackageLoader(f"chappe.{name}") for name in slices})
    made = Environment(loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["time"] = _time
    made.filters["iso"] = _iso
    return made


def _time(ms: int) -> str:
    """A time for people, in UTC."""
    return f"{_moment(ms):%Y-%m-%d %H:%M}"


def _iso(ms: int) -> str:
    """A time for programs."""
    return _moment(ms).isoformat(timespec="seconds")


def _moment(ms: int) -> datetime:
    try:
        return datetime.fromtimestamp(ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
