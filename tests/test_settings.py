"""Tests of the settings: environment variables, ranges, database URLs and hidden secrets."""

import os
from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import Settings, normalise_url

SECRET = "canary-1f9c"


@pytest.fixture(autouse=True)
def clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PUSHOFF_")]:
        monkeypatch.delenv(name)


def load_settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"PUSHOFF_{name.upper()}", value)
    return Settings()


class TestSettings:
    def test_has_a_default_for_every_setting(self) -> None:
        settings = Settings()
        assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
        assert settings.database_url.get_secret_value() == "sqlite:///pushoff.db"

    def test_describes_every_setting(self) -> None:
        fields = Settings.model_fields
        assert [name for name in fields if not fields[name].description] == []

    def test_reads_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = load_settings(
            monkeypatch, port="9", access_log="true", log_format="JSON", workers="2"
        )
        assert (settings.port, settings.access_log) == (9, True)
        assert (settings.log_format, settings.workers) == ("json", 2)

    def test_is_immutable(self) -> None:
        with pytest.raises(ValidationError):
            Settings().port = 1  # type: ignore[misc]

    def test_reads_no_env_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
        (tmp_path / ".env").write_text("PUSHOFF_PORT=9\n")
        monkeypatch.chdir(tmp_path)
        assert Settings().port == 8000

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("port", "65536"),
            ("port", "http"),
            ("workers", "0"),
            ("pool_wait_s", "0"),
            ("pool_wait_s", "nan"),
            ("statement_timeout_s", "-1"),
            ("head_timeout_s", "inf"),
            ("max_body_bytes", "0"),
            ("json_depth", "100000"),
            ("log_level", "loud"),
            ("group_commit_limit", "0"),
            ("read_pool_size", "0"),
            ("secret", "short"),
            ("program_cache_mb", "-1"),
            ("key_requests_per_minute", "-1"),
            ("key_burst", "0"),
            ("address_burst", "10001"),
            ("max_in_flight", "-1"),
            ("answer_timeout_s", "0"),
            ("host", ""),
        ],
    )
    def test_rejects_a_value_out_of_range(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        with pytest.raises(ValidationError, match=name):
            load_settings(monkeypatch, **{name: value})

    def test_rejects_limits_that_contradict_each_other(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(ValidationError, match="max_body_bytes <= max_batch_bytes"):
            load_settings(monkeypatch, max_batch_bytes="2048")

    def test_rejects_a_pool_wait_longer_than_a_request(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(ValidationError, match="pool_wait_s must be shorter"):
            load_settings(monkeypatch, pool_wait_s="10")


class TestNormaliseUrl:
    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_accepts_the_common_schemes(self, scheme: str) -> None:
        assert normalise_url(f"{scheme}://u:p@h:1/d?a=b") == "postgresql+psycopg://u:p@h:1/d?a=b"

    @pytest.mark.parametrize(
        ("address", "normal"),
        [
            ("u:p,:/w@a:1,b/d", "u:p,:/w@/d?host=a,b&port=1,5432"),
            ("u@[::1]:1,b-2.x:3/d?a=b", "u@/d?a=b&host=::1,b-2.x&port=1,3"),
            ("a,b", "?host=a,b&port=5432,5432"),
            ("/d?options=a,b@c", "/d?options=a,b@c"),
        ],
    )
    def test_moves_several_hosts_to_the_query(self, address: str, normal: str) -> None:
        assert normalise_url(f"postgresql://{address}") == f"postgresql+psycopg://{normal}"

    @pytest.mark.parametrize("hosts", ["a,", ",", "a,b:x", "a b,c", "a,::1", "a,b:123456"])
    def test_rejects_an_invalid_host_without_quoting_the_password(self, hosts: str) -> None:
        with pytest.raises(ValueError, match="several hosts") as caught:
            normalise_url(f"postgresql://u:{SECRET}@{hosts}/d")
        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize("url", ["sqlite:///a.db", "sqlite:////var/lib/a.db", "sqlite:///./a"])
    def test_accepts_a_sqlite_file(self, url: str) -> None:
        assert normalise_url(url) == url

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "pushoff.db",
            "sqlite://",
            "sqlite:///",
            "sqlite:///:memory:",
            "sqlite:///a.db?mode=memory",
            "sqlite://host/a.db",
            "sqlite+aiosqlite:///a.db",
            "postgresql+asyncpg://u@h/d",
            "mysql://u@h/d",
            "Postgres://u@h/d",
        ],
    )
    def test_rejects_other_urls(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"sqlite:///file\.db"):
            normalise_url(url)


class TestSecrets:
    def test_hides_secrets_in_every_text_of_the_settings(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"postgres://user:{SECRET}@host/name"
        settings = load_settings(monkeypatch, database_url=url, secret=SECRET * 4)
        shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
        assert SECRET in settings.database_url.get_secret_value()
        assert SECRET not in shown

    def test_hides_secrets_in_a_validation_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ValidationError) as caught:
            load_settings(monkeypatch, database_url=f"mysql://user:{SECRET}@host", secret=SECRET)
        assert caught.value.error_count() == 2
        assert SECRET not in str(caught.value) + repr(caught.value)


class TestCorsOrigins:
    def test_splits_a_list_at_commas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = load_settings(
            monkeypatch, cors_origins="https://a.example, http://localhost:3000,"
        )
        assert settings.cors_origins == ("https://a.example", "http://localhost:3000")

    def test_is_empty_by_default(self) -> None:
        assert Settings().cors_origins == ()

    @pytest.mark.parametrize(
        "origin", ["*", "a.example", "https://a.example/", "https://a b", "null"]
    )
    def test_rejects_what_is_not_a_scheme_and_a_host(
        self, monkeypatch: pytest.MonkeyPatch, origin: str
    ) -> None:
        with pytest.raises(ValidationError, match="cors_origins"):
            load_settings(monkeypatch, cors_origins=origin)
