"""The words of clauses by which topics are told and named.

Inflected forms are counted as one word and shown in a form that the clauses use. Words that say
nothing of a subject are left out: function words, and what every agreement says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from textmine.text.fold import fold
from textmine.text.language import language_of
from textmine.text.letters import HALF_SPACE
from textmine.text.tokens import tokens

Matrix = Any  # a sparse matrix of SciPy, which has no types
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WORDS = 10
"""How many words of a topic are shown and measured."""

# A word in more than this share of a language's clauses tells no topic from another.
_COMMON = 0.4
# From so many clauses on, a word must stand in two clauses and in two documents: what one document
# alone says is a name, not a subject.
_MANY = 50

# What every agreement says, whatever it is about, beside scikit-learn's English function words.
_ENGLISH_BOILERPLATE = """
accordance according activity aforementioned agree agreed agreement aim annex applicable apply
appropriate article based basis carry city clause concerned concerning conclude conclusion consider
contracting country different each effort ensure entry establish following force foreign framework
general hereafter hereby herein hereinafter hereto include included including instrument item
jointly made make may means measure memorandum municipality mutual mutually namely necessary new
paragraph particular party person place possible present preamble promote provide provided provision
pursuant put referred regard regarding related relevant respect respective respectively section set
shall side sign signed sister state subject take taken text thereof thereto treaty undersigned
undertake understanding use used various view way whereas wish within year years
day days month months order time
bear bring close come fall given hold keep kept know known leave left let lie like matter note old
open read recall receive remain right second sent small speak stand whole work does did doing
require
"""
# Persian function words and auxiliaries (verbs with می are known by it), and what agreements say.
_PERSIAN_STOP_WORDS = """
از است اند اگر اما ان آن آنان آنها آن‌ها ای این اینکه این‌که ایشان او با باشد باشند باید بدون بر
برخی برای بسیار بعد بلکه بنابراین بود بودن بوده بودند به بی بین پس پیش تا تحت تر تمام تمامی توسط
جز جهت چند چنان چنانچه چه چون حد حتی خصوص خود خویش داد دادن داده دارای دارد دارند داشت داشتن داشته
در دربارهٔ درباره دهد دهند دو دوم دوباره دیگر دیگری را روی زیر سایر سه سوم سوی شامل شان شد شدن شده
شدند شود شوند صورت ضمن طبق طریق طور طی عبارتند غیر فوق قبل قرار کامل کرد کردن کرده کردند کس کسانی
کل کلیه کلیهٔ کند کنند که گاه گرفت گرفتن گرفته گردد گردند گردید گیرد گیرند لازم ما مانند متن مربوط
مربوطه مگر من منظور موجود مورد می میان میلادی ناشی نباید نبود نخواهد نخواهند نخست ندارد ندارند نزد
نسبت نشود نشوند نظر نکند نکنند نماید نمایند نمود نمودند نمودن نموده نه نوع نیز نیست نیستند ها های
هر هرگاه آمده هرگونه هست هستند هم همان همچنین همه همهٔ همین هنگام هیچ هیچ‌یک هیچ‌کدام و ولی وی
ویژه ویژهٔ یا یابد یابند یافت یافته یعنی یک یکدیگر یکی ازجمله برابر براساس بنابر پایه پایهٔ اساس
اول چهار پنج خواهد خواهند داشته‌باشند توان تواند توانند بایست بایستی بتواند بتوانند طرف طرفین
متعاهد متعاهدین متعاهدان ماده مادهٔ مواد بند تبصره فصل موافقت موافقتنامه موافقت‌نامه تفاهم
تفاهم‌نامه یادداشت پیمان قرارداد عهدنامه معاهده سند حاضر مذکور ذیل یادشده شهر کشور خواهرخوانده
شهرداری توافق انجام اقدام اجرا اجرای اجرایی مفاد مقرر مقررات مشترک متقابل امضا امضای عمل آید نام
سال ماه روز تاریخ کار بخش چارچوب زمینه زمینهٔ راه حوزه حوزهٔ امر امور جمله سطح گونه موضوع موارد
باقی بسته بیرون گرد سالی یادآوری توجه ظرف نوشته نرود بار باز بلند جا جای شرح عهده نفع یاد تنها عدم
"""
# Endings that stand behind a half-space. A word without them is the same word.
_ENDINGS_TEXT = "ها های هایی هایش هایشان هایم هایمان هایت هایتان ی ای اش شان ام مان ات تان تر ترین"
_ENDINGS = frozenset(_ENDINGS_TEXT.split())
_VERB_SIGNS = ("می", "نمی")  # می‌شود: a verb in the present says what is done, not what about
_SHORTEST = {"fa": 2, "en": 3}
_SHORTEST_PLURAL = 5  # bus, gas, news stay


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the clauses of one language.

    ``counts`` has a row for each clause and a column for each word, 1 where it stands.
    ``written`` shows each word in a form that they use, with its half-spaces.
    """

    counts: Matrix
    written: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str], documents: Sequence[object], language: str) -> Words:
        """The words that can tell topics apart: neither common nor those of one document alone.

        ``texts`` are normalised, so that half-spaces stand where they belong.

        >>> Words.of(["The museums lend paintings.", "A museum of music"], [1, 2], "en").written
        ('lend', 'museum', 'music', 'paintings')
        """
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        where: defaultdict[str, set[object]] = defaultdict(set)
        rows = []
        for text, document in zip(texts, documents, strict=True):
            found = set()
            for start, end, kind in tokens(text):
                written = text[start:end]
                key = word_key(written, language) if kind == "word" else ""
                if key:
                    found.add(key)
                    forms[key][written] += 1
                    where[key].add(document)
            rows.append(found)
        often = Counter(key for found in rows for key in found)
        least = 2 if len(texts) >= _MANY else 1
        several = min(least, len(set(documents)))
        most = _COMMON * len(texts) if len(texts) >= _MANY else len(texts)
        kept = sorted(
            key
            for key, count in often.items()
            if least <= count <= most and len(where[key]) >= several
        )
        columns = {key: column for column, key in enumerate(kept)}
        places = [sorted(columns[key] for key in found if key in columns) for found in rows]
        ends = np.cumsum([0, *map(len, places)])
        flat = [column for row in places for column in row]
        counts = sparse.csr_matrix(
            (np.ones(len(flat)), flat, ends), shape=(len(texts), len(kept)), dtype=np.float64
        )
        return cls(counts, tuple(_shown(key, forms[key]) for key in kept))

    def tfidf(self) -> Matrix:
        """Rows of length 1 in which rare words weigh more; a clause without words has zeros."""
        having = np.asarray(self.counts.sum(axis=0)).ravel()
        rarity = np.log((1 + self.counts.shape[0]) / (1 + having)) + 1
        rows = self.counts @ sparse.diags(rarity)
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        return sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ rows

    def telling(self, topics: Integers, count: int) -> list[list[int]]:
        """For each of ``count`` topics the words that tell it from the others, the best first.

        ``topics`` gives each clause its topic. A word weighs the share of the topic's clauses that
        have it, times the logarithm of how rare it is in all (class-based TF-IDF, as Grootendorst
        2022 has it, over clauses).
        """
        members = sparse.csr_matrix(
            (np.ones(len(topics)), (topics, np.arange(len(topics)))), shape=(count, len(topics))
        )
        together = np.asarray((members @ self.counts).todense())
        sizes = np.maximum(np.asarray(members.sum(axis=1)), 1)
        everywhere = np.maximum(together.sum(axis=0), 1)
        usual = together.sum() / max(count, 1)
        weights = together / sizes * np.log1p(usual / everywhere)
        found = []
        for row in weights:
            # Columns are in the order of the alphabet, which decides between equals.
            best = np.argsort(-row, kind="stable")[:WORDS]
            found.append([int(column) for column in best if row[column] > 0])
        return found


def _shown(key: str, forms: Mapping[str, int]) -> str:
    """The form in which a word is shown: without an ending if it stands so, else as most often.

    A word that stands in small letters somewhere is no name, and is shown in small letters.

    >>> _shown("نامه", {"نامهٔ": 3, "نامه": 1}), _shown("bank", {"Bank": 3, "banks": 2})
    ('نامه', 'bank')
    """
    best = min(
        forms,
        key=lambda form: (form.lower().replace(HALF_SPACE, "") != key, -forms[form], form),
    )
    return best.lower() if any(form == form.lower() for form in forms) else best


@lru_cache(maxsize=1 << 16)
def word_key(word: str, language: str) -> str:
    """What a word is counted as; "" for one that says nothing, or is of the other language.

    >>> [word_key(word, "fa") for word in ("شهرک‌هایی", "می‌شود", "museum")]
    ['شهرک', '', '']
    >>> word_key("Policies", "en")
    'policy'
    """
    key = _bare(word)
    if language_of(word) != language or len(key) < _SHORTEST[language]:
        return ""
    if language == "fa" and fold(word).text.split(HALF_SPACE)[0] in _VERB_SIGNS:
        return ""
    return "" if key in _stop_words() else key


def _bare(word: str) -> str:
    parts = fold(word).text.split(HALF_SPACE)
    while len(parts) > 1 and parts[-1] in _ENDINGS:
        parts.pop()
    key = "".join(parts).removesuffix("'s")
    if len(key) < _SHORTEST_PLURAL or not key.isascii():
        return key
    if key.endswith("ies"):
        return f"{key[:-3]}y"
    return key[:-1] if key.endswith("s") and not key.endswith(("ss", "us", "is")) else key


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    listed = [*ENGLISH_STOP_WORDS, *_ENGLISH_BOILERPLATE.split(), *_PERSIAN_STOP_WORDS.split()]
    return frozenset(map(_bare, listed))
