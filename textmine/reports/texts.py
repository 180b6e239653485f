"""Every word of the report that is not a document's own, in English and in Persian.

``{names}`` stand for values; numbers among them are written in the digits of each language.
"""

from __future__ import annotations

from typing import NamedTuple


class Both(NamedTuple):
    """One text in the two languages of the interface."""

    en: str
    fa: str


TEXTS: dict[str, Both] = {
    # -- the page itself
    "title": Both("Corpus report", "گزارش پیکره"),
    "made": Both("Made on {date} with textmine {version}", "ساختهٔ textmine {version} در {date}"),
    "language-switch": Both("Language", "زبان"),
    "skip": Both("Skip to the tables", "رفتن به جدول‌ها"),
    "how-to-read": Both(
        "Every number in a table opens the clauses behind it; every clause opens its page.",
        "هر عدد جدول‌ها بندهای پشت خود را باز می‌کند و هر بند صفحهٔ خود را.",
    ),
    "close": Both("Close", "بستن"),
    "filter": Both("Filter these clauses", "جست‌وجو در این بندها"),
    "total": Both("All clauses", "همهٔ بندها"),
    "page-link": Both("page {page}", "صفحهٔ {page}"),
    "clauses-behind": Both("{n} clauses", "{n} بند"),
    "clauses-cut": Both(
        "{n} clauses, of which the first {shown} are listed",
        "{n} بند که {shown} بند نخست آن در این‌جا آمده است",
    ),
    "lists-cut": Both(
        "This corpus is so large that {lists} numbers open only their first {shown} clauses. For "
        "the others: {command}",
        "این پیکره چنان بزرگ است که {lists} عدد تنها {shown} بند نخست خود را باز می‌کنند. برای "
        "بندهای دیگر: {command}",
    ),
    "documents-n": Both("{n} documents", "{n} سند"),
    # -- overview
    "overview": Both("Overview", "نمای کلی"),
    "documents": Both("Documents", "سندها"),
    "document": Both("Document", "سند"),
    "pages": Both("Pages", "صفحه‌ها"),
    "pages-n": Both("{n} pages", "{n} صفحه"),
    "clauses": Both("Clauses", "بندها"),
    "clause": Both("Clause", "بند"),
    "kind": Both("Kind", "نوع"),
    "language": Both("Language", "زبان"),
    "date": Both("Date", "تاریخ"),
    "party": Both("Parties", "طرف‌ها"),
    "state": Both("State", "وضع"),
    "attention": Both("Needs attention", "نیازمند رسیدگی"),
    "attention-uncoded": Both(
        "In {n} documents not every clause has been coded: {documents}",
        "در {n} سند همهٔ بندها کدگذاری نشده‌اند: {documents}",
    ),
    "attention-outdated": Both(
        "All codings follow the codebook {codebook}; the corpus has {current} now. Code again "
        "with: {command}",
        "همهٔ کدگذاری‌ها بر پایهٔ کدنامهٔ {codebook} است؛ کدنامهٔ کنونی پیکره {current} است. کدگذاری "
        "دوباره: {command}",
    ),
    "attention-guessed": Both(
        "{document}: guessed with little confidence: {values}. Give the right values in {table}.",
        "{document}: حدس با اطمینان اندک: {values}. مقدار درست را در {table} بنویسید.",
    ),
    "details": Both("More about each document", "بیشتر دربارهٔ هر سند"),
    "field": Both("Field", "ویژگی"),
    "value": Both("Value", "مقدار"),
    "confidence": Both("Confidence", "اطمینان"),
    "ground": Both("Ground", "مبنا"),
    "guessed": Both("guessed, {share}", "حدس، {share}"),
    "file": Both("File", "پرونده"),
    "warnings": Both("Warnings", "هشدارها"),
    "missing-page": Both("Page {page} could not be read", "صفحهٔ {page} خوانده نشد"),
    "state.done": Both("read in full", "کامل"),
    "state.partial": Both("partly read", "ناقص"),
    "state.suspect": Both("text doubtful", "متن مشکوک"),
    "state.failed": Both("not readable", "خوانده‌نشده"),
    "state.duplicate": Both("duplicates left out", "تکراری، کنارگذاشته"),
    "kind.paper": Both("paper", "مقاله"),
    "kind.agreement": Both("agreement", "موافقت‌نامه"),
    "kind.memorandum": Both("memorandum", "یادداشت تفاهم"),
    "kind.treaty": Both("treaty", "معاهده"),
    "kind.law": Both("law", "قانون"),
    "kind.other": Both("other", "دیگر"),
    "kind.unknown": Both("kind unknown", "نوع نامعلوم"),
    "language.fa": Both("Persian", "فارسی"),
    "language.en": Both("English", "انگلیسی"),
    "language.und": Both("no language", "بی‌زبان"),
    "year.unknown": Both("year unknown", "سال نامعلوم"),
    "decade": Both("{year}s", "دههٔ {year} میلادی"),
    "year-both": Both("{gregorian} ({persian} SH)", "{persian} ({gregorian} میلادی)"),
    "year-one": Both("{gregorian}", "{gregorian} میلادی"),
    "field.title": Both("title", "عنوان"),
    "field.kind": Both("kind", "نوع"),
    "field.language": Both("language", "زبان"),
    "field.date": Both("date", "تاریخ"),
    "field.date_persian": Both("date, Persian calendar", "تاریخ خورشیدی"),
    "field.year_gregorian": Both("year, Gregorian", "سال میلادی"),
    "field.year_persian": Both("year, Persian calendar", "سال خورشیدی"),
    "field.party": Both("party", "طرف"),
    # -- clauses
    "clause.article": Both("Article", "ماده"),
    "clause.paragraph": Both("Paragraph", "بند"),
    "clause.note": Both("Note", "تبصره"),
    "clause.preamble": Both("Preamble", "مقدمه"),
    "clause.recital": Both("Recital", "ملاحظه"),
    "clause.signature": Both("Closing formula", "بند پایانی و امضا"),
    "clause.sentence": Both("Sentence", "جمله"),
    "clause.item": Both("Item", "مورد"),
    "no-code": Both("No code", "بی‌کد"),
    "unread": Both("Not coded yet", "هنوز کدگذاری‌نشده"),
    # -- tables
    "codes": Both("Codes", "کدها"),
    "code": Both("Code", "کد"),
    "share": Both("Share", "سهم"),
    "codes-title": Both("How often each code stands", "بسامد هر کد"),
    "by-document": Both("Codes by document", "کدها در هر سند"),
    "by-language": Both("Codes by language of the clause", "کدها به تفکیک زبان بند"),
    "by-kind": Both("Codes by kind of document", "کدها به تفکیک نوع سند"),
    "by-year": Both("Codes by year", "کدها به تفکیک سال"),
    "by-decade": Both("Codes by decade", "کدها به تفکیک دهه"),
    "co-occurrence": Both("Codes that stand together", "هم‌آیی کدها"),
    "year": Both("Year", "سال"),
    "decade-head": Both("Decade", "دهه"),
    "chart-codes": Both("Clauses by code", "شمار بندهای هر کد"),
    "chart-years": Both("Clauses by year of the document", "شمار بندها به تفکیک سال میلادی سند"),
    "note-totals": Both(
        "Percentages are shares of the row's clauses. A clause may carry several codes, so rows "
        "may add up to more than their total.",
        "درصدها سهم از بندهای همان ردیف‌اند. هر بند می‌تواند چند کد بگیرد؛ پس جمع خانه‌های یک "
        "ردیف می‌تواند از شمار بندهای آن بیشتر شود.",
    ),
    "note-co-occurrence": Both(
        "Each cell counts the clauses that carry both codes; the diagonal counts all clauses of "
        "the code.",
        "هر خانه شمار بندهایی است که هر دو کد را دارند؛ قطر جدول همهٔ بندهای هر کد را می‌شمارد.",
    ),
    # -- the test
    "test-p": Both(
        "p {p} from {permutations} permutations that shuffle row labels among {documents} whole "
        "documents (seed {seed}). Cramér's V, corrected for bias: {v} ({n} codings).",
        "p {p} از {permutations} جایگشت که برچسب ردیف‌ها را میان {documents} سندِ کامل جابه‌جا "
        "می‌کند (بذر {seed}). ضریب V کرامر با تصحیح اریبی: {v} (برای {n} کدگذاری).",
    ),
    "test-mixed": Both(
        "{n} of these documents have clauses in several rows; they exchange rows only within "
        "themselves.",
        "{n} سند از این سندها در چند ردیف بند دارند و برچسب‌ها را تنها در درون خود جابه‌جا می‌کنند.",
    ),
    "test-naive": Both(
        "Naive, for comparison only: χ² = {chi2}, {df} degrees of freedom, p {p}. It takes every "
        "coding for an independent observation, which it is not: a clause may carry several codes "
        "and clauses of one document resemble each other.",
        "آزمون خام، تنها برای مقایسه: χ² = {chi2} با {df} درجهٔ آزادی، p {p}. این آزمون هر "
        "کدگذاری را مشاهده‌ای مستقل می‌گیرد که چنین نیست: یک بند می‌تواند چند کد داشته باشد و "
        "بندهای یک سند به هم می‌مانند.",
    ),
    "test-sparse": Both(
        "Expected counts are below 5 in {share} of the cells (more than 20%), so the naive "
        "χ² distribution does not hold; shuffling single codings gives p {p}, still naive.",
        "در {share} خانه‌ها فراوانی مورد انتظار کمتر از ۵ است (بیش از ۲۰٪)؛ پس توزیع χ² برای "
        "آزمون خام برقرار نیست. جابه‌جایی تک‌تک کدگذاری‌ها p {p} می‌دهد که همچنان خام است.",
    ),
    "test-left-out": Both(
        "Documents of which the label is unknown and clauses not yet coded are left out of the "
        "test. P-values are not corrected for the number of tests in this report.",
        "سندهایی که برچسبشان نامعلوم است و بندهایی که هنوز کدگذاری نشده‌اند در آزمون نیامده‌اند. "
        "مقدارهای p برای شمار آزمون‌های این گزارش تصحیح نشده‌اند.",
    ),
    "untested.one-row": Both(
        "No test: fewer than two rows hold coded clauses.",
        "بی‌آزمون: کمتر از دو ردیف بندِ کدگذاری‌شده دارند.",
    ),
    "untested.one-column": Both(
        "No test: fewer than two columns hold clauses.",
        "بی‌آزمون: کمتر از دو ستون بند دارند.",
    ),
    "untested.row-per-document": Both(
        "No test: each row is one document, so there is nothing to exchange between documents. "
        "The table describes; it does not generalise.",
        "بی‌آزمون: هر ردیف یک سند است و چیزی برای جابه‌جایی میان سندها نیست. جدول توصیف می‌کند "
        "و تعمیم نمی‌دهد.",
    ),
    "untested.few-documents": Both(
        "No test: with so few documents there are fewer than 20 ways to assign them to the rows, "
        "and no p-value could fall to 0.05.",
        "بی‌آزمون: با این شمار اندک سند کمتر از ۲۰ راه برای چیدن آن‌ها در ردیف‌ها هست و p به "
        "۰٫۰۵ نمی‌رسد.",
    ),
    # -- when something is missing
    "empty": Both(
        "The corpus is empty. Add documents with the command below, then write the report again.",
        "پیکره خالی است. با فرمان زیر سند بیفزایید و گزارش را دوباره بسازید.",
    ),
    "no-clauses": Both(
        "No clause was found in the documents. See what needs attention above.",
        "در سندها بندی یافت نشد. فهرست «نیازمند رسیدگی» را ببینید.",
    ),
    "no-codings": Both(
        "No clause has been coded yet. Code them with the command below, then write the report "
        "again.",
        "هنوز هیچ بندی کدگذاری نشده است. با فرمان زیر کدگذاری کنید و گزارش را دوباره بسازید.",
    ),
    # -- methods
    "methods": Both("Methods", "روش"),
    "method-corpus": Both(
        "The corpus holds {documents} documents ({states}) with {pages} pages and {clauses} "
        "clauses ({languages}). Text was extracted with {extractors}, cut into clauses with "
        "{segmenters} and normalised with {normalisers}; the clauses are quoted as extracted.",
        "پیکره {documents} سند ({states}) با {pages} صفحه و {clauses} بند ({languages}) دارد. متن "
        "با {extractors} استخراج، با {segmenters} به بند بخش و با {normalisers} هنجار شده است؛ "
        "بندها همان‌گونه که استخراج شده‌اند نقل می‌شوند.",
    ),
    "method-coder": Both(
        "The codings shown are those of {coder} by the codebook {codebook} ({codes} codes, digest "
        "{digest}): {read} clauses of {documents} documents were read and {coded} of them took at "
        "least one code; {unread} clauses were not read. Latest decision: {last}.",
        "کدگذاری‌ها از {coder} و بر پایهٔ کدنامهٔ {codebook} است ({codes} کد، چکیدهٔ {digest}): "
        "{read} بند از {documents} سند خوانده شده و {coded} بند دست‌کم یک کد گرفته است؛ {unread} "
        "بند خوانده نشده است. آخرین تصمیم: {last}.",
    ),
    "method-several": Both(
        "On each clause the codings of people count before a model's, and a model's before the "
        "dictionary's. Coders, with the number of documents that they count in: {coders}.",
        "در هر بند کدگذاری انسان بر مدل و کدگذاری مدل بر واژه‌نامه مقدم است. کدگذاران، با شمار "
        "سندهایی که کدگذاریشان در آن‌ها به شمار آمده: {coders}.",
    ),
    "method-others": Both(
        "Other codings in the corpus, not shown: {coders}.",
        "کدگذاری‌های دیگرِ پیکره که در این گزارش نیامده‌اند: {coders}.",
    ),
    "method-person": Both(
        "A person's decision that was changed counts as changed last; where people differ, what "
        "they settled together counts, and else a code that one of them applied.",
        "هر جا کدگذار انسانی تصمیمی را عوض کرده، آخرین تصمیم به شمار آمده است؛ هر جا کدگذاران "
        "انسانی هم‌رأی نیستند، آنچه با هم بر آن توافق کرده‌اند و گرنه کدی که یکی از آنان داده به "
        "شمار آمده است.",
    ),
    "method-dictionary": Both(
        "The dictionary applies a code where one of its keywords stands.",
        "واژه‌نامه هر جا یکی از کلیدواژه‌های کد بیاید، آن کد را می‌دهد.",
    ),
    "method-model": Both(
        "The model is a trained one; it applies a code where the probability passes its threshold.",
        "مدل آموزش‌دیده است و کدی را می‌دهد که احتمالش از آستانهٔ آن بگذرد.",
    ),
    "method-card": Both("What was measured, from the model's card:", "سنجش‌ها، به نقل از کارت مدل:"),
    "method-trained-here": Both(
        "{known} of the {documents} documents here are among those that the model learned from: "
        "its codings of them look better than they are. The card's figures come from documents "
        "that it had not seen.",
        "{known} سند از {documents} سند این پیکره از سندهایی است که مدل از آنها آموخته است: "
        "کدگذاری آنها بهتر از آنچه هست می‌نماید. ارقام کارت از سندهایی است که مدل ندیده بود.",
    ),
    "method-whole-card": Both("The whole card", "متن کامل کارت"),
    "method-no-card": Both(
        "The model's folder holds no card, so its quality is not known here.",
        "در پوشهٔ مدل کارتی نیست؛ پس کیفیت آن در این‌جا معلوم نیست.",
    ),
    "method-software": Both("Software: {versions}.", "نرم‌افزار: {versions}."),
    "method-date": Both(
        "The report was written on {date}. Repeat it with: {command}",
        "گزارش در {date} نوشته شد. برای تکرار: {command}",
    ),
    # -- limits
    "limits": Both("Before you quote a number", "پیش از نقل یک عدد"),
    "limit-machine": Both(
        "Machine coding is not truth. A dictionary or a model errs in ways that its card "
        "describes; read the clauses behind a number, and code a sample by hand, before you rest "
        "an argument on it.",
        "کدگذاری ماشینی حقیقت نیست. واژه‌نامه و مدل به شیوه‌هایی که در کارت آن‌ها آمده خطا "
        "می‌کنند؛ پیش از آن‌که استدلالی بر عددی بنا کنید بندهای پشت آن را بخوانید و نمونه‌ای را "
        "با دست کدگذاری کنید.",
    ),
    "limit-person": Both(
        "One person's codings are one reading. Have a second coder read a sample, and report "
        "their reliability.",
        "کدگذاری یک نفر یک خوانش است. نمونه‌ای را به کدگذار دوم بسپارید و پایایی را گزارش کنید.",
    ),
    "limit-suspect": Both(
        "Documents marked doubtful or partly read are in the tables with what could be read: "
        "{suspect} doubtful, {partial} partly read, {failed} not readable at all.",
        "سندهای مشکوک یا ناقص با همان اندازه که خوانده شده‌اند در جدول‌ها هستند: {suspect} مشکوک، "
        "{partial} ناقص، و {failed} سند اصلاً خوانده نشده است.",
    ),
    "limit-guessed": Both(
        "Titles, kinds, dates and parties marked as guessed were found by rule. Tables by kind and "
        "year stand on them.",
        "عنوان، نوع، تاریخ و طرف‌هایی که «حدس» خورده‌اند با قاعده یافت شده‌اند و جدول‌های نوع و سال "
        "بر آن‌ها تکیه دارند.",
    ),
    "limit-probability": Both(
        "A probability tells how sure the model is; it does not tell how important the subject is "
        "to the clause.",
        "احتمال، اطمینان مدل را می‌گوید نه اهمیت موضوع را در آن بند.",
    ),
}
