from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from server.errors import SettingsError
from server.settings import ServerSettings, load_settings

SAMPLE = Path(__file__).parents[2] / "samples" / "server.toml"


def load(folder: Path, text: str) -> ServerSettings:
    path = folder / "server.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_sample_loads_and_shows_every_key_with_its_default() -> None:
    settings = load_settings(SAMPLE)
    assert settings == ServerSettings(data_dir=SAMPLE.resolve().parent / "var/server")
    text = SAMPLE.read_text(encoding="utf-8")
    for key in ServerSettings.__dataclass_fields__:
        assert f"\n{key} = " in text or f"\n# {key} = " in text


def test_defaults_in_the_comments_of_the_sample_are_the_defaults(tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    keys = tuple(f"# {key} = " for key in ServerSettings.__dataclass_fields__)
    opened = "\n".join(line.removeprefix("# ") if line.startswith(keys) else line for line in lines)
    assert load(tmp_path, opened) == load(tmp_path, 'data_dir = "var/server"')


def test_relative_data_dir_starts_at_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, 'data_dir = "evidence"')
    assert settings.data_dir == tmp_path / "evidence"
    assert settings.database_url == f"sqlite:///{tmp_path / 'evidence' / 'droptrace.sqlite3'}"


def test_settings_cannot_be_changed_and_do_not_show_their_secrets(tmp_path: Path) -> None:
    settings = load(tmp_path, 'data_dir = "x"\ntoken = "a-token-of-enough-letters"')
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    assert "a-token" not in repr(settings)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('tokem = "x"', "tokem: unknown key; did you mean token?"),
        ('wholly_other = "x"', "wholly_other: unknown key; known are data_dir, host"),
        ('port = "8600"', "port: must be a whole number"),
        ("port = true", "port: must be a whole number"),
        ("port = 65536", "port: must be 0 to 65535"),
        ("host = 5", "host: must be text"),
        ('host = "0.0.0.0"', "set token to a long random text"),
        ('host = "192.168.1.5"', "there is no token"),
        ('token = "short"', "token: must have 16"),
        ('token = "令牌令牌令牌令牌令牌令牌令牌令牌令牌"', "token: must have 16"),
        ('webhook_secret = "abc"', "webhook_secret:"),
        ('webhook_secret = "whsec_AAAA"', "16 or more random bytes"),
        ('language = "fr"', 'language: must be "zh" or "en"'),
        ('time_zone = "Mars/Olympus"', "time_zone:"),
        ('time_zone = "../etc/passwd"', "time_zone:"),
        ("max_body_bytes = 0", "max_body_bytes: must be 1 or more"),
        ('database = "somewhere"', "database: is not an SQLAlchemy URL"),
        ('database = "mysql://x/y"', "database: mysql is not supported"),
    ],
)
def test_wrong_key_is_refused_by_name(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, f'data_dir = "data"\n{line}')
    assert message in str(caught.value)
    assert str(tmp_path / "server.toml") in str(caught.value)


def test_data_dir_is_needed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="data_dir: is missing"):
        load(tmp_path, "port = 8600")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_loopback_needs_no_token(tmp_path: Path, host: str) -> None:
    assert load(tmp_path, f'data_dir = "d"\nhost = "{host}"').token == ""


def test_any_host_is_allowed_with_a_token_and_postgresql_by_its_url(tmp_path: Path) -> None:
    url = "postgresql+psycopg://droptrace:secret@db/droptrace"
    text = f'data_dir = "d"\nhost = "0.0.0.0"\ntoken = "a-token-of-enough-letters"\ndatabase = "{url}"'
    settings = load(tmp_path, text)
    assert settings.database_url == url
    assert "secret" not in repr(settings)


def test_missing_file_and_broken_toml_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="is not TOML"):
        load(tmp_path, "port = = 1")
