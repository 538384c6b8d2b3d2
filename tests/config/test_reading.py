"""The sources and their order; and that every mistake is named at once, with its place and remedy."""

from pathlib import Path

import pytest

from chappe.config import RATE_LIMIT_NAMES, Rate, Registration, Settings, WrongSettings, load

HOME = {"HOME": "/home/someone"}


def written(folder: Path, text: str) -> Path:
    file = folder / "chappe.toml"
    file.write_text(text)
    return file


def mistakes_in(file: Path | None, environment: dict[str, str] | None = None, **flags: str) -> list[str]:
    with pytest.raises(WrongSettings) as wrong:
        load(file, HOME | (environment or {}), flags)
    return [str(mistake) for mistake in wrong.value.mistakes]


def test_nothing_given_is_a_server_for_this_machine_only() -> None:
    settings = load(None, HOME, {})
    assert settings == Settings(data_dir=Path("/home/someone/.local/share/chappe"))
    assert (settings.server_name, settings.bind_host, settings.port) == ("localhost", "127.0.0.1", 8008)
    assert settings.registration is Registration.TOKEN
    assert settings.base_url == "http://127.0.0.1:8008"


def test_later_sources_win(tmp_path: Path) -> None:
    file = written(tmp_path, 'port = 1001\nbind_host = "::1"\nguest_access = true\n')
    variables = {"CHAPPE_PORT": "1002", "CHAPPE_BIND_HOST": "127.0.0.2"}
    settings = load(file, HOME | variables, {"port": "1003"})
    assert (settings.port, settings.bind_host, settings.guest_access) == (1003, "127.0.0.2", True)


def test_xdg_data_home_is_where_the_data_goes_unless_it_is_relative() -> None:
    assert load(None, HOME | {"XDG_DATA_HOME": "/srv/data"}, {}).data_dir == Path("/srv/data/chappe")
    assert load(None, HOME | {"XDG_DATA_HOME": "data"}, {}).data_dir == Path("/home/someone/.local/share/chappe")


def test_a_relative_path_in_the_file_counts_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    file = written(tmp_path, 'data_dir = "data"\nregistration_shared_secret_path = "secret"\n')
    settings = load(file, HOME, {})
    assert settings.data_dir == tmp_path / "data"
    assert settings.registration_shared_secret == "from a file"


def test_variables_reach_inside_tables(tmp_path: Path) -> None:
    file = written(tmp_path, "[rate_limits]\nlogin = { per_second = 1, burst = 2 }\n")
    settings = load(file, HOME | {"CHAPPE_RATE_LIMITS__LOGIN__BURST": "7"}, {})
    assert settings.rate_limits == {"login": Rate(per_second=1, burst=7)}


def test_variables_hold_lists_and_truths() -> None:
    variables = {"CHAPPE_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "CHAPPE_RATE_LIMITS": "false"}
    settings = load(None, HOME | variables, {})
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1/128")
    assert settings.rate_limits is False


def test_variables_of_tests_are_no_settings() -> None:
    load(None, HOME | {"CHAPPE_TEST_PG": "postgresql:///x", "CHAPPE_CONFIG": "x", "CHAPPE_BENCH_SECONDS": "1"}, {})


WRONG = """\
# Every line below is wrong in a way of its own.
server_name = "https://chat.example.org/"
prot = 8009
port = 80080
registration = "opened"
registration_shared_secret = 5
trusted_proxies = [
  "10.0.0.0/8",
  "10.0.0.1/8",
]
bus = "nats://127.0.0.1:4222"
storage = "mysql://chappe:hunter2@db/chappe"
room_version = 12
guest_access = "yes"
public_baseurl = "chat.example.org"
bind_host = "here"
data_dir = ""

[rate_limits]
mesages = { per_second = 5, burst = 1 }

[rate_limits.login]
per_second = -1

[[terms]]
name = "privacy"
version = "1"
language = "en"
title = "Privacy"
url = "https://example.org/privacy"

[[terms]]
name = "privacy"
version = "2"
language = "en!"
titel = "Privacy"
url = "ftp://example.org"
"""


def test_every_mistake_is_named_at_once_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, WRONG)
    told = mistakes_in(file, {"CHAPPE_PROT": "1"}, port="none")
    expected = [
        ("--port: ", "whole number from 1 to 65535", '"none"', "For example: port = 8008"),
        (f"{file}:2: ", "without https://", 'server_name = "example.org"'),
        (f"{file}:3: ", "prot is no setting", "'port'"),
        (f"{file}:5: ", '"open", "token", "approval", "closed"', 'Did you mean "open"?'),
        (f"{file}:6: ", "text in quotes"),
        (f"{file}:7: ", "trusted_proxies[2]", '"10.0.0.1/8"', "host bits"),
        (f"{file}:11: ", "one process", 'bus = "process"'),
        (f"{file}:12: ", "postgresql://"),
        (f"{file}:13: ", 'Did you mean "12"?', "It is 12"),
        (f"{file}:14: ", "true or false"),
        (f"{file}:15: ", "https://"),
        (f"{file}:16: ", "IP address", "0.0.0.0"),
        (f"{file}:17: ", "must not be empty"),
        (f"{file}:20: ", "mesages is no setting", "'messages'"),
        (f"{file}:22: ", "'burst'"),
        (f"{file}:23: ", "above 0", "-1"),
        (f"{file}:32: ", "'title'"),
        (f"{file}:35: ", "language tag"),
        (f"{file}:36: ", "titel is no setting", "'title'"),
        (f"{file}:37: ", "https://"),
        ("CHAPPE_PROT: ", "CHAPPE_PORT"),
    ]
    assert len(told) == len(expected), "\n".join(told)
    for mistake, parts in zip(told, expected, strict=True):
        assert mistake.startswith(parts[0]), mistake
        assert all(part in mistake for part in parts[1:]), mistake


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    told = "\n".join(mistakes_in(written(tmp_path, 'storage = "mysql://chappe:hunter2@db/x"\n')))
    assert "hunter2" not in told
    sound = written(tmp_path, 'storage = "postgresql://u:hunter2@db/x"\nregistration_shared_secret = "hunter3"\n')
    assert "hunter" not in repr(load(sound, HOME, {}))


def test_documents_contradicting_each_other_are_told(tmp_path: Path) -> None:
    document = '[[terms]]\nname = "a"\nversion = "{}"\nlanguage = "{}"\ntitle = "A"\nurl = "https://a.example"\n'
    file = written(tmp_path, document.format("1", "en") + document.format("2", "de") + document.format("1", "en"))
    assert [told.partition(": ")[2] for told in mistakes_in(file)] == [
        'terms[2].version must be the same in every language of one document; it is "2".',
        'terms[3].language stands twice for this document; keep one of them; it is "en".',
    ]


def test_a_secret_twice_is_a_contradiction(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("one")
    text = 'registration_shared_secret = "two"\nregistration_shared_secret_path = "secret"\n'
    (told,) = mistakes_in(written(tmp_path, text))
    assert ":2: " in told
    assert "keep one of them" in told


@pytest.mark.parametrize(
    ("raw", "line", "says"),
    [
        (b'port = 8008\nserver_name = "a\n', 2, "not TOML"),
        (b"port = 8008\nport = 8009\n", 2, "not TOML"),
        (b"a = 1\nb = '\xff'\n", 2, "UTF-8"),
        (b"[rate_limits\n", 1, "not TOML"),
        (b"terms = [", 1, "not TOML"),
    ],
)
def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path, raw: bytes, line: int, says: str) -> None:
    file = tmp_path / "chappe.toml"
    file.write_bytes(raw)
    (told,) = mistakes_in(file)
    assert told.startswith(f"{file}:{line}: ")
    assert says in told


@pytest.mark.parametrize("raw", [b"port = " + b"9" * 5000, b"x = " + b"[" * 5000, b"#" * 1_048_577])
def test_a_hostile_file_is_a_mistake_like_any_other(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "chappe.toml"
    file.write_bytes(raw)
    assert len(mistakes_in(file)) == 1


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert "No such file" in mistakes_in(tmp_path / "none.toml")[0]
    assert "cannot be read" in mistakes_in(tmp_path)[0]


def test_a_data_dir_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "there is a file of that name" in mistakes_in(None, data_dir=str(tmp_path / "data"))[0]
    assert "cannot" not in mistakes_in(None, data_dir="/" + "x" * 3000)[0]


def test_odd_variables_are_mistakes_not_crashes() -> None:
    variables = {
        "CHAPPE_PORT": "1\nbind_host = 2",
        "CHAPPE_RATE_LIMITS__LOGIN": "[" * 5000,
        "CHAPPE_TERMS": "{}",
        "CHAPPE_": "x",
        "CHAPPE___": "x",
    }
    assert len(mistakes_in(None, variables)) == 5


@pytest.mark.parametrize(
    ("address", "kept"),
    [("https://chat.example.org/", "https://chat.example.org"), ("http://[::1]:80/x/", "http://[::1]:80/x")],
)
def test_addresses_end_without_a_slash(address: str, kept: str) -> None:
    assert load(None, HOME, {"public_baseurl": address}).base_url == kept


@pytest.mark.parametrize("address", ["https://", "https://a:99999", "https://a?b", "https://u@a", "https://a b", "//a"])
def test_addresses_that_clients_could_not_use_are_refused(address: str) -> None:
    assert mistakes_in(None, public_baseurl=address)


def test_base_url_is_one_that_can_be_opened() -> None:
    assert load(None, HOME, {"bind_host": "::"}).base_url == "http://[::1]:8008"
    assert load(None, HOME, {"bind_host": "0.0.0.0"}).base_url == "http://127.0.0.1:8008"


def test_limits_have_the_names_that_are_counted() -> None:
    from chappe.http.rate import Limit

    assert set(RATE_LIMIT_NAMES) == {limit.value for limit in Limit if limit is not Limit.NONE}
