"""Words that build sentences and say nothing of their subject, in Persian and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from textmine.records import Language
from textmine.text.fold import fold, fold_key
from textmine.text.letters import HALF_SPACE

# Articles, pronouns, prepositions, conjunctions, auxiliaries and the commonest particles. Words of
# the trade (party, city, agreement) are not among them: they are what analysts ask about.
_ENGLISH = """
a about above after again against all also although am among an and another any anybody anyone
anything are as at be because been before being below between both but by can cannot could did do
does doing done down during each either else ever every everyone everything few for from further
get got had has have having he hence her here hers herself him himself his how however i if in into
is it its itself just least less lest many may me might mine more most much must my myself neither
never no nobody none nor not nothing now of off often on once one only onto or other others ought
our ours ourselves out over own per quite rather same shall she should since so some somebody
someone something still such than that the their theirs them themselves then there thereby therefore
therein thereof these they this those though through throughout thus till to together too toward
towards under unless until up upon us very via was we were what whatever when whenever where whereas
whereby wherein wherever whether which whichever while who whoever whom whose why will with within
without would yet you your yours yourself yourselves
"""
_PERSIAN = """
آن آنان آنچه آنکه آنها آن‌ها آیا از است اگر اگرچه الا اما اند او ای ایشان این اینان اینکه اینها
این‌ها با باز باشد باشم باشند باشیم باید بدون بدین بدان بر برابر برای براساس برخی بسیار بسیاری بعد
بعضی بلکه بنابراین به به‌خصوص به‌دلیل به‌طور به‌عنوان به‌منظور به‌وسیلهٔ به‌ویژه بود بودم بودن
بودند بوده بودیم بی بین پس پیش پیرامون تا تحت تر ترین توسط جز جهت چرا چگونه چنان چنانچه چنانکه چند
چندین چنین چه چون چو حتی حین خواه خواهد خواهم خواهند خواهیم خود خودش خودشان خویش دارا دارای دارد
دارم دارند داریم داشت داشتن داشتند داشته داشته‌باشد در دربارهٔ درباره درون دیگر دیگران دیگری را
رغم روی زیر زیرا سایر سپس سوی شان شاید شد شدم شدن شدند شده شدیم شما شود شوند شوم شویم ضمن طبق طور
طی علیه عین غیر فقط قبل کدام کرد کردم کردن کردند کرده کردیم کس کسی کسانی کل کلیه کلیهٔ کنار کند
کنم کنند کنون کنیم که گاه گاهی گردد گردند گردید گردیده گرچه گونه لذا لیکن ما مانند مبنی مثل مر مگر
من مورد می میان نباشد نباشند نباید نبود نبوده نخواهد نخواهند ندارد ندارند نزد نسبت نشد نشده نشود
نشوند نظیر نکرد نکرده نکند نکنند نماید نمایند نمود نمودن نمودند نموده نمی نه نیز نیست نیستند و
وجود وقتی ولی وگرنه وی ها های هایی هر هرچند هرگاه هرگز هرگونه هست هستم هستند هستیم هم همان همانند
همچنان همچنین همچون همدیگر همه همهٔ همین هنوز هنگام هنگامی هیچ هیچ‌یک هیچ‌کدام هیچ‌گونه یا یعنی یک
یکدیگر یکی
"""

FUNCTION_WORDS: Mapping[Language, frozenset[str]] = {
    "en": frozenset(map(fold_key, _ENGLISH.split())),
    "fa": frozenset(map(fold_key, _PERSIAN.split())),
}
"""The function words of each language as ``fold_key`` writes them."""


# Beginnings and endings of verbs behind a half-space: می‌شوند, نمی‌کند, کرده‌اند.
_VERB_SIGNS = ("می", "نمی")
_VERB_ENDINGS = ("ام", "ای", "است", "ایم", "اید", "اند")


@lru_cache(maxsize=1 << 16)
def is_function_word(word: str, language: Language) -> bool:
    """Whether a word, in any spelling, is a function word of the language.

    >>> [is_function_word(word, "fa") for word in ("را", "می‌شود", "شهر")]
    [True, True, False]
    >>> is_function_word("The", "en"), is_function_word("The", "fa")
    (True, False)
    """
    known = FUNCTION_WORDS.get(language, frozenset())
    first, *parts = fold(word).text.split(HALF_SPACE)
    if "".join((first, *parts)) in known:
        return True
    if parts and first in _VERB_SIGNS:
        first, *parts = parts
    if parts and parts[-1] in _VERB_ENDINGS:
        parts.pop()
    return "".join((first, *parts)) in known
