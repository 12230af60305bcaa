"""The real facade over a few small reports, with a model that needs no weights: everything else is the program's own."""

from __future__ import annotations

from pathlib import Path

from store_fakes import FakeModel

from assistant import building
from assistant.assistant import Assistant
from assistant.corpus.read import Intake
from assistant.lexicon import load_lexicon
from assistant.settings import Settings
from assistant.store import Store

REPORTS = {
    "山东2022": "2022年山东省政府工作报告\n2021年工作回顾\n高新技术企业突破2.3万家，增长18%。技术合同成交额达到2564亿元。\n"
    "2022年工作安排\n实施“揭榜挂帅”制度。高新技术企业达到2.6万家，研发经费增长10%以上。\n",
    "黑龙江2022": "2022年黑龙江省政府工作报告\n2022年工作安排\n高新技术企业达到3500家。推行“揭榜挂帅”制度。研发投入增长14.8%。\n",
    "福建2022": "2022年福建省政府工作报告\n2022年工作安排\n建设数字福建。技术合同成交额增长20%，高新技术企业达到1万家。\n",
}
EXTRA = "2022年广东省政府工作报告\n2022年工作安排\n高新技术企业达到6万家。广东研发投入增长9.5%。\n"
QUESTIONS = (
    "山东2022年高新技术企业要达到多少家？",
    "哪些省份提到“揭榜挂帅”？",
    "广东研发投入增长多少？",
    "各省高新技术企业目标对比",
    "福建的技术合同成交额增长多少？",
)


class Stub(FakeModel):
    """A model of random vectors that also encodes questions."""

    def encode_queries(self, texts):
        return [encoded for _, encoded in sorted(self.encode_passages(texts), key=lambda found: found[0])]

    def count_tokens(self, texts):
        return [len(text) for text in texts]

    def token_offsets(self, text):
        return [(i, i + 1) for i in range(len(text))]

    question_offsets = token_offsets


def write_reports(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in REPORTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def open_small(store: Path, **options: object) -> Assistant:
    """The facade over ``store``, which is built of the reports where there is none."""
    lexicon, model = load_lexicon(), Stub()
    if not (store / "CURRENT").exists():
        reports = write_reports(store.parent / "reports")
        building.build(store, [reports], lexicon=lexicon, model=model, intake=Intake("", None, 256))
    return Assistant(Settings(store=store, **options), lexicon, model, Store.open(store))
