"""The judge of the durability tests has to see every kind of damage."""

from tests.durability.diary import Diary, Json, Write, compare

ID = "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"


def session(*sets: Json, notes: str | None = "a", srpe: int = 5) -> Json:
    return {"session_id": ID, "notes": notes, "srpe": srpe, "sets": list(sets)}


def done(name: str, reps: int = 10) -> Json:
    return {"rpe_scale": name, "reps": reps}


def promised(**acknowledged: Json | None) -> Diary:
    return Diary(acknowledged=acknowledged)


def abandoned(diary: Diary, **effects: Json | None) -> Diary:
    diary.give_up(Write("PUT", "/sessions", {}, effects))
    return diary


class TestCompare:
    def test_is_content_when_all_stands(self) -> None:
        diary = promised(a={"srpe": 5}, b={"reps": 10, "session_id": ID}, c=None)
        assert compare([diary], [session(done("b"))]) == []

    def test_finds_a_lost_set(self) -> None:
        assert compare([promised(b={"reps": 10})], [session(notes=None)]) == [
            "lost: b, which was {'reps': 10}"
        ]

    def test_finds_a_lost_session(self) -> None:
        assert compare([promised(a={"srpe": 5})], []) == ["lost: a, which was {'srpe': 5}"]

    def test_finds_changed_content(self) -> None:
        found = compare([promised(a={"srpe": 5})], [session(srpe=6)])
        assert found == ["changed: a, which was {'srpe': 5}"]

    def test_finds_what_was_deleted_and_is_there(self) -> None:
        found = compare([promised(a={}, b=None)], [session(done("b"))])
        assert found == ["changed: b, which was None"]

    def test_finds_what_is_there_twice(self) -> None:
        diary = promised(a={}, b={"reps": 10})
        assert compare([diary], [session(done("b"), done("b"))]) == ["doubled: b"]
        assert compare([promised(a={})], [session(), session()]) == ["doubled: a"]

    def test_finds_what_nobody_has_sent(self) -> None:
        assert compare([promised(a={})], [session(done("x"))]) == ["stranger: x"]

    def test_finds_half_of_an_unacknowledged_write(self) -> None:
        diary = abandoned(Diary(), a={"srpe": 5}, b={"reps": 10})
        assert compare([diary], [session()]) == ["half: PUT /sessions of a, b"]

    def test_finds_half_of_an_unacknowledged_change(self) -> None:
        diary = abandoned(promised(a={"srpe": 5}, b={"reps": 10}), a={"srpe": 6}, b={"reps": 11})
        assert compare([diary], [session(done("b", 10), srpe=6)]) == ["half: PUT /sessions of a, b"]
        assert compare([diary], [session(done("b", 10), srpe=5)]) == []
        assert compare([diary], [session(done("b", 11), srpe=6)]) == []

    def test_takes_an_unacknowledged_write_whole_or_absent(self) -> None:
        diary = abandoned(Diary(), a={"srpe": 5}, b={"reps": 10})
        assert compare([diary], [session(done("b"))]) == []
        assert compare([diary], []) == []

    def test_passes_surprises_on(self) -> None:
        assert compare([Diary(surprises=["500 for PUT"])], []) == ["500 for PUT"]
