"""The bad inputs, each with the problem that it must be answered with.

One literal table for each kind. A request is a value here; how it is sent and what is asked of
the answer stands in test_bad_inputs. `MARK` stands where a value must never be told back.
"""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from tests.client import Json, a_session, a_set

ID = "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"
SESSION = f"/sessions/{ID}"
LIVE = f"{SESSION}/sets/{ID}"
MARK = "c4n4ry"
SAID_SO = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire."""

    method: str
    target: str
    body: bytes | None = None
    headers: dict[str, str] | list[tuple[str, str]] = field(default_factory=dict)
    chunked: bool = False


def sent(body: bytes | str, to: str = SESSION, **headers: str) -> Call:
    """A body, as it is."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(
        "POST" if to in ("/sessions/batch", "/programs") else "PUT",
        to,
        data,
        {
            **SAID_SO,
            **named,
        },
    )


def session(fragment: str, *, to: str = SESSION) -> Call:
    """A session with one more field, spelled out as JSON."""
    return sent(f"{json.dumps(a_session())[:-1]}, {fragment}}}", to)


def done(fragment: str) -> Call:
    """A session whose only set has one more field, spelled out as JSON."""
    return session(f'"sets": [{json.dumps(a_set(reps=None))[:-1]}, {fragment}}}]')


def began(moment: Any) -> Call:
    return sent(json.dumps(a_session(started_at=moment)))


def batch(*sessions: Json) -> Call:
    return sent(json.dumps({"sessions": sessions}), "/sessions/batch")


def listing(query: str) -> Call:
    return Call("GET", f"/sessions?{query}")


def got(target: str, **headers: str) -> Call:
    return Call("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})


def media(content_type: str | None, **headers: str) -> Call:
    """A session that is in order under a Content-Type that is not."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {} if content_type is None else {"Content-Type": content_type}
    return Call("PUT", SESSION, json.dumps(a_session()).encode(), {**kind, **named})


def keyed(*keys: str) -> Call:
    """A session that is in order under Idempotency-Key headers that are not."""
    body = json.dumps(a_session()).encode()
    named = [("Idempotency-Key", key) for key in keys]
    return Call("POST", "/sessions", body, [*SAID_SO.items(), *named])


def packed(plain: bytes) -> Call:
    return sent(gzip.compress(plain), Content_Encoding="gzip")


FINE = json.dumps(a_session()).encode()
NESTED = '"x": {}{}'
Row = tuple[Call, str]

STRINGS: dict[str, Row] = {
    "NUL in a string": (session(f'"notes": "{MARK}\\u0000"'), "400 malformed-json"),
    "NUL in a nested key": (session(f'"device": {{"{MARK}\\u0000": 1}}'), "400 malformed-json"),
    "NUL as it is": (session('"notes": "\0"'), "400 malformed-json"),
    "half a surrogate pair": (session(f'"notes": "{MARK}\\ud800"'), "422 validation-failed"),
    "half a pair in a key": (session('"x\\udc00": 1'), "422 validation-failed"),
    "a pair the wrong way round": (session('"notes": "\\udc00\\ud800"'), "422 validation-failed"),
    "a note of 2,001 characters": (session(f'"notes": "{"ä" * 2001}"'), "422 validation-failed"),
    "10,000 combining marks": (session(f'"notes": "{chr(0x301) * 10_000}"'),
                               "422 validation-failed"),
    "20 MB of a string": (session(f'"notes": "{"x" * 20_000_000}"'), "413 content-too-large"),
    "an athlete without a name": (sent(json.dumps(a_session(athlete_id=""))),
                                  "422 validation-failed"),
    "an athlete of 129 characters": (sent(json.dumps(a_session(athlete_id="x" * 129))),
                                     "422 validation-failed"),
    "an athlete that is a number": (sent(json.dumps(a_session(athlete_id=7))),
                                    "422 validation-failed"),
    "no athlete": (sent(json.dumps(a_session(athlete_id=None))), "422 validation-failed"),
    "a slug of 101 characters": (done(f'"exercise2": 1, "rpe_scale": "{MARK * 17}"'),
                                 "422 validation-failed"),
    "an unknown status": (session(f'"status": "{MARK}"'), "422 validation-failed"),
    "an unknown side": (done(f'"kind": "{MARK}"'), "422 validation-failed"),
    "an id that is none": (session(f'"session_id": "{MARK}"'), "422 validation-failed"),
    "an id in braces": (session(f'"session_id": "{{{ID}}}"'), "422 validation-failed"),
    "an id without dashes": (session(f'"session_id": "{ID.replace("-", "")}"'),
                             "422 validation-failed"),
}  # fmt: skip

NUMBERS: dict[str, Row] = {
    "1e999": (session('"srpe": 1e999'), "422 validation-failed"),
    "minus 1e999": (session('"srpe": -1e999'), "422 validation-failed"),
    "1e999 in a field that nobody knows": (session('"x": [1e999]'), "422 validation-failed"),
    "NaN": (session('"srpe": NaN'), "400 malformed-json"),
    "Infinity": (session('"srpe": Infinity'), "400 malformed-json"),
    "minus Infinity": (session('"srpe": -Infinity'), "400 malformed-json"),
    "nan as a string": (session('"srpe": "nan"'), "422 validation-failed"),
    "5,000 digits": (done(f'"reps": {"9" * 5_000}'), "422 validation-failed"),
    "5,000 digits in a field that nobody knows": (session(f'"x": {"9" * 5_000}'),
                                                  "422 validation-failed"),
    "2 to the 31": (done('"reps": 2147483648'), "422 validation-failed"),
    "2 to the 63": (done('"reps": 9223372036854775808'), "422 validation-failed"),
    "a version of 2 to the 53": (session('"version": 9007199254740992'), "422 validation-failed"),
    "a negative version": (session('"version": -1'), "422 validation-failed"),
    "true reps": (done('"reps": true'), "422 validation-failed"),
    "reps as a string": (done('"reps": "15"'), "422 validation-failed"),
    "reps with a decimal point": (done('"reps": 15.0'), "422 validation-failed"),
    "reps and a half": (done('"reps": 15.5'), "422 validation-failed"),
    "reps as a list": (done('"reps": [15]'), "422 validation-failed"),
    "reps as an object": (done('"reps": {}'), "422 validation-failed"),
    "a true load": (done('"load_kg": true'), "422 validation-failed"),
    "a load as a string": (done('"load_kg": "15"'), "422 validation-failed"),
    "a load of 1e-320": (done('"load_kg": 1e-320'), "422 validation-failed"),
    "a load of five decimals": (done('"load_kg": 0.00001'), "422 validation-failed"),
    "a negative load": (done('"load_kg": -1'), "422 validation-failed"),
    "a load of 1,000.5": (done('"load_kg": 1000.5'), "422 validation-failed"),
    "a load in stones": (done(f'"load": {{"value": 1, "unit": "{MARK}"}}'),
                         "422 validation-failed"),
    "reps below zero": (done('"reps": -1'), "422 validation-failed"),
    "1,001 reps": (done('"reps": 1001'), "422 validation-failed"),
    "an RPE of 10.01": (done('"rpe": 10.01'), "422 validation-failed"),
    "a RIR of 11": (done('"rir": 11'), "422 validation-failed"),
    "pain of 10.5": (done('"pain": 10.5'), "422 validation-failed"),
    "pain below zero": (done('"pain": -0.5'), "422 validation-failed"),
    "morning pain of 11": (session('"morning_pain": {"score": 11}'), "422 validation-failed"),
    "morning pain without a score": (session('"morning_pain": {}'), "422 validation-failed"),
    "a day of a set": (done('"duration_s": 86401'), "422 validation-failed"),
    "week 0": (session('"week": 0'), "422 validation-failed"),
    "week 53": (session('"week": 53'), "422 validation-failed"),
    "21 red flags": (session(f'"red_flags": {json.dumps(["x"] * 21)}'), "422 validation-failed"),
    "a set index of 2 to the 15": (done('"set_index": 32768'), "422 validation-failed"),
}  # fmt: skip

JSON: dict[str, Row] = {
    "33 levels": (session(NESTED.format("[" * 32, "]" * 32)), "400 malformed-json"),
    "33 levels between brackets in strings": (session('"x": ' + '["]",' * 33 + "1" + ',"["]' * 33),
                                              "400 malformed-json"),
    "1,000 levels": (session(NESTED.format("[" * 1_000, "]" * 1_000)), "400 malformed-json"),
    "100,000 levels": (sent("[" * 100_000), "400 malformed-json"),
    "100,000 objects deep": (sent('{"a":' * 100_000), "400 malformed-json"),
    "100,000 keys": (sent(json.dumps(dict.fromkeys(range(100_001), 1)), "/sessions/batch"),
                     "422 validation-failed"),
    "260,000 keys": (sent(json.dumps(dict.fromkeys(range(260_000), 1)), "/sessions/batch"),
                     "413 content-too-large"),
    "50,001 keys at once": (sent(json.dumps(dict.fromkeys(range(50_001), 1))),
                            "413 content-too-large"),
    "the same key twice": (session(f'"notes": "{MARK}", "notes": "b"'), "400 malformed-json"),
    "the same key twice, nested": (session('"device": {"model": "a", "model": "a"}'),
                                   "400 malformed-json"),
    "a byte order mark": (sent(b"\xef\xbb\xbf" + FINE), "400 malformed-json"),
    "UTF-16": (sent(FINE.decode().encode("utf-16")), "400 malformed-json"),
    "a byte of Latin-1": (sent(session('"notes": "x"').body.replace(b'"x"', b'"\xe4"')  # type: ignore[union-attr]
                               ), "400 malformed-json"),
    "nothing": (sent(b""), "400 malformed-json"),
    "blanks": (sent(b" \n"), "400 malformed-json"),
    "null": (sent(b"null"), "422 validation-failed"),
    "a list": (sent(b"[]"), "422 validation-failed"),
    "a string": (sent(f'"{MARK}"'), "422 validation-failed"),
    "a batch of nothing": (sent(b'{"sessions": []}', "/sessions/batch"), "422 validation-failed"),
    "a batch of null": (sent(b'{"sessions": null}', "/sessions/batch"), "422 validation-failed"),
    "a batch without sessions": (sent(b"{}", "/sessions/batch"), "422 validation-failed"),
    "two values": (sent(FINE + b"{}"), "400 malformed-json"),
    "half of it": (sent(FINE[:-9]), "400 malformed-json"),
    "a trailing comma": (sent(FINE[:-1] + b",}"), "400 malformed-json"),
    "a comment": (sent(FINE + b"// x"), "400 malformed-json"),
    "single quotes": (sent(FINE.replace(b'"', b"'")), "400 malformed-json"),
}  # fmt: skip

MEDIA: dict[str, Row] = {
    "no Content-Type": (media(None), "415 unsupported-media-type"),
    "an empty Content-Type": (media(""), "415 unsupported-media-type"),
    "plain text": (media("text/plain"), "415 unsupported-media-type"),
    "a form": (media("application/x-www-form-urlencoded"), "415 unsupported-media-type"),
    "multipart without a boundary": (media("multipart/form-data"), "415 unsupported-media-type"),
    "text that says json": (media("text/json"), "415 unsupported-media-type"),
    "JSON in Latin-1": (media("application/json; charset=latin-1"), "415 unsupported-media-type"),
    "JSON in UTF-16": (media('application/json; charset="utf-16"'), "415 unsupported-media-type"),
    "gzip that is not declared": (sent(gzip.compress(FINE)), "400 malformed-json"),
    "gzip that is none": (sent(FINE, Content_Encoding="gzip"), "400 malformed-json"),
    "gzip cut short": (sent(gzip.compress(FINE)[:-4], Content_Encoding="gzip"),
                       "400 malformed-json"),
    "gzip followed by something": (sent(gzip.compress(FINE) + b"x", Content_Encoding="gzip"),
                                   "400 malformed-json"),
    "a gzip bomb": (packed(b'"%s"' % (b"\0" * 10_000_000)), "413 content-too-large"),
    "more than 8 MiB in gzip": (packed(b'"%s"' % bytes(range(35, 92)) * 160_000),
                                "413 content-too-large"),
    "brotli": (sent(FINE, Content_Encoding="br"), "415 unsupported-media-type"),
    "gzip twice": (sent(gzip.compress(gzip.compress(FINE)), Content_Encoding="gzip, gzip"),
                   "415 unsupported-media-type"),
    "a byte over 1 MiB": (sent(FINE + b" " * (2**20 + 1 - len(FINE))), "413 content-too-large"),
    "chunks over 1 MiB": (Call("PUT", SESSION, b" " * (2**20 + 1), SAID_SO, chunked=True),
                          "413 content-too-large"),
    "a batch of over 4 MiB": (sent(b" " * (2**22 + 1), "/sessions/batch"),
                              "413 content-too-large"),
}  # fmt: skip

TIMES: dict[str, Row] = {
    "no offset": (began("2024-05-06T18:30:00"), "422 validation-failed"),
    "a day": (began("2024-05-06"), "422 validation-failed"),
    "a blank between": (began("2024-05-06 18:30:00Z"), "422 validation-failed"),
    "the epoch": (began(0), "422 validation-failed"),
    "10 to the 18": (began(10**17), "422 validation-failed"),
    "a float": (began(1714998600.0), "422 validation-failed"),
    "the year 0": (began("0000-05-06T18:30:00Z"), "422 validation-failed"),
    "the year 1999": (began("1999-12-31T23:59:59Z"), "422 validation-failed"),
    "the end of all years": (began("9999-12-31T23:59:59-23:59"), "422 validation-failed"),
    "the beginning of all years": (began("0001-01-01T00:00:00+23:59"), "422 validation-failed"),
    "a leap second": (began("2016-12-31T23:59:60Z"), "422 validation-failed"),
    "hour 24": (began("2024-05-06T24:00:00Z"), "422 validation-failed"),
    "29 February of no leap year": (began("2023-02-29T12:00:00Z"), "422 validation-failed"),
    "an offset of 24 hours": (began("2024-05-06T18:30:00+24:00"), "422 validation-failed"),
    "an offset of seconds": (began("2024-05-06T18:30:00+01:00:30"), "422 validation-failed"),
    "other digits": (began("\uff12\uff10\uff12\uff14-05-06T18:30:00Z"), "422 validation-failed"),
    "a line break after it": (began("2024-05-06T18:30:00Z\n"), "422 validation-failed"),
    "null": (sent(json.dumps(a_session() | {"started_at": None})), "422 validation-failed"),
    "no moment": (sent(json.dumps(a_session(started_at=None))), "422 validation-failed"),
    "an end before 2000": (session('"ended_at": "1999-12-31T23:59:59Z"'), "422 validation-failed"),
    "a set in the year 9999": (
        sent(json.dumps(a_session(sets=[a_set(performed_at="9999-12-31T23:59:59-23:59")]))),
        "422 validation-failed",
    ),
    "a live set before 2000": (
        sent(json.dumps(a_set(athlete_id="x", performed_at="1999-12-31T23:59:59Z")), LIVE),
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
    "limit in other digits": (listing("limit=%D9%A3"), "422 validation-failed"),
    "limit left empty": (listing("limit="), "422 validation-failed"),
    "limit as a word": (listing(f"limit={MARK}"), "422 validation-failed"),
    "limit twice": (listing("limit=1&limit=2"), "400 ambiguous-parameter"),
    "limit twice the same": (listing("limit=1&limit=1"), "400 ambiguous-parameter"),
    "an offset": (listing("offset=0"), "400 unknown-parameter"),
    "a parameter of another operation": (listing("version=1"), "400 unknown-parameter"),
    "a parameter without a name": (listing("=1"), "400 unknown-parameter"),
    "a parameter where there is none": (got(f"{SESSION}?fields=notes"), "400 unknown-parameter"),
    "a misspelled spec": (got("/programs?week=3"), "400 unknown-parameter"),
    "NUL in the query": (listing("athlete_id=%00"), "400 unknown-parameter"),
    "a broken escape in the query": (listing("athlete_id=%zz"), "400 unknown-parameter"),
    "half an escape in the query": (listing("athlete_id=%4"), "400 unknown-parameter"),
    "an athlete of 129 characters": (listing("athlete_id=" + "x" * 129), "422 validation-failed"),
    "an empty athlete": (listing("athlete_id="), "422 validation-failed"),
    "a day that is none": (listing(f"from={MARK}"), "422 validation-failed"),
    "a moment without an offset": (listing("from=2024-05-06T00:00:00"), "422 validation-failed"),
    "30 February": (listing("to=2024-02-30"), "422 validation-failed"),
    "from the end of all years": (listing("from=9999-12-31T23:59:59-23:59"),
                                  "422 validation-failed"),
    "to the beginning of all years": (listing("to=0001-01-01T00:00:00%2B23:59"),
                                      "422 validation-failed"),
    "a cursor that is none": (listing(f"cursor={MARK}"), "400 invalid-cursor"),
    "a cursor of other letters": (listing("cursor=%C3%A4"), "400 invalid-cursor"),
    "a cursor that nobody signed": (listing("cursor=" + "A" * 48), "400 invalid-cursor"),
    "a cursor of 201 characters": (listing("cursor=" + "A" * 201), "422 validation-failed"),
    "a version that is none": (Call("DELETE", f"{SESSION}?version={MARK}"),
                               "422 validation-failed"),
    "a negative version": (Call("DELETE", f"{SESSION}?version=-1"), "422 validation-failed"),
    "a version of 2 to the 63": (Call("DELETE", f"{SESSION}?version=9223372036854775808"),
                                 "422 validation-failed"),
}  # fmt: skip

PATHS: dict[str, Row] = {
    "NUL": (got("/sessions/%00"), "400 malformed-json"),
    "NUL in a slug": (got("/exercises/step-up%00"), "400 malformed-json"),
    "a broken escape": (got("/sessions/%zz"), "400 malformed-json"),
    "up and away": (got("/exercises/..%2f..%2fetc"), "404 not-found"),
    "up and away in dots": (got("/exercises/../../etc"), "404 not-found"),
    "a slug of 60 KB": (got("/exercises/" + "x" * 60_000), "414 uri-too-long"),
    "a slash behind": (got("/sessions/x/"), "404 not-found"),
    "a slash behind a list": (got("/sessions/"), "404 not-found"),
    "a slash before": (got("//sessions"), "404 not-found"),
    "nothing of ours": (got(f"/{MARK}"), "404 not-found"),
    "an id that is none": (got(f"/sessions/{MARK}"), "422 validation-failed"),
    "an id of a number": (got("/sessions/2147483648"), "422 validation-failed"),
    "an id and one more": (got(f"{SESSION}0"), "422 validation-failed"),
    "an id in braces": (got(f"/sessions/%7B{ID}%7D"), "422 validation-failed"),
    "an id with blanks": (got(f"/sessions/%20{ID}%20"), "422 validation-failed"),
    "an id with a line break": (got(f"{SESSION}%0A"), "422 validation-failed"),
    "an id in other digits": (got("/sessions/" + ID.replace("0", "%D9%A0", 1)),
                              "422 validation-failed"),
    "an id that nobody has": (got(SESSION), "404 not-found"),
    "week 0": (got("/programs/x/weeks/0"), "422 validation-failed"),
    "week -1": (got("/programs/x/weeks/-1"), "422 validation-failed"),
    "week 1.0": (got("/programs/x/weeks/1.0"), "422 validation-failed"),
    "week with blanks": (got("/programs/x/weeks/%201%20"), "422 validation-failed"),
    "week 2 to the 63": (got("/programs/x/weeks/9223372036854775808"), "422 validation-failed"),
    "a programme that is none": (got(f"/programs/{MARK}"), "404 not-found"),
    "an exercise that is none": (got(f"/exercises/{MARK}"), "404 not-found"),
    "a problem that is none": (got(f"/problems/{MARK}"), "404 not-found"),
    "the wrong method": (Call("PATCH", SESSION), "405 method-not-allowed"),
    "a method that is none": (Call("BREW", "/sessions"), "405 method-not-allowed"),
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
        Call("GET", "/sessions", headers=[("Authorization", MARK), ("Authorization", MARK)]),
        "400 invalid-header",
    ),
    "an Authorization of 8 KB": (got("/sessions", Authorization="Bearer " + "x" * 8_000),
                                 "401 unauthenticated"),
}  # fmt: skip

DOMAIN: dict[str, Row] = {
    "501 sessions": (batch(*[a_session()] * 501), "422 validation-failed"),
    "5,001 sets of one session": (sent(json.dumps(a_session(sets=[{}] * 5_001))),
                                  "422 validation-failed"),
    "two sets with one id": (
        sent(json.dumps(a_session(sets=[a_set(set_id=ID), a_set(set_id=ID, reps=1)]))),
        "422 validation-failed",
    ),
    "another id than the address": (session('"session_id": "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6e"'),
                                    "422 validation-failed"),
    "a live set without an athlete": (sent(json.dumps(a_set()), LIVE), "422 validation-failed"),
    "a live set without a moment": (sent(b'{"athlete_id": "x", "exercise": "step-up"}', LIVE),
                                    "422 validation-failed"),
    "a programme of 0 weeks": (sent(b'{"weeks": 0}', "/programs"), "422 validation-failed"),
    "a programme of 53 weeks": (sent(b'{"weeks": 53}', "/programs"), "422 validation-failed"),
    "a programme of 10 to the 9 weeks": (sent(b'{"weeks": 1000000000}', "/programs"),
                                         "422 validation-failed"),
    "a race before the start": (
        sent(b'{"start_date": "2026-05-04", "race_date": "2026-05-03"}', "/programs"),
        "422 validation-failed",
    ),
    "a typing error in a spec": (sent(b'{"week": 3}', "/programs"), "422 validation-failed"),
    "a level that is none": (sent(f'{{"level": "{MARK}"}}', "/programs"), "422 validation-failed"),
    "a time zone that is none": (sent(f'{{"timezone": "{MARK}"}}', "/programs"),
                                 "422 validation-failed"),
}  # fmt: skip

KINDS = {
    "strings": STRINGS, "numbers": NUMBERS, "JSON": JSON, "media": MEDIA, "times": TIMES,
    "queries": QUERIES, "paths": PATHS, "headers": HEADERS, "domain": DOMAIN,
}  # fmt: skip
TABLE = {f"{kind}: {name}": row for kind, rows in KINDS.items() for name, row in rows.items()}
