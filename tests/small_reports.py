"""Four small made-up reports of one year, for tests of answers over all provinces. Built once for all test modules."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from assistant import building
from assistant.assistant import Assistant
from assistant.encoders import open_model
from assistant.evaluation.promises import broken_promises
from assistant.lexicon import load_lexicon
from assistant.settings import Settings
from assistant.types import Answer

LEXICON = load_lexicon()
NAMES = {p.name: (p.name, p.full, p.english) for p in LEXICON.provinces}
REPORTS = {
    "浙江": """浙江省2023年政府工作报告
一、2022年工作回顾
地区生产总值达到77715亿元，增长3.1%。进出口总额增长13.1%，其中对东盟进出口增长20.5%。城镇新增就业108万人。
高新技术企业突破3.5万家。深入实施“揭榜挂帅”“赛马”等攻关机制。
二、2023年工作安排
今年的主要预期目标是：地区生产总值增长5%以上，城镇新增就业100万人。
建设科技成果转移转化示范区。统筹推进国家公园创建。继续实施“揭榜挂帅”。""",
    "江西": """江西省2023年政府工作报告
一、2022年工作回顾
地区生产总值达到32075亿元，增长4.7%。进出口总额增长34.9%。城镇新增就业46万人。
新增高新技术企业320家。数字经济增加值增速居全国第4位。
二、2023年工作安排
今年的主要预期目标是：地区生产总值增长7%左右，城镇新增就业40万人以上。
推行“揭榜挂帅”制度，深化科技特派员制度。""",
    "云南": """云南省2023年政府工作报告
一、2022年工作回顾
地区生产总值达到28954亿元，增长4.3%。进出口总额增长6.3%，对东盟进出口增长9.7%。城镇新增就业52万人。
高新技术企业达到2490家，增长21%。
二、2023年工作安排
今年的主要预期目标是：地区生产总值增长6%左右。
高标准建设国家公园，不断提升生物多样性保护水平。""",
    "辽宁": """辽宁省2023年政府工作报告
一、2022年工作回顾
地区生产总值达到28975亿元，增长2.1%。城镇新增就业46.9万人。
高新技术企业达到1.1万家。国家文化公园建设取得进展。
二、2023年工作安排
今年的主要预期目标是：地区生产总值增长5%以上，城镇新增就业46万人。
实施“赛马”制攻关，布局脑机接口、量子信息等未来产业。""",
}


@functools.cache
def small_reports() -> Assistant:
    """The facade over the four reports. Read only."""
    return opened_over({f"{province}省2023年政府工作报告": text for province, text in REPORTS.items()})


def opened_over(texts: dict[str, str]) -> Assistant:
    """The facade over texts by their titles; its store is gone when the tests end."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    paths = []
    for title, text in texts.items():
        path = folder / f"{title}.txt"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    settings = Settings(store=folder / "store")
    building.build(settings.store_dir, paths, lexicon=LEXICON, model=open_model(settings))
    return Assistant.open(settings=settings)


def problems(answer: Answer) -> list[str]:
    """The promises that an answer over the four reports breaks."""
    held = {p: NAMES[p] for p in REPORTS}
    return broken_promises(answer.to_dict(), lambda doc_id: small_reports().document(doc_id).text, held)
