"""Made-up reports of several years, of no province and of one, for tests of questions over years. Built once."""

from __future__ import annotations

import functools

from small_reports import NAMES, opened_over

from assistant.assistant import Assistant
from assistant.evaluation.promises import broken_promises
from assistant.types import Answer

OF_THE_STATE = {
    "2016年政府工作报告": """2016年政府工作报告
一、2015年工作回顾
国内生产总值增长6.9%，城镇新增就业1312万人。单位国内生产总值能耗下降5.6%。
去年进出口总额出现下降，预期增长目标未能实现。
2015年是“十二五”收官之年。过去五年，发展成就举世瞩目。城镇新增就业人数超过6400万人，单位国内生产总值能耗下降18.2%。
二、“十三五”时期主要目标任务
今后五年，城镇新增就业5000万人以上。到2020年，高速铁路营业里程达到3万公里。
三、2016年重点工作
今年发展的主要预期目标是：国内生产总值增长6.5%左右，城镇新增就业1000万人以上，广义货币增长目标为13%左右。
今年安排财政赤字2.18万亿元，比去年增加5600亿元。实行稳健的财政政策和宽松的货币政策。""",
    "2017年政府工作报告": """2017年政府工作报告
一、2016年工作回顾
国内生产总值达到74.4万亿元，增长6.7%，总量稳居世界前列。城镇新增就业1314万人。
二、2017年重点工作
今年发展的主要预期目标是：国内生产总值增长6.5%左右，城镇新增就业1100万人以上。
今年安排财政赤字2.38万亿元。推广海绵城市建设。""",
    "2018年政府工作报告": """2018年政府工作报告
一、2017年工作回顾
国内生产总值增长6.9%，总量达到82.7万亿元。城镇新增就业1351万人。实际使用外资1310亿美元。
二、2018年重点工作
做好今年工作，意义重大。过去一年，各项工作取得了很大成绩。粮食产量增长1.2%。
今年发展的主要预期目标是：国内生产总值增长6.5%左右，城镇新增就业1100万人以上。
今年安排财政赤字2.38万亿元。加快海绵城市建设，普及工业互联网。""",
    "2019年政府工作报告": """2019年政府工作报告
一、2018年工作回顾
国内生产总值增长6.6%，总量突破90万亿元。城镇新增就业1361万人。
二、2019年重点工作
今年发展的主要预期目标是：国内生产总值增长6%左右，城镇新增就业1100万人以上。
今年安排财政赤字2.76万亿元。打造工业互联网平台。""",
}
OF_GANSU = {
    f"甘肃省{year}年政府工作报告": f"""甘肃省{year}年政府工作报告
一、{year - 1}年工作回顾
地区生产总值增长{result}%。粮食产量{grain}万吨。
二、{year}年工作安排
今年的主要预期目标是：地区生产总值增长{aim}%左右。"""
    for year, result, grain, aim in ((2021, 3.9, 1202, 6.5), (2022, 6.9, 1231, 6.8), (2023, 4.5, 1265, 6.1))
}


@functools.cache
def yearly_reports(name: str) -> Assistant:
    """The facade over one of the two corpora, ``state`` or ``gansu``, or over ``both``. Read only."""
    return opened_over({"state": OF_THE_STATE, "gansu": OF_GANSU, "both": OF_THE_STATE | OF_GANSU}[name])


def problems(answer: Answer, name: str) -> list[str]:
    """The promises that an answer over one of them breaks."""
    held = {} if name == "state" else {"甘肃": NAMES["甘肃"]}
    return broken_promises(answer.to_dict(), lambda doc_id: yearly_reports(name).document(doc_id).text, held)
