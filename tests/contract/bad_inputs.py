"""Bad requests, each with the status and the slug of the problem that must answer it.

There is one literal table for each kind of input. The requests are values; `test_bad_inputs` sends
them and checks the responses. `CANARY` is a value that must never appear in a response.
"""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from tests.client import Json, a_session, a_set

ID = "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"
SESSION = f"/sessions/{ID}"
LIVE = f"{SESSION}/sets/{ID}"
CANARY = "c4n4ry"
JSON_TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes over the wire."""

    method: str
    target: str
    body: bytes | None = None
    headers: dict[str, str] | list[tuple[str, str]] = field(default_factory=dict)
    chunked: bool = False


def request(body: bytes | str, to: str = SESSION, **headers: str) -> Request:
    """Return a request that writes this body."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        "POST" if to in ("/sessions/batch", "/programs") else "PUT",
        to,
        data,
        {
            **JSON_TYPE,
            **named,
        },
    )


def session(fragment: str, *, to: str = SESSION) -> Request:
    """Return a request that writes a session with one more field, given as JSON."""
    return request(f"{json.dumps(a_session())[:-1]}, {fragment}}}", to)


def one_set(fragment: str) -> Request:
    """Return a request that writes a session whose only set has one more field, given as JSON."""
    return session(f'"sets": [{json.dumps(a_set(reps=None))[:-1]}, {fragment}}}]')


def started_at(moment: Any) -> Request:
    return request(json.dumps(a_session(started_at=moment)))


def batch(*sessions: Json) -> Request:
    return request(json.dumps({"sessions": sessions}), "/sessions/batch")


def listing(query: str) -> Request:
    return Request("GET", f"/sessions?{query}")


def get(target: str, **headers: str) -> Request:
    return Request("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})


def media(content_type: str | None, **headers: str) -> Request:
    """Return a request that writes a valid session with this Content-Type."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {} if content_type is None else {"Content-Type": content_type}
    return Request("PUT", SESSION, json.dumps(a_session()).encode(), {**kind, **named})


def keyed(*keys: str) -> Request:
    """Return a request that writes a valid session with these Idempotency-Key headers."""
    body = json.dumps(a_session()).encode()
    named = [("Idempotency-Key", key) for key in keys]
    return Request("POST", "/sessions", body, [*JSON_TYPE.items(), *named])


def gzipped(plain: bytes) -> Request:
    return request(gzip.compress(plain), Content_Encoding="gzip")


VALID = json.dumps(a_session()).encode()
NESTED = '"x": {}{}'
Row = tuple[Request, str]

STRINGS: dict[str, Row] = {
    "NUL in a string": (session(f'"notes": "{CANARY}\\u0000"'), "400 malformed-json"),
    "NUL in a nested key": (session(f'"device": {{"{CANARY}\\u0000": 1}}'), "400 malformed-json"),
    "an unescaped NUL": (session('"notes": "\0"'), "400 malformed-json"),
    "half a surrogate pair": (session(f'"notes": "{CANARY}\\ud800"'), "422 validation-failed"),
    "half a surrogate pair in a key": (session('"x\\udc00": 1'), "422 validation-failed"),
    "a reversed surrogate pair": (session('"notes": "\\udc00\\ud800"'), "422 validation-failed"),
    "a note of 2,001 characters": (session(f'"notes": "{"ä" * 2001}"'), "422 validation-failed"),
    "10,000 combining marks": (session(f'"notes": "{chr(0x301) * 10_000}"'),
                               "422 validation-failed"),
    "20 MB of a string": (session(f'"notes": "{"x" * 20_000_000}"'), "413 content-too-large"),
    "an athlete without a name": (request(json.dumps(a_session(athlete_id=""))),
                                  "422 validation-failed"),
    "an athlete of 129 characters": (request(json.dumps(a_session(athlete_id="x" * 129))),
                                     "422 validation-failed"),
    "an athlete that is a number": (request(json.dumps(a_session(athlete_id=7))),
                                    "422 validation-failed"),
    "no athlete": (request(json.dumps(a_session(athlete_id=None))), "422 validation-failed"),
    "a slug of 101 characters": (one_set(f'"exercise2": 1, "rpe_scale": "{CANARY * 17}"'),
                                 "422 validation-failed"),
    "an unknown status": (session(f'"status": "{CANARY}"'), "422 validation-failed"),
    "an unknown kind": (one_set(f'"kind": "{CANARY}"'), "422 validation-failed"),
    "an invalid id": (session(f'"session_id": "{CANARY}"'), "422 validation-failed"),
    "an id in braces": (session(f'"session_id": "{{{ID}}}"'), "422 validation-failed"),
    "an id without dashes": (session(f'"session_id": "{ID.replace("-", "")}"'),
                             "422 validation-failed"),
}  # fmt: skip

NUMBERS: dict[str, Row] = {
    "1e999": (session('"srpe": 1e999'), "422 validation-failed"),
    "minus 1e999": (session('"srpe": -1e999'), "422 validation-failed"),
    "1e999 in an unknown field": (session('"x": [1e999]'), "422 validation-failed"),
    "NaN": (session('"srpe": NaN'), "400 malformed-json"),
    "Infinity": (session('"srpe": Infinity'), "400 malformed-json"),
    "minus Infinity": (session('"srpe": -Infinity'), "400 malformed-json"),
    "nan as a string": (session('"srpe": "nan"'), "422 validation-failed"),
    "5,000 digits": (one_set(f'"reps": {"9" * 5_000}'), "422 validation-failed"),
    "5,000 digits in an unknown field": (session(f'"x": {"9" * 5_000}'),
                                                  "422 validation-failed"),
    "2 to the 31": (one_set('"reps": 2147483648'), "422 validation-failed"),
    "2 to the 63": (one_set('"reps": 9223372036854775808'), "422 validation-failed"),
    "a version of 2 to the 53": (session('"version": 9007199254740992'), "422 validation-failed"),
    "a negative version": (session('"version": -1'), "422 validation-failed"),
    "true reps": (one_set('"reps": true'), "422 validation-failed"),
    "reps as a string": (one_set('"reps": "15"'), "422 validation-failed"),
    "reps with a decimal point": (one_set('"reps": 15.0'), "422 validation-failed"),
    "reps and a half": (one_set('"reps": 15.5'), "422 validation-failed"),
    "reps as a list": (one_set('"reps": [15]'), "422 validation-failed"),
    "reps as an object": (one_set('"reps": {}'), "422 validation-failed"),
    "a true load": (one_set('"load_kg": true'), "422 validation-failed"),
    "a load as a string": (one_set('"load_kg": "15"'), "422 validation-failed"),
    "a load of 1e-320": (one_set('"load_kg": 1e-320'), "422 validation-failed"),
    "a load of five decimals": (one_set('"load_kg": 0.00001'), "422 validation-failed"),
    "a negative load": (one_set('"load_kg": -1'), "422 validation-failed"),
    "a load of 1,000.5": (one_set('"load_kg": 1000.5'), "422 validation-failed"),
    "a load in stones": (one_set(f'"load": {{"value": 1, "unit": "{CANARY}"}}'),
                         "422 validation-failed"),
    "reps below zero": (one_set('"reps": -1'), "422 validation-failed"),
    "1,001 reps": (one_set('"reps": 1001'), "422 validation-failed"),
    "an RPE of 10.01": (one_set('"rpe": 10.01'), "422 validation-failed"),
    "a RIR of 11": (one_set('"rir": 11'), "422 validation-failed"),
    "pain of 10.5": (one_set('"pain": 10.5'), "422 validation-failed"),
    "pain below zero": (one_set('"pain": -0.5'), "422 validation-failed"),
    "morning pain of 11": (session('"morning_pain": {"score": 11}'), "422 validation-failed"),
    "morning pain without a score": (session('"morning_pain": {}'), "422 validation-failed"),
    "a day of a set": (one_set('"duration_s": 86401'), "422 validation-failed"),
    "week 0": (session('"week": 0'), "422 validation-failed"),
    "week 53": (session('"week": 53'), "422 validation-failed"),
    "21 red flags": (session(f'"red_flags": {json.dumps(["x"] * 21)}'), "422 validation-failed"),
    "a set index of 2 to the 15": (one_set('"set_index": 32768'), "422 validation-failed"),
}  # fmt: skip

JSON: dict[str, Row] = {
    "33 levels": (session(NESTED.format("[" * 32, "]" * 32)), "400 malformed-json"),
    "33 levels between brackets in strings": (session('"x": ' + '["]",' * 33 + "1" + ',"["]' * 33),
                                              "400 malformed-json"),
    "1,000 levels": (session(NESTED.format("[" * 1_000, "]" * 1_000)), "400 malformed-json"),
    "100,000 levels": (request("[" * 100_000), "400 malformed-json"),
    "100,000 objects deep": (request('{"a":' * 100_000), "400 malformed-json"),
    "100,000 keys": (request(json.dumps(dict.fromkeys(range(100_001), 1)), "/sessions/batch"),
                     "413 content-too-large"),
    "260,000 keys": (request(json.dumps(dict.fromkeys(range(260_000), 1)), "/sessions/batch"),
                     "413 content-too-large"),
    "50,001 keys at once": (request(json.dumps(dict.fromkeys(range(50_001), 1))),
                            "413 content-too-large"),
    "the same key twice": (session(f'"notes": "{CANARY}", "notes": "b"'), "400 malformed-json"),
    "the same key twice, nested": (session('"device": {"model": "a", "model": "a"}'),
                                   "400 malformed-json"),
    "a byte order mark": (request(b"\xef\xbb\xbf" + VALID), "400 malformed-json"),
    "UTF-16": (request(VALID.decode().encode("utf-16")), "400 malformed-json"),
    "a byte of Latin-1": (request(session('"notes": "x"').body.replace(b'"x"', b'"\xe4"')  # type: ignore[union-attr]
                               ), "400 malformed-json"),
    "an empty body": (request(b""), "400 malformed-json"),
    "only blanks": (request(b" \n"), "400 malformed-json"),
    "null": (request(b"null"), "422 validation-failed"),
    "a list": (request(b"[]"), "422 validation-failed"),
    "a string": (request(f'"{CANARY}"'), "422 validation-failed"),
    "an empty batch": (request(b'{"sessions": []}', "/sessions/batch"), "422 validation-failed"),
    "a batch of null": (request(b'{"sessions": null}', "/sessions/batch"), "422 validation-failed"),
    "a batch without sessions": (request(b"{}", "/sessions/batch"), "422 validation-failed"),
    "two JSON values": (request(VALID + b"{}"), "400 malformed-json"),
    "a truncated body": (request(VALID[:-9]), "400 malformed-json"),
    "a trailing comma": (request(VALID[:-1] + b",}"), "400 malformed-json"),
    "a comment": (request(VALID + b"// x"), "400 malformed-json"),
    "single quotes": (request(VALID.replace(b'"', b"'")), "400 malformed-json"),
}  # fmt: skip

MEDIA: dict[str, Row] = {
    "no Content-Type": (media(None), "415 unsupported-media-type"),
    "an empty Content-Type": (media(""), "415 unsupported-media-type"),
    "plain text": (media("text/plain"), "415 unsupported-media-type"),
    "a form": (media("application/x-www-form-urlencoded"), "415 unsupported-media-type"),
    "multipart without a boundary": (media("multipart/form-data"), "415 unsupported-media-type"),
    "text/json": (media("text/json"), "415 unsupported-media-type"),
    "JSON in Latin-1": (media("application/json; charset=latin-1"), "415 unsupported-media-type"),
    "JSON in UTF-16": (media('application/json; charset="utf-16"'), "415 unsupported-media-type"),
    "undeclared gzip": (request(gzip.compress(VALID)), "400 malformed-json"),
    "not gzip": (request(VALID, Content_Encoding="gzip"), "400 malformed-json"),
    "gzip cut short": (request(gzip.compress(VALID)[:-4], Content_Encoding="gzip"),
                       "400 malformed-json"),
    "gzip followed by something": (request(gzip.compress(VALID) + b"x", Content_Encoding="gzip"),
                                   "400 malformed-json"),
    "a gzip bomb": (gzipped(b'"%s"' % (b"\0" * 10_000_000)), "413 content-too-large"),
    "more than 8 MiB in gzip": (gzipped(b'"%s"' % bytes(range(35, 92)) * 160_000),
                                "413 content-too-large"),
    "brotli": (request(VALID, Content_Encoding="br"), "415 unsupported-media-type"),
    "gzip twice": (request(gzip.compress(gzip.compress(VALID)), Content_Encoding="gzip, gzip"),
                   "415 unsupported-media-type"),
    "1 MiB and 1 byte": (request(VALID + b" " * (2**20 + 1 - len(VALID))), "413 content-too-large"),
    "chunks over 1 MiB": (Request("PUT", SESSION, b" " * (2**20 + 1), JSON_TYPE, chunked=True),
                          "413 content-too-large"),
    "a batch of over 4 MiB": (request(b" " * (2**22 + 1), "/sessions/batch"),
                              "413 content-too-large"),
}  # fmt: skip

TIMES: dict[str, Row] = {
    "no offset": (started_at("2024-05-06T18:30:00"), "422 validation-failed"),
    "a date without a time": (started_at("2024-05-06"), "422 validation-failed"),
    "a blank in place of T": (started_at("2024-05-06 18:30:00Z"), "422 validation-failed"),
    "the epoch": (started_at(0), "422 validation-failed"),
    "10 to the 18": (started_at(10**17), "422 validation-failed"),
    "a float": (started_at(1714998600.0), "422 validation-failed"),
    "the year 0": (started_at("0000-05-06T18:30:00Z"), "422 validation-failed"),
    "the year 1999": (started_at("1999-12-31T23:59:59Z"), "422 validation-failed"),
    "the end of 9999": (started_at("9999-12-31T23:59:59-23:59"), "422 validation-failed"),
    "the start of year 1": (started_at("0001-01-01T00:00:00+23:59"), "422 validation-failed"),
    "a leap second": (started_at("2016-12-31T23:59:60Z"), "422 validation-failed"),
    "hour 24": (started_at("2024-05-06T24:00:00Z"), "422 validation-failed"),
    "29 February in a common year": (started_at("2023-02-29T12:00:00Z"), "422 validation-failed"),
    "an offset of 24 hours": (started_at("2024-05-06T18:30:00+24:00"), "422 validation-failed"),
    "an offset of seconds": (started_at("2024-05-06T18:30:00+01:00:30"), "422 validation-failed"),
    "digits beyond ASCII": (started_at("\uff12\uff10\uff12\uff14-05-06T18:30:00Z"),
                            "422 validation-failed"),
    "a trailing line break": (started_at("2024-05-06T18:30:00Z\n"), "422 validation-failed"),
    "null": (request(json.dumps(a_session() | {"started_at": None})), "422 validation-failed"),
    "no start": (request(json.dumps(a_session(started_at=None))), "422 validation-failed"),
    "an end before 2000": (session('"ended_at": "1999-12-31T23:59:59Z"'), "422 validation-failed"),
    "a set in the year 9999": (
        request(json.dumps(a_session(sets=[a_set(performed_at="9999-12-31T23:59:59-23:59")]))),
        "422 validation-failed",
    ),
    "a live set before 2000": (
        request(json.dumps(a_set(athlete_id="x", performed_at="1999-12-31T23:59:59Z")), LIVE),
        "422 validation-failed",
    ),
}  # fmt: skip

QUERIES: dict[str, Row] = {
    "limit 0": (listing("limit=0"), "422 validation-failed"),
    "limit -1": (listing("limit=-1"), "422 validation-failed"),
    "limit 201": (listing("limit=201"), "422 validation-failed"),
    "limit 2 to the 63": (listing("limit=9223372036854775808"), "422 validation-failed"),
    "limit of 5,000 digits": (listing("limit=" + "9" * 1_900), "422 validation-failed"),
    "limit 1.0": (listing("limit=1.0"), "422 validation-failed"),
    "limit with blanks": (listing("limit=%201%20"), "422 validation-failed"),
    "limit with a plus": (listing("limit=%2B1"), "422 validation-failed"),
    "limit in non-ASCII digits": (listing("limit=%D9%A3"), "422 validation-failed"),
    "an empty limit": (listing("limit="), "422 validation-failed"),
    "limit as a word": (listing(f"limit={CANARY}"), "422 validation-failed"),
    "limit twice": (listing("limit=1&limit=2"), "400 ambiguous-parameter"),
    "limit twice the same": (listing("limit=1&limit=1"), "400 ambiguous-parameter"),
    "an offset": (listing("offset=0"), "400 unknown-parameter"),
    "a parameter of another operation": (listing("version=1"), "400 unknown-parameter"),
    "a parameter without a name": (listing("=1"), "400 unknown-parameter"),
    "a query without parameters": (get(f"{SESSION}?fields=notes"), "400 unknown-parameter"),
    "a misspelled spec": (get("/programs?week=3"), "400 unknown-parameter"),
    "NUL in the query": (listing("athlete_id=%00"), "400 unknown-parameter"),
    "a broken escape in the query": (listing("athlete_id=%zz"), "400 unknown-parameter"),
    "half an escape in the query": (listing("athlete_id=%4"), "400 unknown-parameter"),
    "an athlete of 129 characters": (listing("athlete_id=" + "x" * 129), "422 validation-failed"),
    "an empty athlete": (listing("athlete_id="), "422 validation-failed"),
    "an invalid day": (listing(f"from={CANARY}"), "422 validation-failed"),
    "a moment without an offset": (listing("from=2024-05-06T00:00:00"), "422 validation-failed"),
    "30 February": (listing("to=2024-02-30"), "422 validation-failed"),
    "from the end of 9999": (listing("from=9999-12-31T23:59:59-23:59"),
                                  "422 validation-failed"),
    "to the start of year 1": (listing("to=0001-01-01T00:00:00%2B23:59"),
                                      "422 validation-failed"),
    "an invalid cursor": (listing(f"cursor={CANARY}"), "400 invalid-cursor"),
    "a cursor beyond ASCII": (listing("cursor=%C3%A4"), "400 invalid-cursor"),
    "an unsigned cursor": (listing("cursor=" + "A" * 48), "400 invalid-cursor"),
    "a cursor of 201 characters": (listing("cursor=" + "A" * 201), "422 validation-failed"),
    "an invalid version": (Request("DELETE", f"{SESSION}?version={CANARY}"),
                               "422 validation-failed"),
    "a negative version": (Request("DELETE", f"{SESSION}?version=-1"), "422 validation-failed"),
    "a version of 2 to the 63": (Request("DELETE", f"{SESSION}?version=9223372036854775808"),
                                 "422 validation-failed"),
}  # fmt: skip

PATHS: dict[str, Row] = {
    "NUL": (get("/sessions/%00"), "400 malformed-json"),
    "NUL in a slug": (get("/exercises/step-up%00"), "400 malformed-json"),
    "a broken escape": (get("/sessions/%zz"), "400 malformed-json"),
    "an escaped path traversal": (get("/exercises/..%2f..%2fetc"), "404 not-found"),
    "a path traversal": (get("/exercises/../../etc"), "404 not-found"),
    "a slug of 60 KB": (get("/exercises/" + "x" * 60_000), "414 uri-too-long"),
    "a trailing slash": (get("/sessions/x/"), "404 not-found"),
    "a trailing slash of a list": (get("/sessions/"), "404 not-found"),
    "a double slash": (get("//sessions"), "404 not-found"),
    "an unknown path": (get(f"/{CANARY}"), "404 not-found"),
    "an invalid id": (get(f"/sessions/{CANARY}"), "422 validation-failed"),
    "a number as an id": (get("/sessions/2147483648"), "422 validation-failed"),
    "an id with one more digit": (get(f"{SESSION}0"), "422 validation-failed"),
    "an id in braces": (get(f"/sessions/%7B{ID}%7D"), "422 validation-failed"),
    "an id with blanks": (get(f"/sessions/%20{ID}%20"), "422 validation-failed"),
    "an id with a line break": (get(f"{SESSION}%0A"), "422 validation-failed"),
    "an id in non-ASCII digits": (get("/sessions/" + ID.replace("0", "%D9%A0", 1)),
                              "422 validation-failed"),
    "an unknown id": (get(SESSION), "404 not-found"),
    "week 0": (get("/programs/x/weeks/0"), "422 validation-failed"),
    "week -1": (get("/programs/x/weeks/-1"), "422 validation-failed"),
    "week 1.0": (get("/programs/x/weeks/1.0"), "422 validation-failed"),
    "week with blanks": (get("/programs/x/weeks/%201%20"), "422 validation-failed"),
    "week 2 to the 63": (get("/programs/x/weeks/9223372036854775808"), "422 validation-failed"),
    "an unknown programme": (get(f"/programs/{CANARY}"), "404 not-found"),
    "an unknown exercise": (get(f"/exercises/{CANARY}"), "404 not-found"),
    "an unknown problem": (get(f"/problems/{CANARY}"), "404 not-found"),
    "the wrong method": (Request("PATCH", SESSION), "405 method-not-allowed"),
    "an unknown method": (Request("BREW", "/sessions"), "405 method-not-allowed"),
}  # fmt: skip

HEADERS: dict[str, Row] = {
    "an empty Idempotency-Key": (keyed(""), "400 invalid-header"),
    "an Idempotency-Key of 256 characters": (keyed("x" * 256), "400 invalid-header"),
    "an Idempotency-Key beyond ASCII": (keyed("schlüssel"), "400 invalid-header"),
    "an Idempotency-Key with an open quote": (keyed('"abc'), "400 invalid-header"),
    "an Idempotency-Key of quotes": (keyed('""'), "400 invalid-header"),
    "an Idempotency-Key with a blank": (keyed("a b"), "400 invalid-header"),
    "two Idempotency-Keys": (keyed("a", "b"), "400 invalid-header"),
    "the same Idempotency-Key twice": (keyed("a", "a"), "400 invalid-header"),
    "a list of Idempotency-Keys": (keyed("a, b"), "400 invalid-header"),
    "two Authorizations": (
        Request("GET", "/sessions", headers=[("Authorization", CANARY), ("Authorization", CANARY)]),
        "400 invalid-header",
    ),
    "an Authorization of 8 KB": (get("/sessions", Authorization="Bearer " + "x" * 8_000),
                                 "401 unauthenticated"),
}  # fmt: skip

DOMAIN: dict[str, Row] = {
    "501 sessions": (batch(*[a_session()] * 501), "422 validation-failed"),
    "5,001 sets of one session": (request(json.dumps(a_session(sets=[{}] * 5_001))),
                                  "422 validation-failed"),
    "two sets with one id": (
        request(json.dumps(a_session(sets=[a_set(set_id=ID), a_set(set_id=ID, reps=1)]))),
        "422 validation-failed",
    ),
    "an id unlike the path": (session('"session_id": "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6e"'),
                              "422 validation-failed"),
    "a live set without an athlete": (request(json.dumps(a_set()), LIVE), "422 validation-failed"),
    "a live set without a time": (request(b'{"athlete_id": "x", "exercise": "step-up"}', LIVE),
                                    "422 validation-failed"),
    "a programme of 0 weeks": (request(b'{"weeks": 0}', "/programs"), "422 validation-failed"),
    "a programme of 53 weeks": (request(b'{"weeks": 53}', "/programs"), "422 validation-failed"),
    "a programme of 10 to the 9 weeks": (request(b'{"weeks": 1000000000}', "/programs"),
                                         "422 validation-failed"),
    "a race two weeks before the start": (
        request(b'{"start_date": "2026-05-04", "race_date": "2026-04-20"}', "/programs"),
        "422 validation-failed",
    ),
    "a race as a text": (request(b'{"races": ["2026-06-01"]}', "/programs"),
                         "422 validation-failed"),
    "a pause of one end": (request(b'{"pauses": [{"from": "2026-06-02"}]}', "/programs"),
                           "422 validation-failed"),
    "an unknown core track": (request(f'{{"core": ["{CANARY}"]}}', "/programs"),
                              "422 validation-failed"),
    "a preference that is no exercise": (request(f'{{"prefer": ["{CANARY}"]}}', "/programs"),
                                         "422 validation-failed"),
    "a load of nothing": (request(b'{"loads": [0]}', "/programs"), "422 validation-failed"),
    "a start on an unknown track": (request(b'{"start": {"lunge": {"rung": 1}}}', "/programs"),
                                    "422 validation-failed"),
    "a misspelled field of a spec": (request(b'{"week": 3}', "/programs"), "422 validation-failed"),
    "an unknown level": (request(f'{{"level": "{CANARY}"}}', "/programs"), "422 validation-failed"),
    "an unknown time zone": (request(f'{{"timezone": "{CANARY}"}}', "/programs"),
                                 "422 validation-failed"),
}  # fmt: skip

KINDS = {
    "strings": STRINGS, "numbers": NUMBERS, "JSON": JSON, "media": MEDIA, "times": TIMES,
    "queries": QUERIES, "paths": PATHS, "headers": HEADERS, "domain": DOMAIN,
}  # fmt: skip
TABLE = {f"{kind}: {name}": row for kind, rows in KINDS.items() for name, row in rows.items()}
