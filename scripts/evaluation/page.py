"""The page for people, made of the figures and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evaluation.curves import Axis, Dot, Line, dots, lines, share_axis
from evaluation.experiments import AT_RANDOM, FAST, FULL, MODELS, REVIEWED
from textmine.tagging.classifier import FEWEST_CLAUSES

Figures = Mapping[str, Any]

GOOD = 0.75  # an F1 below this is called weak
FEW = 40  # a code on fewer clauses of a language has a figure that a few more could overturn
TRUSTED = 0.9  # a share of wholly right clauses from which they need no second reading
# To be kept true by whoever changes a setting of the model: on what was it chosen?
SETTINGS = (
    "A few settings of the models that hold for all codes (the strength of the regression, the "
    "weights of keywords, words and meaning against each other) were chosen by comparing results "
    "on the sample documents, and later on all of these clauses and on trade agreements of others. "
    "Folds do not undo such a choice, so the figures are a little kind; only texts that "
    "nobody looked at would tell by how much."
)
NAMES = {"all": "both", "fa": "Persian", "en": "English"}
STYLES = {FULL: 0, FAST: 1}
WAYS = (REVIEWED, AT_RANDOM)


def page(figures: Figures) -> str:
    """The evaluation as Markdown."""
    parts = [
        "# How well the theme model codes",
        "Made by `scripts/evaluate`; every figure, with all its digits, is in "
        "[evaluation.json](evaluation.json). Read the data sheet "
        "[corpus/README.md](../corpus/README.md) beside it.",
        "\n".join(f"{number}. {said}" for number, said in enumerate(_told(figures), 1)),
        *_side_by_side(figures),
        *_by_code(figures),
    ]
    for name, section in (
        ("across", _across),
        ("few_examples", _few),
        ("active", _active),
        ("certainty", _certainty),
        ("external", _external),
        ("cost", _cost),
    ):
        if figures.get(name):
            parts += section(figures)
    parts += _method(figures)
    return "\n\n".join(parts) + "\n"


def curves(figures: Figures) -> dict[str, str]:
    """The charts by name, as SVG text."""
    found = {"side-by-side": _chart_of_coders(figures), "codes": _chart_of_codes(figures)}
    if "few_examples" in figures:
        found["examples"] = _chart_of_examples(figures)
        found["documents"] = _chart_of_documents(figures)
    if "active" in figures:
        found["active"] = _chart_of_active(figures)
    if "certainty" in figures:
        found["calibration"] = _chart_of_calibration(figures)
        found["coverage"] = _chart_of_coverage(figures)
    return found


# -- the five sentences ----------------------------------------------------------------------------


def _told(figures: Figures) -> Iterator[str]:
    about, rows = figures["about"], figures["side_by_side"]["rows"]
    full = {row["language"]: row for row in rows if row["coder"] == FULL}
    fast = {row["language"]: row for row in rows if row["coder"] == FAST}
    dictionary = {row["language"]: row for row in rows if row["coder"] == "dictionary"}
    yield (
        f"**What the figures are of.** {about['clauses']:,} clauses of {about['documents']} "
        "documents that were written for this project, with the help of a language model; their "
        "codes were **decided by language models too**, not by people. A figure says how well a "
        "model repeats such decisions on documents it has not seen, not how near it comes to you."
    )
    yield (
        "**How well.** Macro-F1 of the full model is "
        f"{_both(full)}, of the fast model {_both(fast)}, of the codebook's keywords alone "
        f"{_both(dictionary)}{_coders_reach(figures)}. A few settings were chosen on these same "
        "clauses, so the models' figures are a little kind."
    )
    yield "**Where it is weak.** " + _weak(figures)
    yield "**Away from home.** " + (_elsewhere(figures) or "Not measured in this run.")
    yield "**What to do.** " + _advice(figures)


def _both(rows: Mapping[str, Figures]) -> str:
    said = [
        f"{_interval(rows[language]['macro_f1'])} in {NAMES[language]}"
        for language in ("fa", "en")
        if language in rows
    ]
    return " and ".join(said)


def _coders_reach(figures: Figures) -> str:
    scores = {row["language"]: row for row in figures["coders"].get("scores", ())}
    if "all" not in scores:
        return ""
    row = scores["all"]
    return (
        f"; the two coders, measured against each other, reach {row['macro_f1']:.2f} "
        f"({row['clauses']:,} clauses)"
    )


def _code_rows(figures: Figures, coder: str = FULL) -> list[Figures]:
    return [
        row for row in figures["by_code"]["rows"] if row["coder"] == coder and row["f1"] is not None
    ]


def _weak(figures: Figures) -> str:
    rows = sorted(_code_rows(figures), key=lambda row: row["f1"])
    weak = sum(row["f1"] < GOOD for row in rows)
    many = f"{weak} of {len(rows)} pairs of code and language have an F1 below {GOOD:.2f}"
    lowest = _listed_codes(rows[:5])
    return (
        f"{many if weak else f'No code falls below an F1 of {GOOD:.2f} in either language'}; the "
        f"lowest are {lowest}. Check these by hand before you count."
    )


def _listed_codes(rows: Iterable[Figures]) -> str:
    return ", ".join(
        f"{row['code']} in {NAMES[row['language']]} ({row['f1']:.2f}, n = {row['support']})"
        for row in rows
    )


def _elsewhere(figures: Figures) -> str:
    said = []
    across = figures.get("across", {})
    crossed = [
        row
        for row in across.get("languages", ())
        if row["coder"] == FULL and row["learn"] != row["test"]
    ]
    if crossed:
        said.append(
            "trained on one language and tested on the other, the full model reaches "
            + " and ".join(
                f"{row['macro_f1']['value']:.2f} ({NAMES[row['learn']]} to {NAMES[row['test']]})"
                for row in crossed
            )
        )
    sources = [
        row
        for row in across.get("sources", ())
        if row["coder"] == FULL and row["language"] == "all"
    ]
    if sources:
        said.append(
            "trained on all sources but one and tested on that one "
            + " and ".join(f"{row['macro_f1']['value']:.2f} ({row['test']})" for row in sources)
        )
    for source in figures.get("external", ()):
        row = next(row for row in source["rows"] if (row["coder"], row["learn"]) == (FULL, "ours"))
        said.append(
            f"on {source['name']} that others wrote its first code is the label's for "
            f"{row['first_right']:.0%} of {source['clauses']:,} texts"
        )
    if not said:
        return ""
    joined = "; ".join(said)
    return f"{joined[0].upper()}{joined[1:]}."


def _advice(figures: Figures) -> str:
    told = ""
    if "certainty" in figures:
        found = figures["certainty"][FULL]
        sure, rest = found["sure"], found["not_sure"]
        if sure["clauses"] and rest["clauses"]:
            told = (
                f"Of the clauses the model calls *sure* ({sure['share']:.0%} of all) "
                f"{sure['wholly_right']:.0%} are wholly right, of the others "
                f"{rest['wholly_right']:.0%}: "
            )
            told += (
                "read the others yourself. "
                if sure["wholly_right"] >= TRUSTED
                else "read every clause that your argument rests on, whatever the model calls it. "
            )
    return (
        f"{told}Code some documents of your own, retrain, and report reliability between yourself "
        "and the model: no figure of this page stands in for that."
    )


# -- sections --------------------------------------------------------------------------------------


def _side_by_side(figures: Figures) -> Iterator[str]:
    section, about = figures["side_by_side"], figures["about"]
    yield "## 1. Side by side, on documents left out"
    yield (
        f"Documents were dealt into {about['folds']} parts; each was coded by a coder trained on "
        "the others, calibration and thresholds included. "
        f"{section['left_out']:,} clauses were kept out of a training because a clause under test "
        "reads like them (four fifths of their words) or is their translation. Brackets: 95 % "
        "interval over resampled documents. mAP is the mean average precision over codes; *first "
        "right* the share of clauses with a code whose most probable code is one of theirs; "
        "calibration error counts all decisions, of which most are plain refusals (section 5 "
        "leaves those out)."
    )
    yield _picture("side-by-side", "Macro-F1 of each coder in Persian and English")
    for language in ("fa", "en", "all"):
        rows = [row for row in section["rows"] if row["language"] == language]
        if not rows:
            continue
        yield f"**{_of(language, rows[0])}**"
        yield _table(
            ("coder", "macro-F1", "micro-F1", "mAP", "first right", "calibration error"),
            [
                (
                    row["coder"],
                    _interval(row["macro_f1"]),
                    _interval(row["micro_f1"]),
                    _figure(row["mean_average_precision"]),
                    _figure(row["first_right"]),
                    f"{row['calibration_error']:.3f}",
                )
                for row in rows
            ],
        )
    scores = figures["coders"].get("scores")
    if scores:
        yield "The first blind coder, measured against the second as if it were a model:"
        yield _table(
            ("language", "clauses", "documents", "macro-F1", "micro-F1", "same set of codes"),
            [
                (
                    NAMES[row["language"]],
                    f"{row['clauses']:,}",
                    row["documents"],
                    _figure(row["macro_f1"]),
                    _figure(row["micro_f1"]),
                    f"{row['same_codes']:.0%}",
                )
                for row in scores
            ],
        )
    yield (
        "What the full model adds to each, in macro-F1 on all clauses: "
        + "; ".join(f"to {one['coder']} {_signed(one)}" for one in section["gains"])
        + "."
    )
    yield (
        "*Dictionary*: a code applies where a keyword of the codebook stands. *TF-IDF alone*: "
        "words and pieces of words. *Embeddings alone*: the sentence vector, centred by language, "
        "and its likeness to the codes' definitions. *Zero-shot*: that likeness with no coded "
        "clause at all; the middle of each language, and the two bell curves that part near from "
        "far, are fitted to the training clauses without their codes. *Fast model*: keywords, "
        "words and pieces of words. *Full model*: all of it."
    )


def _by_code(figures: Figures) -> Iterator[str]:
    names = figures["about"]["codes"]
    coders = figures["coders"]
    alphas = {(row["language"], row["code"]): row for row in coders.get("rows", ())}
    yield "## 2. Each code"
    if alphas:
        first = next(iter(alphas.values()))
        yield (
            "n counts the clauses that carry the code. Alpha is Krippendorff's alpha of the two "
            f"blind coders on {first['units']:,} clauses of {first['documents']} documents in both "
            "languages: language models both, so they agree more readily than people would. No "
            "model can be trusted further than its coders agree."
        )
    else:
        yield f"The reliability of the coders is not computable: {coders['reason']}."
    yield _picture("codes", "F1 of the full model by code, Persian and English")
    for coder in (FULL, FAST):
        for language in ("fa", "en"):
            rows = [
                row
                for row in figures["by_code"]["rows"]
                if (row["coder"], row["language"]) == (coder, language)
            ]
            if not rows:
                continue
            yield f"**{coder.capitalize()}, {_of(language, _first(figures, language))}**"
            yield _table(
                ("code", "کد", "n", "precision", "recall", "F1", "average precision", "alpha"),
                [
                    (
                        names[row["code"]].get("en", row["code"]),
                        names[row["code"]].get("fa", ""),
                        row["support"],
                        _figure(row["precision"]),
                        _figure(row["recall"]),
                        _weight(row["f1"]),
                        _figure(row["average_precision"]),
                        _figure((alphas.get((language, row["code"])) or {}).get("alpha")),
                    )
                    for row in rows
                ],
            )
    told = f"F1 below {GOOD:.2f} is set in bold."
    for language in ("fa", "en"):
        rare = [
            row["code"]
            for row in _code_rows(figures)
            if row["language"] == language and row["support"] < FEW
        ]
        if rare:
            told += (
                f" On fewer than {FEW} clauses in {NAMES[language]}, and so a rough figure: "
                f"{', '.join(rare)}."
            )
    yield told


def _across(figures: Figures) -> Iterator[str]:
    across = figures["across"]
    yield "## 3. Across languages, sources and kinds"
    yield (
        "Trained on clauses of one language alone and tested on documents left out; a bilingual "
        "document under test is in no training in either language, nor are translations of its "
        "clauses. A language without training clauses is centred by the codebook's translation."
    )
    yield _table(
        ("coder", "trained on", "clauses learned", "tested on", "clauses", "documents", *_FIGURES),
        [
            (
                row["coder"],
                NAMES[row["learn"]],
                f"{row['learned']:,.0f}",
                NAMES[row["test"]],
                f"{row['clauses']:,}",
                row["documents"],
                _interval(row["macro_f1"]),
                _interval(row["micro_f1"]),
                _figure(row["mean_average_precision"]),
                f"{row['calibration_error']:.3f}",
            )
            for row in across["languages"]
        ],
    )
    if across["sources"]:
        yield "Tested on one source, trained on the others alone:"
        yield _table(
            (
                *("coder", "trained on", "clauses learned", "tested on", "language"),
                *("clauses", "documents", *_FIGURES),
            ),
            [
                (
                    row["coder"],
                    row["learn"] if row["coder"] != "dictionary" else "nothing",
                    f"{row['learned']:,.0f}" if row["coder"] != "dictionary" else "",
                    row["test"],
                    NAMES[row["language"]],
                    f"{row['clauses']:,}",
                    row["documents"],
                    _interval(row["macro_f1"]),
                    _interval(row["micro_f1"]),
                    _figure(row["mean_average_precision"]),
                    f"{row['calibration_error']:.3f}",
                )
                for row in across["sources"]
            ],
        )
    else:
        yield "All clauses come from one source, so nothing could be tested across sources."
    yield (
        "By kind of document, from the decisions of section 1 (macro-F1 over the codes that occur "
        "in that kind):"
    )
    yield _table(
        ("kind", "coder", "clauses", "documents", "macro-F1", "micro-F1", "first right"),
        [
            (
                row["kind"],
                row["coder"],
                f"{row['clauses']:,}",
                row["documents"],
                _interval(row["macro_f1"]),
                _interval(row["micro_f1"]),
                _figure(row["first_right"]),
            )
            for row in across["kinds"]
        ],
    )


def _few(figures: Figures) -> Iterator[str]:
    few = figures["few_examples"]
    one = few["examples"][0]
    yield "## 4. With few examples"
    yield (
        "The whole model refitted, calibration and thresholds included, to a few examples of each "
        "code (both languages together, and as many clauses without a code), or to a share of the "
        f"documents. Tested on {one['clauses']:,} clauses of {one['documents']} documents left "
        f"out; the mean of {few['seeds']} draws, with the lowest and the highest. A code with "
        f"fewer than {FEWEST_CLAUSES} clauses is not learned at all but follows the dictionary."
    )
    yield _picture("examples", "Macro-F1 by examples of each code")
    yield _table(
        ("examples of each code", *_LEARNED),
        list(_of_seeds(few["examples"], "each", str)),
    )
    yield _picture("documents", "Macro-F1 by clauses learned")
    yield _table(
        ("share of documents", *_LEARNED),
        list(_of_seeds(few["documents"], "share", "{:.0%}".format)),
    )


def _active(figures: Figures) -> Iterator[str]:
    active = figures["active"]
    whole = active["whole"]
    goal = 0.95 * whole["macro_f1"]
    yield "### Coding what the model doubts"
    yield (
        f"The full model, trained on clauses that `textmine review` chose batch by batch, or on as "
        f"many drawn at random; tested on {active['clauses']:,} clauses of "
        f"{active['documents']} documents left out, mean of {active['seeds']} orders, with the "
        "lowest and the highest. All "
        f"{whole['learned']:,} other clauses give {whole['macro_f1']:.2f}; 95 % of that, "
        f"{goal:.2f}, is reached with "
        + " and with ".join(f"{_reached(active['steps'], way, goal)} clauses {way}" for way in WAYS)
        + "."
    )
    yield _picture("active", "Macro-F1 by clauses coded, chosen by review and at random")
    yield _table(
        ("clauses coded", *WAYS),
        [
            (
                f"{learned:,}",
                *(
                    _interval(row["macro_f1"])
                    for way in WAYS
                    for row in active["steps"]
                    if (row["coder"], row["learned"]) == (way, learned)
                ),
            )
            for learned in dict.fromkeys(row["learned"] for row in active["steps"])
        ],
    )


def _reached(steps: Sequence[Figures], way: str, goal: float) -> str:
    reached = (
        row["learned"] for row in steps if row["coder"] == way and row["macro_f1"]["value"] >= goal
    )
    first = next(reached, None)
    return f"more than {steps[-1]['learned']:,}" if first is None else f"{first:,}"


def _of_seeds(rows: Sequence[Figures], key: str, said: Any) -> Iterator[tuple[object, ...]]:
    for value in dict.fromkeys(row[key] for row in rows):
        for coder in MODELS:
            some = {
                row["language"]: row for row in rows if (row[key], row["coder"]) == (value, coder)
            }
            yield (
                said(value),
                coder,
                f"{some['all']['learned']:,.0f}",
                *(
                    _interval(some[one]["macro_f1"]) if one in some else "–"
                    for one in ("all", "fa", "en")
                ),
                _figure(some["all"]["mean_average_precision"]),
            )


def _certainty(figures: Figures) -> Iterator[str]:
    found = figures["certainty"]
    one = found[FULL]
    yield "## 5. What probabilities and *sure* are worth"
    yield (
        f"From the decisions of section 1, on {one['clauses']:,} clauses of {one['documents']} "
        "documents. Of all decisions with the same probability, how many codes had been applied? "
        "On the dashed line it is as many as was said."
    )
    yield _picture("calibration", "Probability against the share of codes that were applied")
    yield _table(
        ("coder", "probability", "decisions", "mean probability", "share applied"),
        [
            (
                coder,
                _tenth(each["probability"]),
                f"{each['decisions']:,}",
                f"{each['probability']:.2f}",
                f"{each['share']:.2f}",
            )
            for coder in (FULL, FAST)
            for each in found[coder]["bins"]
        ],
    )
    yield (
        "Calibration error where the model says at least 0.1, and so sees a choice: "
        + ", ".join(
            f"{coder} {found[coder]['open_error']:.3f} ({found[coder]['open_decisions']:,} "
            "decisions)"
            for coder in (FULL, FAST)
        )
        + "."
    )
    yield (
        "Answering only the surest clauses. *Wholly right* is a clause whose set of codes is "
        "exactly the coded one."
    )
    yield _picture("coverage", "Share of clauses wholly right, by the share that is answered")
    yield _table(
        ("answered", "clauses", *(f"{coder}: {what}" for coder in (FULL, FAST) for what in _RIGHT)),
        [
            (
                f"{full['answered']:.0%}",
                f"{full['clauses']:,}",
                *(
                    f"{each['wholly_right']:.0%}"
                    if what == _RIGHT[0]
                    else _figure(each["micro_f1"])
                    for each in (full, fast)
                    for what in _RIGHT
                ),
            )
            for full, fast in zip(found[FULL]["coverage"], found[FAST]["coverage"], strict=True)
            if round(full["answered"] * 100) % 10 == 0
        ],
    )
    yield (
        "A model calls a clause *sure* when its certainty (the probability that every one of its "
        "decisions is right) is above the least certain fifth of its training clauses:"
    )
    yield _table(
        ("coder", "", "clauses", "share", "wholly right", "micro-F1", "macro-F1"),
        [
            (
                coder,
                said,
                f"{found[coder][key]['clauses']:,}",
                f"{found[coder][key]['share']:.0%}",
                f"{found[coder][key]['wholly_right']:.0%}",
                _figure(found[coder][key]["micro_f1"]),
                _figure(found[coder][key]["macro_f1"]),
            )
            for coder in (FULL, FAST)
            for said, key in (("sure", "sure"), ("not sure", "not_sure"))
            if found[coder][key]["clauses"]
        ],
    )
    yield "Certainty by itself, against the share of clauses that were wholly right:"
    yield _table(
        ("coder", "certainty", "clauses", "mean certainty", "wholly right"),
        [
            (
                coder,
                f"{each['from']:.1f}–{each['to']:.1f}",
                f"{each['clauses']:,}",
                _figure(each["said"]),
                "–" if each["wholly_right"] is None else f"{each['wholly_right']:.0%}",
            )
            for coder in (FULL, FAST)
            for each in found[coder]["certainty"]
        ],
    )


_RIGHT = ("wholly right", "micro-F1")
_FIGURES = ("macro-F1", "micro-F1", "mAP", "calibration error")
_LEARNED = ("coder", "clauses learned", "both", "Persian", "English", "mAP")


def _external(figures: Figures) -> Iterator[str]:
    yield "## 6. Texts that others wrote"
    yield (
        "Each text has one distant label: the theme of the heading that an article stood under, or "
        "the section that a story was printed in, mapped to one code. A text can deal with more "
        "than its label says, so precision, and with it F1, is understated; and a label can be "
        "wrong. *First right* is the share of texts whose most probable code is the label's. "
        "Articles that begin with the words of their heading were taken out. Of news stories the "
        "by-line was cut («به گزارش …» as far as the first stop, and the names of reporters' desks "
        "wherever they stand), since it names the section; the first 60 words were coded. From "
        "each label at most 100 texts were drawn, from each source at most 600. *Trained on "
        "itself*: five folds of the same texts, no agreement or no story on both sides."
    )
    for source in figures["external"]:
        passed = "; ".join(f"{count:,} {why}" for why, count in source["passed"].items() if count)
        yield (
            f"**{source['name'].capitalize()}** ({NAMES[source['language']]}): "
            f"{source['clauses']:,} texts of {source['documents']:,} documents, of "
            f"{source['all']:,}{f' ({passed})' if passed else ''}."
        )
        yield _table(
            ("coder", "trained on", "first right", "macro-F1 of the labels", "micro-F1"),
            [
                (
                    row["coder"],
                    "nothing"
                    if row["coder"] == "dictionary"
                    else {"ours": "our clauses", "itself": "itself"}[row["learn"]],
                    f"{row['first_right']:.0%}",
                    _interval(row["macro_f1"]),
                    _interval(row["micro_f1"]),
                )
                for row in source["rows"]
            ],
        )
        shown = {(row["coder"], row["learn"]): row for row in source["rows"]}
        columns = [("dictionary", "ours"), (FAST, "ours"), (FULL, "ours"), (FULL, "itself")]
        heads = ("dictionary", "fast", "full", "full, trained on itself")
        yield "By label, *first right*, then the share of its texts that get its code (recall):"
        yield _table(
            ("label", "code", "texts", *(f"{head}" for head in heads)),
            [
                (
                    theme,
                    said["code"],
                    said["clauses"],
                    *(
                        f"{_percent(shown[column]['themes'][theme]['first_right'])} / "
                        f"{_percent(shown[column]['themes'][theme]['recall'])}"
                        for column in columns
                    ),
                )
                for theme, said in shown[columns[0]]["themes"].items()
            ],
        )
        yield "By code, recall and F1:"
        yield _table(
            ("code", "texts", *heads),
            [
                (
                    code["code"],
                    code["clauses"],
                    *(
                        f"{_figure(shown[column]['codes'][place]['recall'])} / "
                        f"{_figure(shown[column]['codes'][place]['f1'])}"
                        for column in columns
                    ),
                )
                for place, code in enumerate(shown[columns[0]]["codes"])
            ],
        )


def _cost(figures: Figures) -> Iterator[str]:
    cost = figures["cost"]
    yield "## 7. What it costs"
    yield _table(
        ("", "fast model", "full model"),
        [
            (
                f"fitting to {cost['clauses']:,} clauses, seconds of one processor",
                f"{cost[f'{FAST}: fitting seconds']:.0f}",
                f"{cost[f'{FULL}: fitting seconds']:.0f} (vectors at hand)",
            ),
            (
                "clauses a second, seen for the first time",
                f"{cost[f'{FAST}: first pass']:,.0f} (one processor)",
                f"{cost[f'{FULL}: fresh vectors']:,.0f} (encoding on {cost['processors']} "
                f"processors, {cost['fresh clauses']} clauses)",
            ),
            (
                "clauses a second, the same clauses again",
                f"{cost[f'{FAST}: again']:,.0f} (one processor)",
                f"{cost[f'{FULL}: kept vectors']:,.0f} (vectors kept)",
            ),
        ],
    )
    yield (
        "With evidence for every code that is applied. Speeds depend on the machine and on what "
        "else it does; take them as orders of magnitude."
    )


def _method(figures: Figures) -> Iterator[str]:
    about = figures["about"]
    sources = ", ".join(
        f"{size['clauses']:,} of {size['documents']} documents ({name})"
        for name, size in about["sources"].items()
        if size["clauses"]
    )
    languages = ", ".join(
        f"{size['clauses']:,} {NAMES[name]} ({size['documents']} documents)"
        for name, size in about["languages"].items()
    )
    yield "## What was measured, and with what"
    yield (
        f"Codebook `{about['codebook']}`, {len(about['codes'])} codes. {about['clauses']:,} "
        f"clauses by source: {sources}; by language: {languages}; {about['without_code']:,} carry "
        f"no code. Of {about['pairs']} translation pairs none stands in training and test at once. "
        f"Encoder `{about['encoder']}`; "
        + ", ".join(f"{name} {version}" for name, version in about["versions"].items())
        + "."
    )
    yield (
        f"{SETTINGS} Documents of one "
        "hand are more alike than documents of an archive, and folds by document cannot undo that: "
        "read section 3 (across sources)"
        + (" and section 6 (other authors)" if figures.get("external") else "")
        + " for what to expect elsewhere."
    )


def _tenth(probability: float) -> str:
    tenth = min(9, int(probability * 10))
    return f"{tenth / 10:.1f}–{(tenth + 1) / 10:.1f}"


# -- charts ----------------------------------------------------------------------------------------


def _chart_of_coders(figures: Figures) -> str:
    rows = figures["side_by_side"]["rows"]
    table = []
    for coder in dict.fromkeys(row["coder"] for row in rows):
        some = {row["language"]: row["macro_f1"] for row in rows if row["coder"] == coder}
        table.append((coder, [_dot(some[one], style) for one, style in _TONGUES if one in some]))
    return dots("Macro-F1 on documents left out", share_axis("macro-F1"), table, _KEY)


def _chart_of_codes(figures: Figures) -> str:
    names = figures["about"]["codes"]
    rows = _code_rows(figures)
    table = []
    for code in names:
        some = {row["language"]: row["f1"] for row in rows if row["code"] == code}
        label = " · ".join(filter(None, (names[code].get("en", code), names[code].get("fa"))))
        table.append((label, [Dot(some[one], style) for one, style in _TONGUES if one in some]))
    lowest = min((row["f1"] for row in rows), default=0.0)
    axis = share_axis("F1", 0.4 if lowest >= 0.4 else 0.0)
    return dots("F1 of the full model by code", axis, table, _KEY)


_TONGUES = (("fa", 2), ("en", 3))
_KEY = (("Persian · فارسی", 2), ("English · انگلیسی", 3))


def _dot(interval: Figures, style: int) -> Dot:
    return Dot(interval["value"], style, interval["low"], interval["high"])


def _chart_of_examples(figures: Figures) -> str:
    rows = [row for row in figures["few_examples"]["examples"] if row["language"] == "all"]
    marks = list(dict.fromkeys(row["each"] for row in rows))
    axis = Axis("examples of each code", [(0, "0"), *((mark, str(mark)) for mark in marks)])
    found = [_seed_line(rows, coder, "each") for coder in MODELS]
    keywords = _first(figures, "all", "dictionary")["macro_f1"]["value"]
    found.append(Line("dictionary", [(0, keywords), (marks[-1], keywords)], 9))
    return lines("Macro-F1 with few examples", axis, _up("macro-F1", found), found)


def _chart_of_documents(figures: Figures) -> str:
    rows = [row for row in figures["few_examples"]["documents"] if row["language"] == "all"]
    most = max(row["learned"] for row in rows)
    step = next(step for step in (50, 100, 200, 250, 500, 1000, 2500) if most / step <= 8)
    marks = range(0, int(most) + step, step)
    axis = Axis("clauses learned", [(mark, f"{mark:,}") for mark in marks])
    found = [_seed_line(rows, coder, "learned") for coder in MODELS]
    return lines("Macro-F1 by the number of clauses learned", axis, _up("macro-F1", found), found)


def _chart_of_active(figures: Figures) -> str:
    rows = figures["active"]["steps"]
    most = max(row["learned"] for row in rows)
    axis = Axis("clauses coded", [(mark, f"{mark:,}") for mark in range(0, most + 1, 200)])
    found = [
        Line(
            way,
            [(row["learned"], row["macro_f1"]["value"]) for row in rows if row["coder"] == way],
            style,
            [
                (row["macro_f1"]["low"], row["macro_f1"]["high"])
                for row in rows
                if row["coder"] == way
            ],
        )
        for style, way in enumerate(WAYS)
    ]
    return lines("Macro-F1 by clauses coded", axis, _up("macro-F1", found), found)


def _seed_line(rows: Sequence[Figures], coder: str, key: str) -> Line:
    some = sorted((row for row in rows if row["coder"] == coder), key=lambda row: row[key])
    return Line(
        coder,
        [(row[key], row["macro_f1"]["value"]) for row in some],
        STYLES[coder],
        [(row["macro_f1"]["low"], row["macro_f1"]["high"]) for row in some],
    )


def _chart_of_calibration(figures: Figures) -> str:
    found = [Line("as said", [(0, 0), (1, 1)], 9)]
    found += [
        Line(
            coder,
            [(one["probability"], one["share"]) for one in figures["certainty"][coder]["bins"]],
            STYLES[coder],
        )
        for coder in MODELS
    ]
    return lines(
        "Are probabilities what they say?",
        share_axis("probability said"),
        share_axis("share of codes that were applied"),
        found,
    )


def _chart_of_coverage(figures: Figures) -> str:
    found = [
        Line(
            f"{coder}",
            [
                (one["answered"], one["wholly_right"])
                for one in reversed(figures["certainty"][coder]["coverage"])
            ],
            STYLES[coder],
        )
        for coder in MODELS
    ]
    return lines(
        "Answering only the surest clauses",
        share_axis("share of clauses answered, the surest first"),
        _up("share wholly right", found),
        found,
    )


def _up(label: str, curves: Sequence[Line]) -> Axis:
    """An upright axis from a tenth below the lowest point to 1."""
    lowest = min(
        [y for one in curves for _, y in one.points] + [y for one in curves for y, _ in one.band]
    )
    return share_axis(label, 0.0 if lowest < 0.4 else min(0.8, int(lowest * 10) / 10))


# -- words -----------------------------------------------------------------------------------------


def _first(figures: Figures, language: str, coder: str = FULL) -> Figures:
    rows: Sequence[Figures] = figures["side_by_side"]["rows"]
    return next(row for row in rows if (row["coder"], row["language"]) == (coder, language))


def _of(language: str, row: Figures) -> str:
    said = "Both languages" if language == "all" else NAMES[language]
    return f"{said}, {row['clauses']:,} clauses of {row['documents']} documents"


def _picture(name: str, said: str) -> str:
    return f"![{said}](evaluation/{name}.svg)"


def _interval(found: Figures) -> str:
    return f"{found['value']:.2f} [{found['low']:.2f}, {found['high']:.2f}]"


def _signed(found: Figures) -> str:
    return f"{found['value']:+.2f} [{found['low']:+.2f}, {found['high']:+.2f}]"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _weight(value: float | None) -> str:
    return f"**{value:.2f}**" if value is not None and value < GOOD else _figure(value)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    rule = ["---" if place == 0 else "---:" for place in range(len(heads))]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (heads, rule, *rows))
