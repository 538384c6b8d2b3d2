"""Every setting, with its default, its kind and what it is for.

The texts here are what operators read: `chappe config` prints them, and so does the reference page.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from chappe.config import addresses, kinds
from chappe.config.kinds import KeyPath, Kind, Unfit
from chappe.config.tables import Contact, Mail, Rate, Terms, setting
from chappe.config.transparency import Transparency
from chappe.ids import ServerName

RATE_LIMIT_NAMES = (
    "messages",
    "login",
    "registration",
    "rooms",
    "joins",
    "invites",
    "reads",
    "writes",
    "search",
    "typing",
    "receipts",
    "to_device",
    "claims",
    "uploads",
    "previews",
)
"""What can be limited one by one. `http.rate.Limit` says what each counts, and its usual rate."""

ROOM_VERSIONS = ("6", "7", "8", "9", "10", "11", "12")
"""The versions new rooms can have; `events.versions` knows how they differ."""


class Registration(Enum):
    """Who may make an account."""

    OPEN = "open"
    TOKEN = "token"
    APPROVAL = "approval"
    CLOSED = "closed"


def _terms() -> Kind[tuple[Terms, ...]]:
    plain = kinds.tables(Terms)

    def read(value: object) -> tuple[Terms, ...]:
        documents = plain.read(value)
        faults: list[tuple[KeyPath, str]] = []
        editions: dict[str, str] = {}
        seen = Counter[tuple[str, str]]()
        for index, document in enumerate(documents):
            if editions.setdefault(document.name, document.version) != document.version:
                faults.append(((index, "version"), "must be the same in every language of one document"))
            seen[document.name, document.language] += 1
            if seen[document.name, document.language] == 2:
                faults.append(((index, "language"), "stands twice for this document; keep one of them"))
        if faults:
            raise Unfit(faults)
        return documents

    return Kind(plain.says, read, plain.from_text)


def _rate_limits() -> Kind[bool | Mapping[str, Rate]]:
    says = "true, false, or a table of limits"

    def read(value: object) -> bool | Mapping[str, Rate]:
        if isinstance(value, bool):
            return value
        if not isinstance(value, Mapping):
            raise Unfit.because(f"must be {says}")
        rates: dict[str, Rate] = {}
        faults: list[tuple[KeyPath, str]] = []
        for name, rate in value.items():
            if name not in RATE_LIMIT_NAMES:
                faults.append(((name,), kinds.unknown_key(name, list(RATE_LIMIT_NAMES))))
                continue
            try:
                rates[name] = kinds.read_table(Rate, rate)
            except Unfit as unfit:
                faults += [((name, *path), reason) for path, reason in unfit.faults]
        if faults:
            raise Unfit(faults)
        return rates

    return Kind(says, read, kinds.as_toml)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything an operator can choose, checked."""

    server_name: ServerName = setting(
        """The part after the colon in every user ID made here: @name:server_name. It cannot be changed once people
        are invited, since their identities and rooms carry it.""",
        kinds.server_name(),
        default=ServerName("localhost"),
        example='"example.org"',
    )
    public_baseurl: str | None = setting(
        """Where clients reach this server from outside, when that is another address than bind_host and port: behind
        a proxy that speaks TLS, usually.""",
        kinds.web_address(),
        default=None,
        example='"https://chat.example.org"',
    )
    data_dir: Path = setting(
        """The one folder with everything that must survive: the database, the signing key, what people upload. Made
        with access for its owner alone. Unless told otherwise it is where Linux keeps the data of programs, outside of
        any working copy: $XDG_DATA_HOME/chappe, or else ~/.local/share/chappe. A relative path in the file counts from
        the folder of the file.""",
        kinds.folder(),
        example='"~/.local/share/chappe"',
    )
    bind_host: str = setting(
        """The address to listen on. 127.0.0.1 is reached from this machine only; 0.0.0.0 and :: from everywhere, and
        then without encryption: put a proxy that speaks TLS in front.""",
        kinds.ip_address(),
        default="127.0.0.1",
        example='"127.0.0.1"',
    )
    port: int = setting("The port to listen on.", kinds.whole_number(1, 65535), default=8008, example="8008")
    trusted_proxies: tuple[str, ...] = setting(
        """The proxies in front of this server. Only from these addresses is X-Forwarded-For believed; else anybody
        could choose the address under which they are counted.""",
        kinds.networks(),
        default=(),
        example='["127.0.0.1", "10.0.0.0/8"]',
    )
    web_client: bool = setting(
        """Whether this server's own web client stands at /. It is part of the wheel; a working copy builds it with
        `make install`. Without it, / says how to use other clients.""",
        kinds.truth(),
        default=True,
        example="false",
    )
    registration: Registration = setting(
        """Who may make an account. "open": everybody. "token": who was given a registration token by an operator.
        "approval": everybody may ask, and an operator decides. "closed": nobody. The default lets nobody in whom the
        owner did not ask, even if the server is reachable by accident. The owner link works in every case.""",
        kinds.choice(Registration),
        default=Registration.TOKEN,
        example='"open"',
    )
    registration_shared_secret: str | None = setting(
        """Who knows this can make accounts, administrators too, through /_synapse/admin/v1/register, whatever
        `registration` says. Without it there is no such door.""",
        kinds.text("a long random text"),
        default=None,
        example='"a long random text"',
        secret=True,
    )
    registration_shared_secret_path: Path | None = setting(
        "The same, kept in a file of its own. White space around it does not count.",
        kinds.secret_file(),
        default=None,
        example='"/run/secrets/registration"',
    )
    guest_access: bool = setting(
        "Whether people without an account may look around as guests, in the rooms that allow it.",
        kinds.truth(),
        default=False,
        example="true",
    )
    presence: bool = setting(
        """Whether people who share a room see who is online, idle or offline. A change costs nothing for each member:
        it is told with the next answer, after half a minute at the latest with most clients.""",
        kinds.truth(),
        default=True,
        example="false",
    )
    room_version: str = setting(
        "The version of new rooms when their maker does not choose. Some clients do not know 12 yet: take 11 for them.",
        kinds.one_of(ROOM_VERSIONS),
        default="12",
        example='"11"',
    )
    redacted_kept_days: int = setting(
        """How many days the original of a redacted message is kept, for a report or an order that may still need
        it. After that it is destroyed, unless something orders that it be held. 0 destroys it within the hour.""",
        kinds.whole_number(0, 3650),
        default=7,
        example="30",
    )
    second_review_percent: int = setting(
        """How many of a hundred decisions of the safety desk are judged again by somebody who does not see them,
        drawn by chance. Those about children, self-harm and public security always are.""",
        kinds.whole_number(0, 100),
        default=5,
        example="10",
    )
    reviewer_minutes: int = setting(
        """How many minutes a day one reviewer looks at reported content. Then the desk shows no more pictures until the
        next day, and asks to hand over.""",
        kinds.whole_number(1, 1440),
        default=240,
        example="180",
    )
    max_upload_bytes: int = setting(
        "The largest file that people may upload, in bytes. A proxy in front must let it through.",
        kinds.whole_number(1_000, 100_000_000_000),
        default=100_000_000,
        example="2_000_000_000",
    )
    upload_quota_bytes: int = setting(
        "How much one person may have uploaded in all, in bytes.",
        kinds.whole_number(1_000, 1_000_000_000_000_000),
        default=10_000_000_000,
        example="50_000_000_000",
    )
    push_private_networks: tuple[str, ...] = setting(
        """Networks in which a push gateway may be, besides the public Internet: those of your own gateway. Clients
        choose the address of their gateway, so without this nothing inside your networks is ever connected to. Only a
        gateway in one of these may be spoken to without TLS.""",
        kinds.networks(),
        default=(),
        example='["192.168.7.20"]',
    )
    link_previews: bool = setting(
        """Whether this server reads the pages that people link to, and tells clients what they are about. It then asks
        other servers for pages whenever somebody opens a chat with links in it, and they learn its address. It reads
        nothing inside private networks.""",
        kinds.truth(),
        default=False,
        example="true",
    )
    link_preview_private_networks: tuple[str, ...] = setting(
        """Networks of your own from which pages are read for previews, besides the public Internet: those of an
        intranet that everybody here may read, and nothing else.""",
        kinds.networks(),
        default=(),
        example='["192.168.7.21"]',
    )
    media_storage: str = setting(
        """Where the bytes of what people upload are kept. "files": in data_dir. The address of a bucket: in an object
        storage that speaks S3, reached by https (s3://) or, within one's own network, http (s3+http://); with
        ?region= behind it where the storage wants one. Thumbnails and uploads on their way are in data_dir always.""",
        addresses.media_storage(),
        default="files",
        example='"s3://key:secret@s3.example.org/chappe?region=eu-central-1"',
        secret=True,
    )
    storage: str = setting(
        """Where the truth is kept. "sqlite": in data_dir, nothing else to install. The address of a PostgreSQL
        database: for installations that will outgrow one machine.""",
        addresses.storage(),
        default="sqlite",
        example='"postgresql://chappe:secret@127.0.0.1/chappe"',
        secret=True,
    )
    bus: str = setting(
        'How processes talk to each other. "process": there is only one.',
        addresses.bus(),
        default="process",
        example='"process"',
    )
    rate_limits: bool | Mapping[str, Rate] = setting(
        f"""How often one person, or one address, may do something. true: the usual limits. false: none, which is right
        only for tests. A table replaces some of them: {", ".join(RATE_LIMIT_NAMES)}.""",
        _rate_limits(),
        default=True,
        example="{ messages = { per_second = 5, burst = 50 } }",
    )
    metrics: str | None = setting(
        """Where Prometheus reads the figures of this server, at /metrics: an IP address and a port of their own.
        Without it nowhere. They name nobody; still, choose an address that only Prometheus reaches.""",
        addresses.listening(),
        default=None,
        example='"127.0.0.1:9108"',
    )
    log_format: str = setting(
        """How the log is written, to standard error. "text": for people. "json": one object a line. Neither has what
        people say, access tokens or the addresses of clients in it.""",
        kinds.one_of(("text", "json")),
        default="text",
        example='"json"',
    )
    terms: tuple[Terms, ...] = setting(
        "The documents people agree to before they get an account: one table for each document and language.",
        _terms(),
        default=(),
        example=(
            '[{ name = "privacy_policy", version = "2026-01", language = "en", '
            'title = "Privacy policy", url = "https://example.org/privacy" }]'
        ),
    )

    mail: Mail | None = setting(
        """The relay by which this server sends mail: to confirm addresses, and for forgotten passwords. Without it no
        mail is sent, and accounts have no mail addresses.""",
        kinds.table(Mail),
        default=None,
        example='{ host = "smtp.example.org", username = "me", password = "secret", from_address = "me@example.org" }',
        secret=True,
    )
    on_call_mail: tuple[str, ...] = setting(
        """Who is woken when a clock of the law runs: the first at its first alarm, one more with each further one. See
        `docs/operating/clocks.md`.""",
        kinds.texts("a list of mail addresses", r"[^\s@]{1,64}@[^\s@]{1,255}", 20),
        default=(),
        example='["duty@example.org", "deputy@example.org", "owner@example.org"]',
    )
    on_call_webhook: str | None = setting(
        """Where each alarm is posted as JSON, too: a pager, a chat. A way that does not need this server's mail.""",
        kinds.web_address(),
        default=None,
        example='"https://pager.example.org/hook"',
    )
    prompt_hours: int = setting(
        """How many hours "without undue delay" means where a law has no number: clocks run and alarm for it.""",
        kinds.whole_number(1, 24 * 30),
        default=24,
        example="12",
    )
    transparency: Transparency | None = setting(
        """What this server tells the public and the European Union of its decisions: who provides it, and the way to
        the DSA Transparency Database. Without it there is no public page and no yearly report; what is to be told of
        decisions is noted all the same, and can be told later.""",
        kinds.table(Transparency),
        default=None,
        example='{ provider = "The Choir e. V." }',
    )
    turn_uris: tuple[str, ...] = setting(
        """The TURN servers by which calls get through firewalls, coturn for example. Without them calls work only
        between devices that reach each other. They need turn_shared_secret, too.""",
        kinds.texts("a list of addresses that begin with turn: or turns:", r"turns?:\S{1,500}", 20),
        default=(),
        example='["turn:turn.example.org?transport=udp", "turns:turn.example.org?transport=tcp"]',
    )
    turn_shared_secret: str | None = setting(
        "What the TURN servers and this one both know (in coturn: static-auth-secret).",
        kinds.text("a long random text"),
        default=None,
        example='"a long random text"',
        secret=True,
    )
    turn_lifetime: int = setting(
        "How many seconds a device may use the TURN servers before it asks again.",
        kinds.whole_number(60, 2_592_000),
        default=86_400,
        example="3600",
    )
    support_contacts: tuple[Contact, ...] = setting(
        "Whom people and other servers turn to. Told to everybody, at /.well-known/matrix/support.",
        kinds.tables(Contact),
        default=(),
        example='[{ role = "m.role.admin", matrix_id = "@admin:example.org", email_address = "admin@example.org" }]',
    )
    support_page: str | None = setting(
        "A page that helps people with this server. Told at the same place.",
        kinds.web_address(),
        default=None,
        example='"https://example.org/support"',
    )

    @classmethod
    def conflicts(cls, values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        """What is wrong between settings that are each right."""
        if values.get("registration_shared_secret") and values.get("registration_shared_secret_path"):
            yield (
                ("registration_shared_secret_path",),
                "and registration_shared_secret are both there; keep one of them",
            )

    @property
    def base_url(self) -> str:
        """Where clients reach this server, without a slash at the end."""
        if self.public_baseurl is not None:
            return self.public_baseurl
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.bind_host, self.bind_host)  # noqa: S104
        return f"http://[{here}]:{self.port}" if ":" in here else f"http://{here}:{self.port}"
