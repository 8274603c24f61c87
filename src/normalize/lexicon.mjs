// Writes lexicon.tsv: the words by which byte repair judges a text, with their costs.
//
//   cd $(mktemp -d) && pip download jieba==0.42.1 --no-deps --no-binary :all: && tar xf jieba-0.42.1.tar.gz
//   node .../src/normalize/lexicon.mjs jieba-0.42.1/jieba/dict.txt > .../src/normalize/lexicon.tsv
//
// Source: the dictionary of jieba 0.42.1 (MIT license), words of one to five Han characters with the frequencies it states; and
// the vocabulary of government reports below, which is our own, some of it in characters that only phrases convert (著, 藉, 覆). A row is a cost in quarter nats and all words of that cost.
import { readFileSync } from "node:fs";

const RAREST = 8;
const HAN = /^[\u4e00-\u9fff]{1,5}$/;
const OURS = {
  4: `政府 信息 公开 工作`,
  5: `政府信息 信息公开 政务 主动公开 申请 情况 单位 部门 公开工作 我`,
  6: `依申请 政务公开 网站 服务 建设 领导 制度 进行 发布 行政 管理 落实 市 区 县 镇 局 条 件 年 全 各 政府门户 政府部门 政府网站`,
  9: `全面推进 全面落实 全面加强 深入贯彻 认真贯彻 认真落实 严格落实 狠抓落实 积极推进 稳步推进 扎实推进 有序推进 加快推进
持续推进 深入推进 统筹推进 加强组织 加强领导 加强监督 加强管理 加强培训 加强宣传 加强学习 强化监督 强化责任 强化培训 强化保障 健全制度
健全机制 完善制度 完善机制 规范程序 创新方式 创新形式 拓展渠道 拓宽渠道 丰富形式 丰富内容 深化改革 提高认识 提升能力 提高质量 抓紧整改
落实整改 主动回应 及时发布 及时更新 做好 开展 重点推进 进一步加强 进一步完善 进一步健全 进一步提高 进一步提升 进一步规范 进一步拓展
行政审批 政务服务 各单位 各部门 各级 各地 我市 我县 我区 我局 我镇 本机关 本单位`,
  8: `政府工作 政府办公室 政府办 政府采购 政府机关 政府常务 政府公报 政府职能 政府文件 政府及 政府各
答覆 随著 著力 瞭解`,
  10: `回覆 反覆 批覆 沿著 著手 著眼 著重 本著 朝著 有著 围绕著 意味著 藉助 藉由 藉以 凭藉
依申请 申请公开 不予公开 政策解读 政府网站 公开申请 各乡镇 各街道 各镇街 各县区 市政府 县政府 区政府 镇政府 省政府 市直 县直
本市 本县 本区 本局 本镇 本年度 全市 全县 全区 全镇 全年 全局 门户网站 公众号 微信 微博 平台 窗口 热线 网上 办公室 领导小组 办结
答复 受理 复议 诉讼 公示 公告 解读 监督 考核 培训 审查 备案 整改 统计 收费 减免 档案馆 图书馆 服务中心 街道办 村务 党务 事项 目录`,
  11: `键对键 面对面 点对点 一窗 卫健 反诈 掌办 林权 法援 网办 镇街 一公开 下一步工作 主体责任 乡村振兴 人社局 住建局 依法公开 依法答复 保密审查
保障住房 保障性住房 信息平台 信息报送 公众参与 公共查阅 公开内容 公开平台 公开形式 公开指南 公开方式 公开渠道 公开目录 公管办
农业补贴 决策公开 创业扶持 协同推进 双公示 双随机 受理申请 商事制度 国土所 土地征收 土地流转 学习培训 完善机制 审批事项 审批制度
审批局 审批时限 审批流程 就业创业 工作打算 平台建设 征收补偿 惠农政策 扎实推进 执行公开 持续推进 按时答复 改进措施 放管服 数据资源
新闻发布 服务大厅 服务效能 权力清单 查阅场所 查阅点 栏目建设 民政办 水务站 法治政府 深入推进 环保站 电子监察 畜牧站 监督渠道
督查室 社会关切 答复申请 管理公开 线上线下 结果公开 统筹推进 统计站 网上办事 网上办理 网上申请 网信办 网格员 网站建设 网站管理
群众关切 考核办 考核评估 舆情应对 药品安全 营商环境 补偿标准 规划办 证明事项 调解委员会 负面清单 责任清单 责任落实 责任追究
阳光政府 办证 办件 结转 年度报告 勾稽 统计表 应诉 政务微博 政务大厅 便民服务 新媒体 公开栏 查询点 行政复议 行政诉讼 人大建议
政协提案 部分公开 予以公开 无法提供 不予处理 商业秘密 个人隐私 小区 社区居民 村民委员会 居委会 村委会 派出所 司法所 财政所 税务所
卫生院 文化站 农技站 水利站 计生办 党政办 综治办 信访办 法制办 扶贫办 统战部 宣传部 组织部 纪检监察 市监局 生态环境 自然资源 教育局
公安局 民政局 财政局 审计局 水利局 农业农村局 卫生健康局 应急管理局 文化旅游局 医疗保障局 退役军人 城管执法 综合执法 信用信息
信用修复 信用体系 电子证照 身份证 营业执照 不动产登记 公积金 低保 医保 社保 五保 救助金 补贴发放 惠民资金 扶贫资金 专项资金 预算
决算 三公经费 政府采购 招投标 招标投标 工程建设 重点项目 重点领域 重点工作 食品安全 安全生产 环境保护 环境监测 空气质量 水质监测
征地拆迁 危房改造 棚户区 义务教育 招生入学 疫情防控 防汛抗旱 森林防火 应急预案 突发事件 社会救助 养老服务 残疾人 法律援助 人民调解
矛盾纠纷 信访接待 群众满意 知情权 参与权 监督权 公信力 透明度 工作机制 长效机制 联动机制 协调机制 规章制度 工作制度 组织领导
分管领导 责任到人 专人负责 联络员 信息员 工作人员 业务培训 专题培训 培训班 座谈会 听证会 新闻发布会 在线访谈 意见征集 民意调查
问卷调查 投诉举报 举报电话 咨询电话 依法行政 依法治县 规范性 合法性 文件清理 废止文件 公文公开 公开属性 发布协调 澄清虚假 办事指南
办事流程 办理环节 办理时限 一次办好 一网通办 跨省通办 不见面 政府公报 电子显示屏 公告栏 宣传栏 明白纸 便民手册 触摸屏 广播电视`,
};

const words = new Map();
let total = 0;
for (const row of readFileSync(process.argv[2], "utf8").split("\n")) {
  const [word, count] = row.split(" ");
  if (!word || !(count > 0)) continue;
  total += Number(count);
  if (HAN.test(word) && Number(count) >= (word.length > 1 ? RAREST : 1)) words.set(word, Number(count));
}
const costs = new Map([...words].map(([word, count]) => [word, Math.round(-4 * Math.log(count / total))]));
for (const [cost, list] of Object.entries(OURS)) {
  for (const word of list.split(/\s+/)) if (word.length <= 5) costs.set(word, Math.min(costs.get(word) ?? 255, 4 * cost));
}
const rows = new Map();
for (const [word, cost] of costs) rows.set(cost, [...(rows.get(cost) ?? []), word]);
console.log("# Words of Simplified Chinese by cost in quarter nats, written by lexicon.mjs from the dictionary of jieba 0.42.1 (MIT).");
for (const [cost, list] of [...rows].sort((a, b) => a[0] - b[0])) console.log(`${cost}\t${list.sort().join(" ")}`);
