"""The comparison of the durability tests must find every kind of damage."""

from tests.durability.acknowledgements import Json, Write, WriteRecord, find_broken_promises

ID = "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"


def make_session(*sets: Json, notes: str | None = "a", srpe: int = 5) -> Json:
    return {"session_id": ID, "notes": notes, "srpe": srpe, "sets": list(sets)}


def make_set(name: str, reps: int = 10) -> Json:
    return {"rpe_scale": name, "reps": reps}


def make_record(**acknowledged: Json | None) -> WriteRecord:
    return WriteRecord(acknowledged=acknowledged)


def give_up(record: WriteRecord, **expected: Json | None) -> WriteRecord:
    record.give_up(Write("PUT", "/sessions", {}, expected))
    return record


class TestFindBrokenPromises:
    def test_finds_nothing_when_everything_is_stored(self) -> None:
        record = make_record(a={"srpe": 5}, b={"reps": 10, "session_id": ID}, c=None)
        assert find_broken_promises([record], [make_session(make_set("b"))]) == []

    def test_finds_a_lost_set(self) -> None:
        assert find_broken_promises([make_record(b={"reps": 10})], [make_session(notes=None)]) == [
            "lost: b, which was {'reps': 10}"
        ]

    def test_finds_a_lost_session(self) -> None:
        assert find_broken_promises([make_record(a={"srpe": 5})], []) == [
            "lost: a, which was {'srpe': 5}"
        ]

    def test_finds_changed_content(self) -> None:
        found = find_broken_promises([make_record(a={"srpe": 5})], [make_session(srpe=6)])
        assert found == ["changed: a, which was {'srpe': 5}"]

    def test_finds_a_deleted_set_that_is_stored(self) -> None:
        found = find_broken_promises([make_record(a={}, b=None)], [make_session(make_set("b"))])
        assert found == ["changed: b, which was None"]

    def test_finds_a_set_or_session_that_is_stored_twice(self) -> None:
        record = make_record(a={}, b={"reps": 10})
        assert find_broken_promises([record], [make_session(make_set("b"), make_set("b"))]) == [
            "duplicated: b"
        ]
        assert find_broken_promises([make_record(a={})], [make_session(), make_session()]) == [
            "duplicated: a"
        ]

    def test_finds_a_set_that_nobody_has_sent(self) -> None:
        assert find_broken_promises([make_record(a={})], [make_session(make_set("x"))]) == [
            "unknown: x"
        ]

    def test_finds_a_partial_unacknowledged_write(self) -> None:
        record = give_up(WriteRecord(), a={"srpe": 5}, b={"reps": 10})
        assert find_broken_promises([record], [make_session()]) == [
            "partial: PUT /sessions of a, b"
        ]

    def test_finds_a_partial_unacknowledged_change(self) -> None:
        record = give_up(make_record(a={"srpe": 5}, b={"reps": 10}), a={"srpe": 6}, b={"reps": 11})
        assert find_broken_promises([record], [make_session(make_set("b", 10), srpe=6)]) == [
            "partial: PUT /sessions of a, b"
        ]
        assert find_broken_promises([record], [make_session(make_set("b", 10), srpe=5)]) == []
        assert find_broken_promises([record], [make_session(make_set("b", 11), srpe=6)]) == []

    def test_accepts_an_unacknowledged_write_in_full_or_not_at_all(self) -> None:
        record = give_up(WriteRecord(), a={"srpe": 5}, b={"reps": 10})
        assert find_broken_promises([record], [make_session(make_set("b"))]) == []
        assert find_broken_promises([record], []) == []

    def test_reports_unexpected_responses(self) -> None:
        assert find_broken_promises([WriteRecord(unexpected=["500 for PUT"])], []) == [
            "500 for PUT"
        ]
