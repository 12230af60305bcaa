"""The lexicon: folding keeps positions, every wording finds what it names, and letters count only where they are places."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LexiconError
from assistant.lexicon import Lexicon, Mention, load_lexicon
from assistant.lexicon.matching import key_of
from assistant.lexicon.reading import read_toml
from assistant.settings import data_dir
from assistant.text import fold, to_simplified

LEXICON = load_lexicon()
SHIPPED = data_dir("index/lexicon")
MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from("山东鲁豫皖黑吉辽新疆臺灣贵州、和两省的2022年高企R&D经费 “”shandong'隆重庆祝"), st.characters()
    )
)


def names(text: str) -> list[str]:
    return [n for m in LEXICON.find_provinces(text) for n in m.names]


def ids(text: str) -> list[str]:
    return [n for m in LEXICON.find_measures(text) for n in m.names]


@given(st.text())
def test_folding_keeps_length_and_is_idempotent(text: str) -> None:
    for change in (to_simplified, fold):
        once = change(text)
        assert len(once) == len(text)
        assert change(once) == once


def test_every_ideograph_folds_in_one_step() -> None:
    everything = "".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))))
    once = to_simplified(everything)
    assert len(once) == len(everything)
    assert to_simplified(once) == once
    assert to_simplified("臺灣廣東發展薴") == "台湾广东发展苎"


def test_thirty_four_provinces_with_distinct_places_on_the_map() -> None:
    assert len(LEXICON.provinces) == 34
    assert len({p.tile for p in LEXICON.provinces}) == 34
    assert len({p.code for p in LEXICON.provinces}) == 34


@pytest.mark.parametrize("province", LEXICON.provinces, ids=lambda p: p.name)
def test_every_alias_names_its_province(province) -> None:
    for alias in (*province.aliases, province.full, province.english.upper()):
        found = LEXICON.province(alias)
        assert found is not None and found.name == province.name, alias
        if alias not in province.letters:
            assert names(alias) == [province.name], alias
            assert names(f"请问{alias}，2022年如何？") == [province.name], alias
    for letter in province.letters:
        assert names(f"{letter}2022年的目标") == [province.name]
    for misspelling in province.misspellings:
        guessed = {n for m in LEXICON.guess_provinces(f"{misspelling}的目标") for n in m.names}
        assert province.name in guessed | set(names(misspelling)), misspelling


def test_every_city_lies_in_its_province() -> None:
    for p in LEXICON.provinces:
        for city in p.cities:
            assert [m.names for m in LEXICON.find_cities(f"在{city}，")] == [(p.name,)], city
            assert names(f"在{city}，") == [], city


def test_every_region_names_its_provinces() -> None:
    for r in LEXICON.regions:
        for alias in (r.name, *r.aliases, *r.english):
            mentions = LEXICON.find_provinces(f"{alias}，")
            assert [m.names for m in mentions] == [r.provinces], alias
            assert mentions[0].kind == "region"


def test_every_wording_of_a_measure_finds_it() -> None:
    assert len(LEXICON.measures) >= 120
    for m in LEXICON.measures:
        for wording in (m.name, *m.synonyms, *m.english):
            assert ids(wording) == [m.id], wording
            assert set(LEXICON.synonyms_of(wording)) >= {m.name, *m.synonyms, *m.english}
        for english in m.english:
            assert ids(f"the {english.upper()} in 2022?") == [m.id], english
        assert m.units


def test_every_wording_of_a_term_finds_it() -> None:
    assert len(LEXICON.terms) >= 350
    for t in LEXICON.terms:
        for wording in (t.name, *t.synonyms, *t.english):
            assert t.name in {n for m in LEXICON.find_terms(wording) for n in m.names}, wording
        for english in t.english:
            assert LEXICON.translate(f"What about the {english}?"), english


def test_no_wording_names_both_a_measure_and_a_term() -> None:
    """The measure would win everywhere and the term never be found."""
    owners = {key_of(w): m.id for m in LEXICON.measures for w in (m.name, *m.synonyms, *m.english)}
    both = [
        (w, t.name, owners[key_of(w)])
        for t in LEXICON.terms
        for w in (t.name, *t.synonyms, *t.english)
        if key_of(w) in owners
    ]
    assert both == []


def test_words_of_growth_are_left_to_the_question() -> None:
    """GDP增速 as a name of GDP would hide that growth is asked for; names that are growth by themselves may hold it."""
    by_nature = {"gdp", "tech_progress", "consumption_contribution", "birth_rate_share", "cpi"}
    hiding = [
        w
        for m in LEXICON.measures
        if m.id not in by_nature
        for w in (m.name, *m.synonyms)
        if w.endswith(("增速", "增幅", "增长"))
    ]
    assert hiding == []


NEAR_MISSES = [
    ("研发经费", "研发投入强度"),
    ("技术合同成交额", "技术合同成交项数"),
    ("专精特新小巨人", "科技小巨人"),
    ("高新技术企业", "科技型中小企业"),
    ("工业增加值", "工业总产值"),
    ("服务业增加值", "规上服务业营业收入"),
    ("有效发明专利", "发明专利授权量"),
    ("万人发明专利拥有量", "万人高价值发明专利拥有量"),
    ("城镇居民人均可支配收入", "农村居民人均可支配收入"),
    ("贷款余额", "新增贷款"),
    ("生猪出栏", "生猪存栏"),
    ("粮食产量", "粮食综合生产能力"),
    ("养老机构", "养老床位"),
    ("基础养老金", "退休人员基本养老金"),
    ("隐性债务", "政府债务"),
    ("新能源汽车产量", "新能源汽车销量"),
    ("R&D spending", "R&D as a share of GDP"),
    ("tech deals", "number of tech deals"),
    ("little giants", "tech little giants"),
    ("unemployment rate", "registered unemployment rate"),
]


@pytest.mark.parametrize(("one", "other"), NEAR_MISSES)
def test_near_misses_are_different_measures(one: str, other: str) -> None:
    assert len(ids(one)) == len(ids(other)) == 1
    assert ids(one) != ids(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("launched", {"启动"}),
        ("achieving breakthroughs", {"突破"}),
        ("planting trees", {"种植", "树"}),
        ("railway stations", {"火车站"}),  # the longer, not 铁路 and 站
        ("carried out", {"实施"}),
        ("modernisation", {"现代化"}),
        ("modernization", {"现代化"}),
        ("theatre", {"剧院"}),
        ("theater", {"剧院"}),
    ],
)
def test_ordinary_english_words(text: str, expected: set[str]) -> None:
    mentions = LEXICON.find_words(text)
    assert expected <= {chinese for m in mentions for chinese in m.names}
    assert all(text[m.start : m.end] == m.text for m in mentions)


def test_ordinary_words_of_a_chinese_question_are_none() -> None:
    assert LEXICON.find_words("山东2022年高新技术企业目标") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("labour centre", "labor centers"),
        ("urbanisation programme", "urbanization programs"),
        ("defence licence", "defense license"),
        ("enrolment", "enrollments"),
        ("fibre", "fiber"),
    ],
)
def test_british_and_american_spellings_are_one_word(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda p: p.name)
def test_quick_reading_gives_what_toml_gives(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert read_toml(path, tuple(data)) == data


@given(MIXED)
def test_mentions_are_sorted_apart_and_quote_the_text(text: str) -> None:
    def check(mentions: tuple[Mention, ...]) -> None:
        for m in mentions:
            assert text[m.start : m.end] == m.text != ""
        for a, b in zip(mentions, mentions[1:], strict=False):
            assert a.end <= b.start and not a.overlaps(b)

    finders = (
        LEXICON.find_provinces, LEXICON.find_cities, LEXICON.guess_provinces, LEXICON.find_measures,
        LEXICON.find_terms, LEXICON.find_topics, LEXICON.find_periods, LEXICON.find_words,
    )  # fmt: skip
    for finder in finders:
        check(finder(text))


WEST = "内蒙古 广西 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆"
SENTENCES = [
    # one-character names that stand as places
    ("鲁豫两省的高新技术企业", "山东 河南"),
    ("鲁2022年目标", "山东"),
    ("鲁、豫、皖的研发投入", "山东 河南 安徽"),
    ("比较鲁和豫", "山东 河南"),
    ("黑、吉、辽的高企目标", "黑龙江 吉林 辽宁"),
    ("黑和吉谁的技术合同成交额高？", "黑龙江 吉林"),
    ("苏浙皖三省", "江苏 浙江 安徽"),
    ("湘鄂两省谁更高", "湖南 湖北"),
    ("那鲁呢？", "山东"),
    ("琼R&D投入强度", "海南"),
    ("闽研发投入增长多少", "福建"),
    ("粤2025年GDP", "广东"),
    ("津2022年引进人才", "天津"),
    ("请问皖呢", "安徽"),
    ("豫省的粮食产量", "河南"),
    ("黑2022年的目标", "黑龙江"),
    ("山东和豫的GDP", "山东 河南"),
    ("京、津、冀的GDP", "北京 天津 河北"),
    ("魯、豫兩省", "山东 河南"),
    # regions
    ("京津冀协同发展取得哪些进展", ""),
    ("京津冀三地的目标", "北京 天津 河北"),
    ("东北三省哪个高企最多", "辽宁 吉林 黑龙江"),
    ("東北三省的高新技術企業", "辽宁 吉林 黑龙江"),
    ("西部各省的揭榜挂帅", WEST),
    ("西北五省", "陕西 甘肃 青海 宁夏 新疆"),
    ("浙江西部的产业", "浙江"),
    ("内蒙古东部", "内蒙古"),
    ("我省西部地区", ""),
    ("哪些省提到西部大开发", ""),
    ("哪些省提到长三角一体化", ""),
    ("长三角的研发投入强度", "上海 江苏 浙江 安徽"),
    ("粤港澳大湾区建设", ""),
    ("川渝两地", "重庆 四川"),
    ("陕甘宁边区", ""),
    ("直辖市的GDP", "北京 天津 上海 重庆"),
    # ordinary words that hold a name or a letter
    ("新增高新技术企业多少家", ""),
    ("迈上新台阶", ""),
    ("黑土地保护和黑臭水体", ""),
    ("宁可少一些", ""),
    ("青年科技人才", ""),
    ("云计算和大数据", ""),
    ("川流不息", ""),
    ("苏打水产业", ""),
    ("贵在坚持，新的一年", ""),
    ("津贴和晋升", ""),
    ("粗鲁和犹豫", ""),
    ("隆重庆祝建党百年", ""),
    ("贺兰山东麓葡萄酒", ""),
    ("珠江西岸先进装备", ""),
    ("推广西瓜种植", ""),
    ("黄河南岸和长江北岸", ""),
    ("太湖北岸", ""),
    ("南海与东海", ""),
    ("年青海归人才", ""),
    ("南宁夏季气温", ""),
    ("浙赣铁路", ""),
    ("京沪高铁", ""),
    ("湘江、闽江、赣州", ""),
    ("沪深300指数", ""),
    ("新、旧动能转换", ""),
    ("购置3台、5套", ""),
    ("东北亚合作", ""),
    ("贵省的目标", ""),
    ("川西北生态示范区", ""),
    ("第二次青藏科考", ""),
    ("住鲁两院院士", "山东"),
    ("苏皖鲁豫省际交界地区", "江苏 安徽 山东 河南"),
    ("建设新湖南", "湖南"),
    # look-alike names
    ("山西和陕西", "山西 陕西"),
    ("Shanxi and Shaanxi", "山西 陕西"),
    ("河南湖南海南云南", "河南 湖南 海南 云南"),
    ("江西浙江西藏", "江西 浙江 西藏"),
    ("黑龙江和龙江", "黑龙江 黑龙江"),
    ("上海南部", "上海"),
    # institutions and cities are not provinces
    ("吉林大学与一汽", ""),
    ("北京大学现代农业研究院", ""),
    ("山东农业大学和浙江工业大学", ""),
    ("天津大学科技园建设", "天津"),
    ("山东大学生就业", "山东"),
    ("北京时间8点", ""),
    ("吉林市的目标", ""),
    ("济南和哈尔滨", ""),
    ("Jilin University and Peking University", ""),
    ("Shanghai Cooperation Organization", ""),
    # other languages and spellings
    ("What about Shandong's target and Inner Mongolia?", "山东 内蒙古"),
    ("4Guizhou2021年", "贵州"),
    ("2022Inner Mongolia目标", "内蒙古"),
    ("4xGuizhou", ""),
    ("hei long jiang 和 NeiMengGu", "黑龙江 内蒙古"),
    ("HENAN vs. hunan", "河南 湖南"),
    ("Which provinces in Northeast China mention it?", "辽宁 吉林 黑龙江"),
    ("Xizang (Tibet)", "西藏 西藏"),
    ("Hong Kong and Macau", "香港 澳门"),
    ("臺灣、廣東、寧夏回族自治區", "台湾 广东 宁夏"),
    ("Shandong省的R&D投入", "山东"),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[s for s, _ in SENTENCES])
def test_provinces_of_a_sentence(sentence: str, expected: str) -> None:
    assert names(sentence) == expected.split()


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("新彊的高企", {"新疆"}),
        ("黑龙将2022年目标", {"黑龙江"}),
        ("黑江龙的目标", {"黑龙江"}),
        ("内孟古的目标", {"内蒙古"}),
        ("Heilongjaing", {"黑龙江"}),
        ("Shangdong target", {"山东"}),
        ("Guangdung", {"广东"}),
        ("黑龙江和山东", set()),
        ("Shandong", set()),
    ],
)
def test_guesses(wrong: str, expected: set[str]) -> None:
    assert {n for m in LEXICON.guess_provinces(wrong) for n in m.names} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("研发投入强度和研发投入", ["rd_intensity", "rd_spending"]),
        ("全社会 R&D 经费占GDP比重", ["rd_intensity"]),
        ("全社会 R&D 经费和 GDP", ["rd_spending", "gdp"]),
        ("R & D intensity", ["rd_intensity"]),
        ("全省高企与科技型中小企业分别达到", ["hightech_firms", "tech_smes"]),
        ("专精特新「小巨人」企业", ["little_giants"]),
        ("專精特新中小企業", ["srdi_smes"]),
        ("城鎮新增就業12万人", ["new_urban_jobs"]),
        ("人均GDP", ["gdp_per_capita"]),
        ("研究与试验发展（Ｒ＆Ｄ）经费投入强度提高到", ["rd_intensity"]),
        ("High-Tech Enterprise numbers", ["hightech_firms"]),
        ("per-capita disposable income of rural residents", ["rural_income"]),
        ("ＰＭ2.5", ["pm25"]),
        ("15G基站", []),
        ("GDPR rules", []),
    ],
)
def test_measures_of_a_text(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_a_quotation_inside_a_measure_is_closed() -> None:
    (mention,) = LEXICON.find_measures("培育专精特新“小巨人”221家")
    assert mention.text == "专精特新“小巨人”"


def test_translation_and_names() -> None:
    words = LEXICON.translate(
        "Which western provinces used the open competition mechanism for technology contracts in Shandong?"
    )
    assert {"西部", "揭榜挂帅", "技术合同成交额", "山东"} <= set(words)
    assert LEXICON.english_name("山东") == "Shandong"
    assert LEXICON.english_name("rd_intensity") == LEXICON.english_name("研发强度") == "R&D intensity"
    assert LEXICON.english_name("没有这个词") == "没有这个词"
    assert LEXICON.synonyms_of("没有这个词") == ()
    assert LEXICON.province("没有") is None and LEXICON.region("没有") is None and LEXICON.measure("没有") is None
    region = LEXICON.region("沪苏浙皖")
    assert region is not None and region.name == "长三角"


def test_period_words() -> None:
    def found(text: str) -> set[str]:
        return {n for m in LEXICON.find_periods(text) for n in m.names}

    assert "review" in found("去年做到了多少") and "plan" not in found("去年做到了多少")
    assert "plan" in found("2022年的目标是多少") and "review" not in found("2022年的目标是多少")
    assert "review_5y" in found("过去五年的成就")
    assert "plan_5y" in found("未来五年要做什么")
    assert "plan" in found("What is the target?") and "review" not in found("What is the target?")


def test_words_for_the_segmenter() -> None:
    words = LEXICON.words()
    assert {"山东", "揭榜挂帅", "高新技术企业", "哈尔滨", "长三角"} <= set(words)
    assert all(len(w) > 1 and w.isalnum() for w in words)
    assert list(words) == sorted(set(words))


def test_one_folder_is_read_once() -> None:
    assert load_lexicon() is load_lexicon(SHIPPED)


# --- what an editor can get wrong: (file, text to replace, replacement, what the message must name)
MISTAKES = [
    ("provinces.toml", 'name = "山东"', 'name = "山东', ["provinces.toml", "TOML"]),
    ("provinces.toml", 'code = "37"', 'code = "3"', ["provinces.toml", "山东", "code"]),
    ("provinces.toml", 'code = "37"', 'code = "13"', ["provinces.toml", "山东", "code", "13"]),
    ("provinces.toml", 'letters = ["鲁"]', 'letters = ["鲁省"]', ["provinces.toml", "山东", "letters"]),
    ("provinces.toml", 'letters = ["鲁"]', 'letters = "鲁"', ["provinces.toml", "山东", "letters"]),
    ("provinces.toml", 'letters = ["鲁"]', 'letters = ["豫"]', ["provinces.toml", "豫"]),
    ("provinces.toml", 'english = "Shandong"', 'englisch = "Shandong"', ["provinces.toml", "山东", "english"]),
    ("provinces.toml", 'pinyin = "shan dong"', 'pinyin = ""', ["provinces.toml", "山东", "pinyin"]),
    ("provinces.toml", 'full = "山东省"', 'full = "山东"', ["provinces.toml", "山东", "full"]),
    ("provinces.toml", "tile = [3, 7]", "tile = [3]", ["provinces.toml", "山东", "tile"]),
    ("provinces.toml", "tile = [3, 7]", "tile = [3, 6]", ["provinces.toml", "山东", "tile"]),
    ("provinces.toml", "tile = [3, 7]", "tile = [3, 7]\nboss = 1", ["provinces.toml", "山东", "boss"]),
    ("provinces.toml", "[letters]", "[leters]", ["provinces.toml", "leters", "letters"]),
    ("provinces.toml", "[not_places]", "[institutions2]", ["provinces.toml", "institutions2"]),
    ("provinces.toml", "after_weak = [", "after_week = [", ["provinces.toml", "letters", "after_week"]),
    ("regions.toml", 'provinces = ["北京", "天津"]', 'provinces = ["北京", "天京"]', ["regions.toml", "京津", "天京"]),
    ("regions.toml", 'provinces = ["北京", "天津"]', "provinces = []", ["regions.toml", "京津", "provinces"]),
    ("regions.toml", "direction = true", 'direction = "yes"', ["regions.toml", "东北三省", "direction"]),
    ("regions.toml", 'source = "通行说法"', 'source = ""', ["regions.toml", "source"]),
    ("measures.toml", 'id = "gdp"', 'id = ""', ["measures.toml", "id"]),
    ("measures.toml", 'id = "gdp_per_capita"', 'id = "gdp"', ["measures.toml", "gdp"]),
    ("measures.toml", '"人均GDP"', '"GDP"', ["measures.toml", "gdp_per_capita", "GDP"]),
    ("measures.toml", 'topic = "经济"', 'topic = "经纪"', ["measures.toml", "gdp", "topic", "经纪"]),
    ("measures.toml", 'name = "地区生产总值"', "name = 3", ["measures.toml", "gdp", "name"]),
    ("measures.toml", '"人均GDP"', '"“”"', ["measures.toml", "gdp_per_capita", "“”"]),
    ("topics.toml", '"gdp_per_capita"', '"gdp_per_head"', ["topics.toml", "经济", "gdp_per_head"]),
    ("topics.toml", "covers = [", "cover = [", ["topics.toml", "经济", "cover"]),
    ("periods.toml", "[plan_5y]", "[plan_6y]", ["periods.toml", "plan_6y"]),
    ("periods.toml", "words = [", "word = [", ["periods.toml", "review", "word"]),
    ("terms.tsv", "新质生产力\t", "新质生产力\t\t\t\t", ["terms.tsv", "新质生产力"]),
    ("provinces.toml", '"隆重庆祝"', '"……"', ["provinces.toml", "not_places", "chinese", "……"]),
    ("terms.tsv", "新质生产力\t", "揭榜挂帅\t", ["terms.tsv", "揭榜挂帅"]),
    ("english.tsv", "river basin\t", "river basin\tflow\t", ["english.tsv", "columns"]),
    ("english.tsv", "delta\t", "三角\t", ["english.tsv", "三角"]),
]


@pytest.mark.parametrize(("file", "old", "new", "named"), MISTAKES, ids=[f"{f}-{n}" for f, _, n, _ in MISTAKES])
def test_mistakes_are_named(tmp_path: Path, file: str, old: str, new: str, named: list[str]) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "lexicon")
    text = (folder / file).read_text(encoding="utf-8")
    body = text.find("\n\n") + 1  # the heading comment shows the keys too
    assert old in text[body:]
    (folder / file).write_text(text[:body] + text[body:].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_lexicon(folder)
    for word in named:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "file",
    ["provinces.toml", "regions.toml", "measures.toml", "terms.tsv", "english.tsv", "topics.toml", "periods.toml"],
)
def test_missing_empty_and_misencoded_files(tmp_path: Path, file: str) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "lexicon")
    (folder / file).write_bytes("# 山东".encode("gb18030"))
    with pytest.raises(LexiconError, match=f"{file}.*UTF-8"):
        Lexicon(folder)
    (folder / file).unlink()
    with pytest.raises(LexiconError, match=f"{file} is missing"):
        Lexicon(folder)
    if file.endswith(".toml"):
        (folder / file).write_text("", encoding="utf-8")
        with pytest.raises(LexiconError, match=file):
            Lexicon(folder)


def test_every_file_begins_with_how_to_edit_it() -> None:
    for path in (*SHIPPED.glob("*.toml"), *SHIPPED.glob("*.tsv")):
        assert path.read_text(encoding="utf-8").startswith("# "), path.name
