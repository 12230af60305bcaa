"""The signs by which a question shows what kind of answer it wants: question words, what they ask after, its form.

Each sign is one linguistic feature, not a verdict: ``intent`` weighs them by fitted weights. Patterns meet a *marked*
question: folded, its places written ``P`` (regions ``R``), measures ``M``, terms ``T``, quoted words ``Q``, years ``Y``,
other numbers ``9``. Folded text has no capitals, so that the marks cannot be mistaken for words.
"""

from __future__ import annotations

import re

_SIGNS: dict[str, str] = {
    # who and which
    "which province": r"哪(?:些|个|几个|几|一个|一|家|几家)?\s?(?:东部|西部|中部|北方|南方|沿海|[东西南北中]+)?(?:省|自治区|省区|省市|直辖市)|(?:有|几|多少)个?省(?!级|道|实|重)|\b(?:which|what|whose|any|every|all|each|list|the)\b(?: of)?(?: the)?(?: [a-z-]+){0,2} (?:provinces?|regions|governments?|reports|authorities)\b",
    "which place": r"哪(?:些|个|几个|几|一个|一)?(?:地区|地方|地(?!方)|城市|市|县|区|镇|村|盟|州|港|口岸)|哪里|哪儿|何处|\bwhere\b|\b(?:which|what) (?:city|cities|place|places|county|area|district|town|port)\b",
    "which places": r"哪(?:些|几个)(?:地方|地区|地(?!方)|城市|市|区)|\b(?:which|what) (?:places|cities|areas)\b",
    "which few": r"哪(?:几|两|三|四|五|六|七|八|九|十|9)|\bwhich (?:two|three|four|five|six|9)\b",
    "which some": r"哪些(?!省|地|市)|(?:有|是|都有|含)哪些|(?:都是|都有|有)(?:什么|啥)",
    "which one": r"哪(?:一|个|家|条|项|所|座|位|款|届|年|种|类|天|艘|部|只|支|场|门|本|期|号)|何(?:种|年|时|地)|\bwhich\b",
    "which own": r"哪(?:家|儿家)(?:企业|公司|车企|银行|医院|高校|厂|院|所)|哪(?:所|座|条|位|款|艘)",
    "who": r"谁|哪位|\bwhom?\b|\bwhose\b",
    "who alone": r"(?:由|和|跟|与|同|被|给|归|让|靠)谁|谁(?:负责|主导|牵头|当|任|签|建|造|管|发|举办)|(?:是|叫)谁|谁是|\bwho (?:is|was|runs|leads|signed|built|heads|made)\b",
    "who says": r"谁(?:也|还|们|家|都|今年|去年)?(?:提|讲|说|谈|写|有|要|打算|计划|设|定|给|公布|报|涉及|用|想|准备|安排)|\bwho (?:else )?(?:talk|mention|plan|say|ha[sd]|ha[sv]e|state|discuss|refer|promis|bring|speak|want|cite|set)\w*",
    "end who": r"(?:有|是|都有|都是)(?:谁|哪些|哪几个|哪几家|哪家)[?。!]?$|谁[?。!]?$",
    "the provinces that": r"的(?:省|省份|省区|省市|省市区|自治区|直辖市|地方|都?有谁|有哪些|有哪几[个家]|是哪[^,。]{1,4}|名单|省(?:份)?(?:名单|清单))\s?(?:\([^)]*\))?[?。!,]?$|名单|清单",
    "list them": r"^(?:请|麻烦)?(?:列出|列举|列一下|把|找|查|统计)|列(?:一下|出来|省|举)|^(?:list|name|find|show)\b",
    "saying": r"提(?:到|出|及|过|了|没)|说(?:到|过|起)|讲(?:到|过|了)|谈(?:到|及)|写(?:到|了|进|上|明)|涉及|出现|含有|部署了|\b(?:mention|talk about|bring up|refer|discuss|speak of|speak about|say|contain|come up|crop up|cite|state)\w*",
    "not saying": r"没(?:有)?(?:提|讲|写|说|设|给|定)|未提|不(?:提|谈|讲)|\bnot (?:mention|say|state)|\bnothing\b",
    "all of them": r"各省|各地|每个省|所有|全部|全国各|各(?:自|家)|几个省|\b(?:each|every|all)(?: the| of)? (?:province|region|report)s?|\bacross\b|\bthe provinces\b",
    "except": r"除了?|还有(?:谁|哪)|\bother than\b|\belse\b|\bapart from\b",
    "thing of a place": r"(?:在|是|通往|位于|设在|选址|放在|落户)(?:哪里|哪儿|何处|哪个省|哪个地方)|(?:哪里|哪儿|哪个省|哪个地方)(?:造|办|建成|建了|修|起来|牵头|推出|开通|的(?!省))|\b(?:in|from) (?:which|what) province\b|\bwhich province (?:built|made|held|launched|hosted|opened)\b",
    # quantities
    "how many": r"多少|几(?!乎|年来|亿|千|百|万|成)|\bhow (?:many|much)\b",
    "how many units": r"(?:多少|几)(?:来)?(?:个(?!省|方面|领域|地方)|家|户|项|件|人|名|位|所|座|条|台|亩|吨|公里|款|辆|倍|成|亿|万|千|百|元|钱|度|米|斤|头|岁|张|千瓦|点|百分点|立方|标箱)|百分之[几多]",
    "how x": r"多(?:大|高|长|快|远|重|深|宽)|何(?:种)?规模|几何|\bhow (?:big|large|high|long|fast|old|far|wide)\b|\bby how much\b|\bat what\b",
    "ordinal": r"第几|几号|\bwhich (?:edition|time)\b|\bhow many(?:th)\b",
    "few provinces": r"(?:有|共)?(?:几|多少)个?省|\bhow many (?:provinces|reports|regions)\b",
    "few aspects": r"几(?:个方面|方面|点|招|件|步|条(?!高|铁|航|线)|项(?:行动|措施|工作|任务))",
    "quantity noun": r"数(?:量|目|值)?(?:[?。,]|$)|总(?:数|量|额|产量)|规模|占比|比重|比例|增[速幅]|涨幅|增长率|目标数|数字|额(?:[?。,]|$)|量(?:[?。,]|$)|率(?:[?。,]|$)|\b(?:number|amount|share|percentage|proportion|rate|figure|count|total|level|value|size|volume|sum|percent|quantity|length|intensity|target|growth|output)\b",
    "what rate": r"\bwhat (?:[a-z&-]+ ){0,4}(?:number|amount|share|percentage|proportion|rate|figure|count|total|level|value|size|volume|sum|percent|quantity|length|intensity|growth|output|efficiency|increase|income|temperature|price|age|speed|ratio|budget)\b",
    "what measure": r"\b(?:what|which)(?: is| was| are| were|'s)?(?: the| its)?(?: [a-z-]+){0,2} M\b|M(?:的?(?:目标|任务))?(?:是|为|定在?|到)了?(?:多少|几)",
    "ends in measure": r"M\s?(?:的?(?:目标|任务|增速|增幅|规模|总数|数量|总量|存量|增长|情况)?)?(?:是|为|呢|多少)?[?。!]?$",
    "has measure": r"M",
    "has term": r"T",
    "has quote": r"Q",
    "ends in term": r"T\s?[?。!]?$",
    "of reports": r"[PRMTQY]|省|报告|规划|目标|\b(?:provinces?|reports?|targets?|regions?)\b",
    "headless": r"的[?。!]?$",
    "ends in is": r"(?:是|为|叫)[?。]?$",
    "number": r"9",
    "number unit": r"9\s?(?:%|个|家|万|亿|千|百|元|吨|位|名|项|所|人|座|percent|per cent)",
    # what and how
    "what": r"什么|啥|\bwhat\b",
    "what called": r"叫(?:什么|啥|作|做|哪|么)|(?:名字|全名|全称|名称|简称)|称(?:为|作)|\bname of\b|\bcalled?\b|\bits name\b|\bfull name\b|\btitle\b",
    "what measures": r"(?:什么|啥|哪些|何|些什么)(?:好|新|具体|重要|主要|重大|实在|硬)?(?:措施|举措|做法|安排|指标|内容|进展|成绩|成效|成果|方面|政策|行动|打算|规划|部署|思路|要求|动作|任务|工作|办法|抓手|看点|问题|困难|优惠|支持|待遇|条件|变化|领域|好事|方向|路径)|\bwhat (?:[a-z-]+ ){0,3}(?:measures?|steps|policies|reforms|actions|progress|goals|tasks|plans|problems|achievements|support|points|conditions|areas|arrangements|efforts|priorities|targets)\b",
    "what does it do": r"\bwhat (?:do|does|did|will|would|is|are|has|have) (?:P|it|they|the provinces)\b|\bwhat'?s new\b|干(?:些|了|什么|啥)|做(?:了|些|什么|啥)|抓(?:什么|哪些)|(?:说|讲|写|谈)了?(?:些)?(?:什么|啥|哪些)",
    "how": r"怎么|怎样|如何|咋|\bhow (?:do|does|did|will|is|are|was|were|can|should|to)\b|\bin what ways?\b|\bhow P\b",
    "how it stands": r"怎么样|如何[?。]?$|咋样|咋定|怎么定|怎样了",
    "means": r"指(?:的是|什么|啥|哪)|(?:是|分别是)(?:哪|什么)|\brefer to\b|\bmean\b|\bstand for\b",
    "summarise": r"概括|总结|归纳|汇总|梳理|介绍|整理|要点|摘要|说说|谈谈|简要|盘点|讲讲|聊聊|\bsum(?:mar\w+| up)\b|\boutline\b|\boverview\b|\bdescribe\b|\btell me about\b|\bexplain\b|\bwalk me\b|\bkey points\b|\bmain\b",
    "policy nouns": r"措施|举措|做法|安排|进展|成绩|成效|政策|部署|思路|工作|办法|抓手|亮点|打算|情况|建设|发展|改革|保护|方面|领域|民生实事|问题|困难|指标|重点|蓝图|经验|\b(?:measures?|steps|policy|policies|reforms?|progress|work|plans?|approach|strategy|support|achievements|problems|tasks|points|development|protection)\b",
    "policy end": r"(?:措施|举措|做法|安排|进展|成绩|成效|政策|部署|思路|工作|办法|抓手|亮点|打算|情况|建设|发展|改革|保护|方面|合作|转型|振兴|内容|要点|重点|路径|融合|战略|提质增效)[?。!]?$|(?:这|那)?(?:块|方面|上)(?:的)?",
    "to": r"打算|要|准备|计划|想|拟|将|会|\b(?:plan|want|intend|aim|will|is to|going to)\w*",
    "when": r"什么时候|何时|哪年|哪一年|哪天|几月|何年|\bwhen\b|\bwhat year\b|\bon what date\b",
    "with whom": r"(?:跟|和|与|同)(?:哪|谁)|\bwith which\b|\bwith whom\b",
    # comparing
    "compare": r"比(?:较|一比|一下|得|起|$|[?])|对比|相比|对照|相较|较去年|比去年|摆一?起|\bcompar|\bversus\b|\bvs\b|\bcontrast\b|\bside by side\b|\bagainst\b|\balongside\b|\bdiffer",
    "than": r"比(?!较|一比|例|重|武|赛|上年|如|亚|肩|翼|值|分|率)|\bthan\b",
    "difference": r"差(?:多少|几|距|了|$|[?])|相差|之差|不同|区别|异同|差异|变化|不一样|\bdifferen|\bgap\b|\bexceed\b|\bmore or (?:less|fewer)\b|\bhow many more\b|\bhow much more\b",
    "more": r"更|(?:谁|哪[^,。]{0,6})(?:[^,。]{0,8})?(?:高|多|大|快|低|少|小|严|强|早)(?:一?些|一点|点)?[?。!]?$|谁(?:高|多|大|快)谁|孰|\b(?:more|higher|larger|bigger|faster|greater|lower|fewer|less|better|smaller|harder)\b",
    "most": r"最(?:高|多|大|低|少|快|慢|强|小|好|舍得|早)|第一|垫底|前[三五十9]名|\b(?:most|highest|largest|biggest|lowest|least|fastest|smallest|best|fewest|top)\b",
    "most of a thing": r"最(?:高|大|长|小|早|先)的(?!是|省|谁|哪|那个)|最先|首[个座条次]|国内|全国(?:第一|首)|世界|亚洲|中国(?:第一|首)|我国|\b(?:world|country|china|asia|nation)'?s\b|\bin (?:china|the world|the country)\b|\bnational",
    "or": r"还是|\bor\b",
    "rank": r"排(?:名|行|序|个序|一下|个名)|从(?:高到低|多到少|大到小)|名次|一览|\brank|\border\b|\bin a table\b",
    "each": r"分别|各(?:是|为|自|多少|几|有|要)|各(?:是)?[多几]|\beach\b|\brespectively\b|\bboth\b|\beither\b",
    "and then": r"(?:去年|上年|实绩|实际|完成)[^?。]{0,14}(?:和|与|跟|同|到|vs|,|、)[^?。]{0,8}(?:今年|目标|明年)|(?:今年|目标)[^?。]{0,14}(?:比|较|和|与|跟|同|、)[^?。]{0,8}(?:去年|上年|实绩|实际)|(?:五年前|过去)[^?。]{0,14}(?:现在|未来|今)|\blast year\b.{0,60}\b(?:this year|now|target|goal|plan)|\b(?:target|goal|plan)\w*\b.{0,60}\b(?:last year|actual|achieved|result)|\bactual\b.{0,40}\btarget\b",
    "from to": r"从(?:多少|几)[^?。]{0,14}到|由(?:多少|几)[^?。]{0,14}到|\bfrom (?:what|how)\b",
    "rise or fall": r"是?升(?:了)?还?是降|调[高低]|提高还是|增加还是|涨还是|怎么变",
    # yes or no
    "a not a": r"([\u4e00-\u9fff])[不没]\1(?!得)|是否|可曾|有无|能否|会否",
    "do they": r"是不是|有没有|能不能|会不会|要不要|说没说|提没提|对不对",
    "particle": r"吗[?。!,]?|么[?。!]|么$|(?<!怎)么\?$",
    "tag": r"(?:没错|对|是真的|是这样|没记错|对不对|是)(?:吧|吗|么)?[?。!]?$|吧[?。!]?$|\b(?:right|correct|true|doesn't it|isn't it|don't they|or not)\W*$",
    "not yet": r"(?:了|过)?(?:没有?|不)[?。!]?$",
    "auxiliary": r"^(?:so |and |then )?(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b",
    "please could": r"^(?:could|can|would|will) you\b",
    "is it true": r"^(?:is it true|is there|are there|听说|难道)",
    "question mark": r"\?\s?$",
    "full stop": r"\.\s?$",
    "clauses": r"[,;。:、]",
    "two questions": r"\?.+\?|,\s?and which\b|\? (?:which|give|state|name|put)",
    "give": r"\b(?:give|state|show|put|need)\b|给(?:我|个|出)",
    "adverb still": r"还(?:在|是|要|会)|已经|真的?|果真|确认|仍|也|都|\b(?:really|already|still|ever|also|both|any)\b",
    "of asking": r"什么|啥|哪|谁|多少|几|怎|如何|何|呢|吗|咋|\b(?:what|which|who|how|where|when|why|whose|list|name)\b",
    "short": r"^.{0,12}$",
}  # fmt: skip
SIGNS: dict[str, re.Pattern[str]] = {name: re.compile(pattern) for name, pattern in _SIGNS.items()}
"""Every sign with what it is found by."""
