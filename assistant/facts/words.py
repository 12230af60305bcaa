"""The verbs and heads with which reports state figures. Words only: what is done with them stands in ``grammar``."""

from __future__ import annotations

from collections.abc import Iterable

INCREMENT = (
    "新增加 新增 净增 新建成 新建 新改建 新改扩建 新培育 新认定 新引进 新设立 新设 新开工 新签约 再增 再新增 累计新增 新开通 新投产 "
    "新获批 新入库 新评 新招引 新登记 新发展 新创建 新布局 新打造 新组建 新集聚 新推出 新筹集 新(改)建 新(扩)建 新（改）建 新（扩）建 新升规 新升级 新入选 新增设"
).split()
"""A part that came on top of what there was."""
RISE = "增长 增速达到 增速达 增速为 增速 增幅达到 增幅达 增幅为 增幅 涨幅 增加 增产 提高 提升 上升 上涨 扩大 上调 快于 高于 高出 增".split()
FALL = (
    "下降 降低 回落 下跌 减少 压减 压缩 缩小 缩短 缩减 收窄 压降 下调 降幅达到 降幅达 降幅为 降幅 跌幅达 跌幅 负增长 低于 慢于 "
    "改善 减 降"
).split()  # fmt: skip
"""Verbs of decline, or of change for the better where less is better; they stay with the figure as its strength, so that a decline never reads as growth."""
LOWERING = "压减 减少 降低 压降 缩减 缩短 下调".split()
"""Verbs of decline that take what declines after them: 压减钢铁产能5000万吨."""
RAISING = ("提升", "提高", "改善", "扩大")
TRANSITIVE = "安排 下拨 拨付 去化 带动 拉动 撬动 惠及 提请 审议 制定修订 制定修改 制定 修订 发放 吸纳 发行 签署 签订 攻克 成为".split()
"""Verbs that hardly ever stand inside a name: what follows them is counted, whoever does it stands before."""
NOT_DONE = "[性率者力额量费数方]|规模|能力|作用|效应|机构|工作|试点|渠道|方式"
"""After such a verb these make a name of it after all: 发行规模, 带动作用."""
ATTAINED = "入选 获评 荣获 获得 获批 获 列入 列为 跻身 晋升为 评为 认定为".split()
"""What follows them says what the things counted are: 130家企业入选国家专精特新“小巨人”."""
LEVEL = (
    "定为 定在 高达 拟定为 确定为 设定为 达到 达 实现 完成 突破 超过 跨越 迈上 跨上 站上 增至 设为 降至 为 是 有 占 共 折合 预期 目标 超 约 近 逾 接近 累计 "
    "稳定在 保持在 保持 控制在 稳定 总计 合计 共计"
).split()  # fmt: skip
ACTS = (
    "开展 实施 组织实施 组织 制定 制订 出台 建设 建成 建立 培育 认定 引进 引育 攻克 转移转化 转化 承担 开办 修改 提出 严守 守住 坚守 关闭 偿还 加固 推进 推广 获批 获得 取得 荣获 投入 完成 支持 "
    "打造 启动 发布 入库 选派 授予 孵化 带动 布局 设立 组建 创建 选认 筹建 推动 促成 共建 引导 入选 开工 发放 改造 培训 帮助 争取 安排 拨付 "
    "减免 解决 办理 招引 签约 举办 办好 抓好 抓 建 发行 建好 消纳 治理 退出 关停 淘汰 整治 完善 谋划 筛查 惠及 覆盖 吸纳 吸引 服务 救助 资助 "
    "保障 供应 筹集 筹措 筹集供应 筹措供应 生产 销售 接待 达成 实现 增加 新增 拥有 共有 推出 成为 集聚 建设改造 续建 改建 扩建 修订 废止 "
    "落实 更新 加装 整合 盘活 处置 化解 破获 查处 下达 兑现 补贴 成立 招收 招录 开设 开通 贯通 搬迁 落户 落地 上线 遴选 评选 "
    "通过 提请 审议 提供 满足 免除 减轻 识别 排查 调解 避免 接收 引聚 招聘 做优做强 做强做优 培优 新创 评定"
    "建设完成 统筹推进 统筹 梳理 投放 转移 开行 扶持 安置 奖励 创成 迎来 举行 推送 走访 帮扶 化解处置 加快打造 加快建设"
).split()
"""Verbs of doing: what follows them is what is counted."""
ADVERBS = (
    "力争 确保 努力 累计 全年 全省 全市 全区 我省 我市 我区 今年 为此 去年 去年末 去年底 上年末 年内 目前 已经 首批 分别 全力 深入 滚动 加快 精准 "
    "以及 其中 第一批 第二批 第三批 首次 总数 全部 预计 成功 圆满 扎实 稳步 持续 积极 大力 顺利 如期 提前 "
    "率先 每年 日均 年末 年底 全国首个 全国唯一 全国首批 我们 有序 启动 累计已 前三季度 一季度 上半年 特别是 同时 此外 专门 妥善 总共 合计 约为 我国 全球首个 世界首个 拟"
).split()
PARTICLES = "免费 再 又 已 共 将 要 并 可 把 直接 年均 均 都 就 和 及 与 或 在 高质量 高标准 高水平 重点".split()
"""Stripped only before a verb, since 可再生能源, 要素 and 高标准农田 begin with them too."""
COMPARED = (
    r"(?:[比较](?:上年|去年|前五年|五年前|(?:19|20)\d\d年)(?:同期|末|底|预算|计划)?|比上年|同比|环比|同口径|实际|名义|累计|再|年均|每年|日均|平均|连续|分别|(?<![人户亩地])均|又|都"
    r"|各|合计|约|近|超|可比价|按可比口径|[三五两]年(?:来|间)?|预计|将|要|预期|力争|已|共)"
)
"""What may stand between a measure and its verb of change."""
HEADS = (
    "排放总量 排放量 排放 产量 产值 销量 销售额 销售收入 营业收入 营收 总额 收入 支出 增加值 投资 利润 税收 保有量 数量 数 比重 占比 比例 率 面积 余额 里程 规模 人次 "
    "进出口 出口 进口 贷款 存款 消费 成交额 交易额 收支 总量 零售额 零售总额 吞吐量 指数 人数 浓度 标准 价格 工资 用电量 发电量 装机 容量 项目 企业 平台 机构"
).split()
"""Nouns that the members of a coordination share when only the last one carries them (A、B和C产量)."""
GENERIC = (
    "总数 总量 数量 规模 增量 占比 比重 比例 总额 总值 面积 产值 余额 人数 户数 金额 总规模 总面积 总产值 存量 容量 总产量 名额 里程 总里程 用户 "
    "质量 浓度 平均浓度 成交额 交易额 累计 增加值 覆盖率 合格率 完成率 达标率 就业率 总投资 投资额 总投资额 计划总投资 起数 死亡人数 伤亡人数"
).split()
"""Measures that name nothing by themselves: they belong to what was spoken of before."""
PER_HEAD = ("人均", "户均", "亩均", "地均")
"""Of what was spoken of before, for each: 地区生产总值突破10万亿元、人均达到13万元."""
STAGES = ("竣工", "完工", "开工", "投产", "签约", "交付", "在建", "建成", "落地")
"""Stages of what was spoken of before: 重大项目开工390个、竣工437个."""
RATES = ("增速", "增幅", "涨幅", "增长率", "增长速度")
RATE_LAST = r"(?:增速|增幅|涨幅|增长率|增长速度|(?P<down>降幅|跌幅))$"
"""What a level of is growth: 涨幅回落到2.6%."""
UNITLESS = "倍差|收入之?比|消费之?比|支出之?比|生师比|医护比|系数|指数|pue值?|容积率"
"""Measures whose figures carry no unit: 城乡居民收入比2.12."""
WHEN = r"(?:(?:19|20)\d\d年|去年|上年|前年|今年|目前|现在|上半年|年初|五年前)(?:年?底|末|初)?"
"""When a change began or ended: 从2007年底的8.4%提升到去年底的13.3%."""
SHARES = ("占比", "比重", "比例")
REACHED = "惠及 覆盖 带动 服务 救助 资助".split()
"""Of what was done, how many it reached is told in another unit: 改造老旧小区1.84万个，惠及310多万户."""
STEPS = "台阶 大关 关口 量级 里程碑 第一梯队 方阵 行列".split()
"""迈上两个万亿元台阶: what is counted is no thing."""
TAILS = (
    "如期 拟 各 继续 覆盖 惠及 还将安排 将安排 拟安排 累计 已 五年 三年 十年 连续 全年 同比 年均 每年 总共 合计 约 仍 从 中有 分别 为 的 是 同期 五年来 实际 占 预计 力争 保持 稳定 按 率先 "
    "在全国率先 首次 成功 五年间 五年累计 日均 已经 约为 进一步 总体 平均"
).split()
"""What remains at the end of a measure once its verb is cut off."""
NOUN_PARTS = (
    "[性型率值额者链度费筑议]|业(?!务)|量(?![子化])|员(?!工)|力(?!争)|数(?![字据控])|权(?![益利])|面(?!向)|期(?!货)|库(?!区)"
    "|师(?![资范])|生(?![态产物活命])|商(?![业品贸务])|化(?![工学解])|材(?!料)|制(?![造定度药])|总值|收入|机构|基金|强度|经费|用地|资料|占比|成本|总额|总量|规模|能力|水平|贡献|项目|企业|工程|平台|中心|资金|人口"
    "|学校|基地|体系|床位|收支|投资|标准(?!化)|消费(?!券)|贸易|出口|许可|试点|周期|保险|用房|住房|安全|经营主体"
)
"""What makes a noun of a verb before it: 增加值, 覆盖率, 保障性住房, 服务业, 生产总值, 引导基金."""
EMPTY = frozenset("方面 方向 部分 环节 预期 目标 维度 特点 阶段 层面 问题 人民币 全国 全省 全市 全球 世界 国内".split())
"""Nouns that measure nothing by themselves."""
QUANTITIES = "产量 产值 销量 增加值 营业收入 营收 利润 资源量 储量 总量 规模 数量 总额 增速 占比".split()
"""Of what is counted, a quantity may be told in the same breath: 14种农产品产量居全国第1位."""
COUNTED = frozenset(
    "家 户 项 个 件 次 人 名 位 所 座 条 台 辆 艘 架 套 张 份 部 款 种 类 批 场 届 支 只 组 列 班 起 例 处 人次 台套 门 对 间 栋 幢 床 枚 本 首".split()
)
MONEY = frozenset({"元", "美元"})
PER_CENT = frozenset({"%", "‰", "个百分点", "百分点", "个基点"})
TIMES = frozenset("年 个月 天 日 小时 分钟 秒".split())


def alternatives(words: Iterable[str]) -> str:
    """The words as alternatives of a regular expression, longest first."""
    return "|".join(w.replace("(", r"\(").replace(")", r"\)") for w in sorted(set(words), key=len, reverse=True))
