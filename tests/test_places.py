import contextlib
import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from textmine.errors import InputError
from textmine.places import (
    PlaceMention,
    Resolved,
    Unresolved,
    additions,
    find_places,
    gazetteer,
    resolve,
    same_name,
)
from textmine.places.spelling import name_key, sound_alike
from textmine.resources import shipped

GAZETTEER = gazetteer()


def written(text: str) -> list[str]:
    return [mention.written for mention in find_places(text, GAZETTEER)]


def meant(text: str, **given: object) -> list[str]:
    return [
        f"{one.place.name['en']}, {one.place.country}" if isinstance(one, Resolved) else one.reason
        for one in resolve(find_places(text, GAZETTEER), **given)
    ]


# Names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "english", "country"),
    [
        ("تهران", "Tehran", "IR"),
        ("Tehran", "Tehran", "IR"),
        ("سئول", "Seoul", "KR"),
        ("سیول", "Seoul", "KR"),
        ("صنعا", "Sanaa", "YE"),
        ("صنعاء", "Sanaa", "YE"),
        ("سن پترزبورگ", "Saint Petersburg", "RU"),
        ("سن‌پترزبورگ", "Saint Petersburg", "RU"),
        ("سنت پترزبورگ", "Saint Petersburg", "RU"),
        ("سنپترزبورگ", "Saint Petersburg", "RU"),
        ("St. Petersburg", "Saint Petersburg", "RU"),
        ("St Petersburg", "Saint Petersburg", "RU"),
        ("كوالا لامپور", "Kuala Lumpur", "MY"),
        ("کوالالامپور", "Kuala Lumpur", "MY"),
        ("تشوانه", "Pretoria", "ZA"),
        ("Tshwane", "Pretoria", "ZA"),
        ("شیان", "Xi'an", "CN"),
        ("شی‌آن", "Xi'an", "CN"),
        ("Xian", "Xi'an", "CN"),
        ("چونگ کینگ", "Chongqing", "CN"),
        ("اورومچی", "Urumqi", "CN"),
        ("ارومچی", "Urumqi", "CN"),
        ("یاسبرین", "Jászberény", "HU"),
        ("یئوسو", "Yeosu", "KR"),
        ("گیونگجو", "Gyeongju", "KR"),
        ("اولگین", "Holguín", "CU"),
        ("نزوی", "Nizwa", "OM"),
        ("نووی‌ساد", "Novi Sad", "RS"),
        ("کاراگاندا", "Karaganda", "KZ"),
        ("پورتمونت", "Puerto Montt", "CL"),
        ("الوكرة", "Al Wakrah", "QA"),
        ("بعلبک", "Baalbek", "LB"),
        ("یاش", "Iași", "RO"),
        ("Iasi", "Iași", "RO"),
        ("موگیلف", "Mogilev", "BY"),
        ("کاظمین", "Kadhimiya", "IQ"),
        ("برازیلیا", "Brasília", "BR"),
        ("Brasilia", "Brasília", "BR"),
        ("خجند", "Khujand", "TJ"),
        ("قازان", "Kazan", "RU"),
        ("کازان", "Kazan", "RU"),
        ("Kiev", "Kyiv", "UA"),
        ("آنکارا", "Ankara", "TR"),
        ("انکارا", "Ankara", "TR"),
        ("دوشنبه", "Dushanbe", "TJ"),
        ("رم", "Rome", "IT"),
        ("بن", "Bonn", "DE"),
        ("Nice", "Nice", "FR"),
        ("ایالات متحده آمریکا", "United States", "US"),
        ("امریکا", "United States", "US"),
        ("US", "United States", "US"),
        ("U.S.A.", "United States", "US"),
        ("المان", "Germany", "DE"),
        ("جمهوری آذربایجان", "Azerbaijan", "AZ"),
        ("کره‌جنوبی", "South Korea", "KR"),
        ("Republic of Korea", "South Korea", "KR"),
        ("بوسنی و هرزگوین", "Bosnia & Herzegovina", "BA"),
        ("جمهوری چک", "Czechia", "CZ"),
        ("امارات", "United Arab Emirates", "AE"),
        ("Turkey", "Türkiye", "TR"),
        ("Russian Federation", "Russia", "RU"),
        ("Kyrgyz Republic", "Kyrgyzstan", "KG"),
        ("UCLG", "United Cities and Local Governments", ""),
        ("متروپولیس", "Metropolis", ""),
    ],
)
def test_a_name_leads_to_its_place(name: str, english: str, country: str) -> None:
    best = GAZETTEER.named(name)[0]
    assert (best.name["en"], best.country) == (english, country)


@pytest.mark.parametrize("name", ["", "!", "۱۲", "هیچ‌جاآباد", "ایرانی", "Iranian", "تهرانی", "THR"])
def test_what_is_no_name_of_a_place_finds_none(name: str) -> None:
    assert GAZETTEER.named(name) == ()


def test_country_and_kind_choose_among_namesakes() -> None:
    assert [place.kind for place in GAZETTEER.named("کویت")] == ["country", "city"]
    assert GAZETTEER.named("کویت", kind="city")[0].name["en"] == "Kuwait City"
    assert GAZETTEER.named("Birmingham", country="US")[0].country == "US"
    assert GAZETTEER.named("تهران", country="FR") == ()


def test_a_city_that_several_countries_claim_takes_the_one_that_the_source_names() -> None:
    for country in ("IL", "PS"):
        place = GAZETTEER.named("قدس شریف", country=country)[0]
        assert (place.name["en"], place.country) == ("Jerusalem", country)
    assert GAZETTEER.countries(place) == ("IL", "PS")
    assert meant("قدس شریف (فلسطین)") == ["Jerusalem, PS", "Palestine, PS"]
    assert meant("قدس شریف", countries=["PS"]) == ["Jerusalem, PS"]


def test_large_places_come_before_small_ones() -> None:
    found = GAZETTEER.named("London", kind="city")
    assert found[0].country == "GB"
    assert [place.population for place in found[1:]] == sorted(
        (place.population for place in found[1:]), reverse=True
    )


def test_places_by_id_and_code() -> None:
    assert GAZETTEER.country("KG").name == {"en": "Kyrgyzstan", "fa": "قرقیزستان"}
    tehran = GAZETTEER.named("Tehran")[0]
    assert GAZETTEER.place(tehran.id) == tehran
    assert tehran.latitude == pytest.approx(35.69, abs=0.05)
    assert tehran.longitude == pytest.approx(51.42, abs=0.05)
    with pytest.raises(InputError, match="XX"):
        GAZETTEER.country("XX")
    with pytest.raises(InputError, match="own:nowhere"):
        GAZETTEER.place("own:nowhere")


@pytest.mark.parametrize(
    ("place", "one", "other", "same"),
    [
        ("Seoul", "سئول", "سیول", True),
        ("Sanaa", "صنعا", "صنعاء", True),
        ("Kyiv", "Kiev", "Kyiv", True),
        ("Kazan", "قازان", "Kazan", True),
        ("Kazan", "قازان", "کازان", True),
        ("Beijing", "پکن", "Beijing", True),
        ("Isfahan", "Esfahan", "اصفهان", True),
        ("Saint Petersburg", "سن پترزبورگ", "St Petersburg", True),
        ("Saint Petersburg", "سن پترزبورگ", "لنینگراد", False),
        ("Pretoria", "پرتوریا", "تشوانه", False),
        ("Pretoria", "Tshwane", "تشوانه", True),
        ("Pretoria", "Pretoria", "Tshwane", False),
        ("Bishkek", "بیشکک", "فرونزه", False),
    ],
)
def test_spellings_are_one_name_and_other_names_are_not(
    place: str, one: str, other: str, same: bool
) -> None:
    found = GAZETTEER.named(place)[0]
    assert same_name(found, one, other) is same
    assert same_name(found, other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Karagandy", "کاراگاندا", True),
        ("Beijing", "پکن", False),  # an exonym, which sounds cannot tell
        ("Paris", "پاریس", True),
        ("Paris", "لندن", False),
        ("Milan", "میلان", True),
        ("Milan", "مینسک", False),
    ],
)
def test_sounds_are_compared_across_scripts(one: str, other: str, alike: bool) -> None:
    assert sound_alike(name_key(one), name_key(other)) is alike


# Running text ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("شهرداران تهران و سن‌پترزبورگ دیدار کردند.", ["تهران", "سن‌پترزبورگ"]),
        (
            "جمهوری اسلامی ایران و ایالات متحده آمریکا",
            ["جمهوری اسلامی ایران", "ایالات متحده آمریکا"],
        ),
        ("6پترزبورگ سن", ["پترزبورگ"]),
        ("تهران1 و (قازان)2", ["تهران", "قازان"]),
        ("شهروندان تهرانی و نویسندگان ایرانی", []),
        ("ایران‌شناسی در جهان", []),
        ("روسیه‌ی امروز و روسیۀ دیروز", ["روسیه", "روسیۀ"]),
        ("سن\nپترزبورگ", ["سن\nپترزبورگ"]),
        ("سن\tپترزبورگ", ["پترزبورگ"]),
        ("روز دوشنبه ۲۳ مهر", []),
        ("جلسه دوشنبه برگزار شد", []),
        ("شهر دوشنبه میزبان است", ["دوشنبه"]),
        ("دوشنبه (تاجیکستان)", ["دوشنبه", "تاجیکستان"]),
        ("تاجیکستان\tدوشنبه\t۱۳۷۴", ["تاجیکستان", "دوشنبه"]),
        ("بیشکک، دوشنبه و تاشکند", ["بیشکک", "دوشنبه", "تاشکند"]),
        ("تهران، دوشنبه ۲۳ مهر", ["تهران"]),
        ("ایران در صحنه جهانی", ["ایران"]),
        ("در خاورمیانه و آسیای میانه", []),
        ("اقیانوس هند و دریای عمان", []),
        ("هند و عمان", ["هند", "عمان"]),
        ("سازمان همکاری شانگهای", []),
        ("بندر شانگهای", ["شانگهای"]),
        ("کشورهای آمریکای لاتین", []),
        ("ریاست جمهوری ایران", ["ایران"]),
        ("The city of Nice is nice.", ["Nice"]),
        ("Nice, France", ["Nice", "France"]),
        ("Nice work of most men.", []),
        ("in Tehran and in teheran", ["Tehran"]),
        ("TEHRAN AND MOSCOW", ["TEHRAN", "MOSCOW"]),
        ("The US and us", ["US"]),
        ("London, J. (1999). J. London", []),
        ("London: Routledge", ["London"]),
        ("Korea, Republic of - Singapore", ["Korea", "Singapore"]),
        ("Niue and Tuvalu", ["Niue", "Tuvalu"]),
        ("نیش پشه", []),
        ("در این کشور خبر داد", []),
        ("کشور چک و شهر بن", ["چک", "بن"]),
        ("کره ماه و کره جنوبی", ["کره جنوبی"]),
        ("شبکه الجزیره", []),
        ("see https://www.Tehran.ir/Paris and a@Paris.fr", []),
        ("Novi-Sad, Saint Petersburg", ["Novi-Sad", "Saint Petersburg"]),
        ("Latin America and America", ["America"]),
        ("عضو متروپلیس و UCLG", ["متروپلیس", "UCLG"]),
        ("مجمع شهرداران آسیایی", ["مجمع شهرداران آسیایی"]),
        ("دیدار تهران-بیشکک و قم–باکو", ["تهران", "بیشکک", "قم", "باکو"]),
        ("Iran-Iraq trade, Paris-Dakar", ["Iran", "Iraq", "Paris", "Dakar"]),
        ("Tehran's mayor, Kazan’s port", ["Tehran", "Kazan"]),
        ("Xi'an and Sana'a's walls", ["Xi'an", "Sana'a"]),
        ("Côte d'Ivoire's capital", ["Côte d'Ivoire"]),
        ("سازمان حکومتهای محلی و شهرهای متحد", ["سازمان حکومتهای محلی و شهرهای متحد"]),
        ("", []),
    ],
)
def test_places_are_found_in_running_text(text: str, places: list[str]) -> None:
    assert written(text) == places


def test_a_mention_says_where_it_stands_and_what_the_words_before_it_say() -> None:
    text = "پیمان شهر کویت با کشور کویت"
    city, country = find_places(text, GAZETTEER)
    assert text[city.span.start : city.span.end] == city.written
    assert (city.kind, country.kind) == (None, "country")  # «شهر کویت» is the city's own name
    assert meant(text) == ["Kuwait City, KW", "Kuwait, KW"]


@pytest.mark.parametrize(
    ("text", "given", "places"),
    [
        ("خواهرخواندگی تهران با لس‌آنجلس", {}, ["Tehran, IR", "Los Angeles, US"]),
        ("Valencia", {}, ["several candidates"]),
        ("Valencia (Spain)", {}, ["Valencia, ES", "Spain, ES"]),
        ("Tripoli", {}, ["Tripoli, LY"]),
        ("San Jose", {}, ["several candidates"]),
        ("مردم آبادان", {}, ["Abadan, IR"]),
        ("Tripoli (Lebanon)", {}, ["Tripoli, LB", "Lebanon, LB"]),
        ("Tripoli (Lebanon), Tripoli", {}, ["Tripoli, LB", "Lebanon, LB", "Tripoli, LY"]),
        ("طرابلس", {"countries": ["LY"]}, ["Tripoli, LY"]),
        ("Tehran", {"countries": ["FR"]}, ["none in the given countries"]),
        ("کویت", {}, ["Kuwait, KW"]),
        ("کویت", {"kind": "city"}, ["Kuwait City, KW"]),
        ("کویت", {"kind": "city", "countries": ["KW"]}, ["Kuwait City, KW"]),
        ("London (Canada)", {}, ["London, CA", "Canada, CA"]),
        ("London, after talks with Canada", {}, ["London, GB", "Canada, CA"]),
    ],
)
def test_a_mention_is_resolved_or_its_doubt_is_said(
    text: str, given: dict[str, object], places: list[str]
) -> None:
    assert meant(text, **given) == places


def test_resolutions_carry_their_ground() -> None:
    found = resolve(find_places("طرابلس (لبنان)، تهران، Tripoli; New York", GAZETTEER))
    assert [one.ground for one in found if isinstance(one, Resolved)] == [
        "named country",
        "only candidate",
        "only candidate",
        "capital",
        "only candidate",
    ]
    (doubt,) = resolve(find_places("Valencia", GAZETTEER))
    assert isinstance(doubt, Unresolved)
    assert {place.country for place in doubt.candidates} >= {"ES", "VE"}


@given(
    st.lists(
        st.sampled_from(
            [
                *"()،و.-' \t\n\u200c\u064e\u0640۱",
                *("تهران", "سن", "پترزبورگ", "دوشنبه", "کویت", "شهر"),
                *("St", "Petersburg", "Nice", "US"),
            ]
        ),
        max_size=25,
    )
)
def test_mentions_are_in_order_apart_and_as_written(parts: list[str]) -> None:
    text = "".join(parts)
    at = 0
    for mention in find_places(text, GAZETTEER):
        assert at <= mention.span.start < mention.span.end <= len(text)
        assert mention.written == text[mention.span.start : mention.span.end]
        assert mention.candidates
        at = mention.span.end


@given(st.text(max_size=60))
def test_any_text_can_be_looked_up(text: str) -> None:
    resolve(find_places(text, GAZETTEER))
    GAZETTEER.named(text)
    assert name_key(name_key(text)) == name_key(text)


def test_every_usual_name_leads_back_to_its_place() -> None:
    for at in range(0, 34_000, 57):
        row = GAZETTEER.row(at)
        for name in filter(None, (row.en, row.fa)):
            assert row.id in [place.id for place in GAZETTEER.named(name)]


# A user's own file -------------------------------------------------------------------------------

OWN = """
places:
  - id: own:new-town
    name: {en: New Town, fa: نوآبادان شرقی}
    country: IR
    population: 12000
    latitude: 35.1
    longitude: 51
    spellings: [نوابادان شرقی]
  - id: geonames:112931
    other_names: [[Ray Nova, ری نو]]
  - id: network:our-forum
    name: {en: Our Forum, fa: مجمع ما}
words: [مسکو]
no_places: [دانشگاه تهران]
"""


def test_a_file_of_ones_own_adds_places_names_and_words(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    mine = gazetteer(path)
    assert mine is gazetteer(path)
    town = mine.named("نوآبادان‌شرقی")[0]
    assert (town.id, town.country, town.population, town.longitude) == (
        "own:new-town",
        "IR",
        12000,
        51.0,
    )
    assert mine.named("ری نو")[0].name["en"] == "Tehran"
    assert not mine.same_name(mine.named("Tehran")[0], "تهران", "ری نو")
    assert mine.named("مجمع ما")[0].kind == "network"
    text = "دانشگاه تهران در مسکو و نوآبادان شرقی، تهران"
    assert [one.written for one in find_places(text, mine)] == ["مسکو", "نوآبادان شرقی", "تهران"]
    assert [one.written for one in find_places("خبر مسکو رسید", mine)] == []
    assert GAZETTEER.named("نوآبادان شرقی") == ()
    path.write_text("places: [{id: own:a, name: {en: Atown}, country: FR}]", encoding="utf-8")
    assert gazetteer(path).named("Atown")


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("places: [{name: {en: A}}]", ['line 1: This place has no "id"']),
        ("places:\n- {id: city:1}", ['line 2: The id is "city:1"']),
        ("places:\n- {id: own:a}", ["needs a name", 'needs a "country"']),
        ("places: 3\nwords: x\nmore: []", ['"places" is "3"', '"words" is "x"', '"more"']),
        (
            "places:\n- {id: own:a, name: {en: A}, country: IR, latitude: 95, longitude: x}",
            ['"latitude" of own:a is "95"', '"longitude" of own:a is "x"'],
        ),
        (
            "places:\n- {id: own:a, name: {en: A, de: B}, country: IR, latitude: 1}",
            ['unknown key "de"', 'both "latitude" and "longitude"'],
        ),
        (
            "places:\n- {id: own:a, name: {en: A}, country: [IR, x], population: many}",
            ['"country" of own:a is "x"', '"population" of own:a is "many"'],
        ),
        (
            "places:\n- {id: network:a, name: {en: A}}\n- {id: network:a, name: {en: B}}",
            ["line 3: network:a stands already at line 2"],
        ),
        ("places:\n- {id: network:a, name: {en: A, en: B}}", ['"en" twice']),
        ("words: [[a]]\nno_places: ['']", ["holds a list", "holds empty"]),
        ("places: [\n", ["this is not YAML"]),
        ("- a", ['The file is a list']),
        ("places:\n- {id: geonames:999999999}", ["line 2: geonames:999999999 is not in"]),
        ("places:\n- {id: country:XX}", ["line 2: country:XX is no country"]),
    ],
)  # fmt: skip
def test_faults_of_a_file_are_said_with_their_lines(
    source: str, faults: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        gazetteer(path)
    for fault in faults:
        assert fault in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        gazetteer(tmp_path / "none.yaml")
    damaged = tmp_path / "own.yaml"
    damaged.write_bytes(b"places: \xff")
    with pytest.raises(InputError, match="not UTF-8"):
        gazetteer(damaged)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(string.printable, max_size=8)),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["places", "words", "id", "name", "country", "other_names", "x"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_yaml_is_read_or_refused(content: object) -> None:
    with contextlib.suppress(InputError):
        additions.parse(yaml.safe_dump(content))


# What is shipped ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["places.yaml", "networks.yaml"])
def test_what_the_hand_written_files_say_is_in_the_shipped_file(name: str) -> None:
    book = additions.load(shipped("gazetteer") / name)
    assert book.places
    for place in book.places:
        known = GAZETTEER.place(place.id)
        assert {**known.name, **place.name} == known.name
        for spelling in (one for group in place.names for one in group):
            assert place.id in [found.id for found in GAZETTEER.named(spelling)], spelling
    words = {name_key(word) for word in book.words}
    assert not words & GAZETTEER.running_names.sure
    for phrase in book.no_places:
        assert GAZETTEER.running_names.rows[name_key(phrase)] == ()


def test_every_iranian_city_and_every_capital_has_a_persian_name() -> None:
    numbers = {at for rows in GAZETTEER.running_names.rows.values() for at in rows}
    rows = [GAZETTEER.row(at) for at in numbers]
    wanted = [row for row in rows if row.countries == "IR" or "c" in row.marks]
    assert len(wanted) > 600
    assert [row.en for row in wanted if not row.fa] == []


def test_mention_is_a_value() -> None:
    (mention,) = find_places("تهران", GAZETTEER)
    assert mention == PlaceMention(mention.span, "تهران", mention.candidates)
