"""What the demo's counselor wrote: made up for the product, in the plain and kind words of such notes. Nobody is meant."""

from __future__ import annotations

import dataclasses

from screening.cases.enums import Contact
from screening.levels import Level


@dataclasses.dataclass(frozen=True)
class Story:
    """One child's way through the loop.

    Attributes:
        signs: what the homeroom teacher marked, code and option.
        note: the teacher's sentence for the counselor.
        opened: how many days ago the level was determined.
        level: what the counselor determined; None where no concern was found.
        done: the follow-ups that were written, in their order: days after the opening, how, what was seen.
        then: what came of it; `demo.py` knows each word.
    """

    signs: dict[str, int]
    level: Level | None
    interview: str
    family: str
    causes: str
    reason: str
    opened: int = 0
    note: str = ""
    plan: str = ""
    next_steps: str = ""
    class_support: str = ""
    done: tuple[tuple[int, Contact, str], ...] = ()
    then: str = ""


HOSPITAL = "市儿童医院 · 儿童保健科"

PAST = (
    Story(
        signs={"s4": 2, "c1": 1},
        level=Level.GENERAL,
        opened=17,
        note="转学来的，还在适应，课间常一个人看书。",
        interview="孩子愿意说话，提到原来学校的好朋友时有些难过，说现在“不知道找谁玩”。喜欢画画。",
        family="这学期随父母搬家，家里关系和睦，妈妈很关心孩子交朋友的事。",
        causes="换了环境，旧的同伴关系断了，新的还没有建立。",
        reason="有适应上的困难，家庭支持好，愿意求助，先作一般关注。",
        plan="参加新同学的小组活动，每两周见一次面。",
        next_steps="和班主任确认座位与值日的同伴。",
        class_support="安排一位热心的同桌，请孩子帮忙设计黑板报。",
        done=(
            (6, Contact.TALK, "已经有两位一起画画的同学，说上学没那么紧张了。"),
            (14, Contact.PHONE, "妈妈说孩子在家会讲学校里的趣事，约定再看一个月。"),
        ),
        then="monitoring",
    ),
    Story(
        signs={"e1": 2, "e2": 2, "s3": 3, "s1": 1},
        level=Level.PRIORITY,
        opened=16,
        note="最近提到家里就低头，作文里写不想放学。",
        interview="孩子说晚上睡不好，担心爸爸妈妈吵架以后会分开，觉得是自己不听话造成的。",
        family="父母近期争执较多。已和双方分别谈话，都愿意避开孩子处理大人的事。",
        causes="家庭关系紧张带来的担心和自责。",
        reason="情绪和适应两方面都有持续的困难，需要个别辅导和家庭指导。",
        plan="每周一次个别辅导：认识情绪、分清哪些是大人的事；每两周与家长联系一次。",
        next_steps="邀请父母一起来校面谈一次。",
        class_support="多一句问候，不追问家里的事；难过时可以来心理咨询室坐一坐。",
        done=((7, Contact.TALK, "能说出自己的担心，睡眠好一些，愿意把画带来给老师看。"),),
        then="follow_up_late",
    ),
    Story(
        signs={"e1": 3, "e4": 2, "b1": 3, "b3": 2},
        level=Level.PRIORITY,
        opened=12,
        note="连续两周早上不愿进校门，吃得少。",
        interview="孩子声音很轻，说“没力气”，不想参加活动，但愿意让老师陪着走进教室。",
        family="监护人也注意到食欲和睡眠的变化，希望听听医生的意见。",
        causes="原因还不清楚，持续时间较长，需要医院进一步了解。",
        reason="情绪和行为两方面持续两周以上，影响到校，建议由医院评估。",
        plan="早上由心理老师在校门口接，进校后先到咨询室十分钟；每周两次短时谈话。",
        next_steps="等医院回复后与监护人商量下一步。",
        class_support="进教室晚一些不批评；作业量由任课老师共同商量。",
        done=((7, Contact.PHONE, "监护人说孩子愿意去医院看看，在家能按时起床。"),),
        then="hospital",
    ),
    Story(
        signs={"c3": 3, "c4": 2, "e2": 3, "e3": 1},
        level=Level.PRIORITY,
        opened=14,
        note="测验前会肚子疼，常说自己很笨。",
        interview="孩子很怕考试，前一晚会反复收拾书包，说“考不好大家都会失望”。",
        family="家长对成绩期待较高，已谈过，愿意先把注意放在睡眠和心情上。",
        causes="对成绩的担心较重，缺少完成后的肯定。",
        reason="情绪和学习两方面都受影响，已有身体上的不舒服，需要持续辅导。",
        plan="每周一次个别辅导：放松练习、把任务分成小步；与家长约定不当众谈论分数。",
        next_steps="商量是否请医院看看身体上的不舒服。",
        class_support="提前告诉测验的范围，多肯定努力的过程。",
        done=((6, Contact.TALK, "学会了数呼吸，测验前能自己试一试。"),),
        then="awaiting_consent",
    ),
    Story(
        signs={"b2": 2, "e3": 1},
        level=Level.GENERAL,
        opened=17,
        note="下课容易和同学推搡，劝了能停。",
        interview="孩子说是别人先动手，冷静以后能说出自己也有不对。",
        family="奶奶照料为主，父母周末回家。愿意学着先听孩子讲完。",
        causes="表达着急的方式不合适，缺少练习。",
        reason="多为同伴之间的小冲突，没有伤害，先作一般关注。",
        plan="参加情绪小组六次。",
        next_steps="小组结束后与班主任一起看看变化。",
        class_support="约定一个“暂停”的手势，做到了就肯定。",
        done=((7, Contact.TALK, "这一周用了三次“暂停”，没有推搡。"), (15, Contact.PHONE, "奶奶说在家也少了争吵。")),
        then="closed",
    ),
    Story(
        signs={"e5": 1, "e1": 2, "s2": 2},
        level=Level.HIGH,
        opened=17,
        note="作业本上写了让人担心的话，已马上告诉心理老师。",
        interview="孩子说那几天特别难受，被同学孤立，现在愿意和老师说话，答应难受时先来找大人。",
        family="监护人当天到校，已约定这段时间有人陪伴、按时联系。",
        causes="同伴关系的冲突叠加近期的疲惫。",
        reason="出现了需要马上保护孩子的信号，按高危关注处理。",
        plan="每天见一面；同伴冲突由班主任和德育处一起处理；与监护人每两天联系一次。",
        next_steps="请第二位负责人一起看，是否可以调整关注等级。",
        class_support="安排可靠的同伴，不公开谈论，不追问原因。",
        done=(
            (6, Contact.TALK, "孩子说这周有同学约着一起玩，晚上睡得着。"),
            (14, Contact.VISIT, "家访，家里气氛平稳，监护人知道联系谁。"),
        ),
        then="lowering_asked",
    ),
    Story(
        signs={"c1": 2, "c2": 2, "e2": 2, "e3": 2},
        level=None,
        opened=15,
        note="最近丢三落四，容易急。",
        interview="孩子说妹妹刚出生，晚上常被吵醒，白天困。说起妹妹很高兴。",
        family="家里刚添了孩子，已商量让孩子睡得安静一些。",
        causes="睡眠不足。",
        reason="谈话和家庭情况都说明是睡得少，调整作息后会好，目前没有需要关注的情况。",
    ),
)
"""From the round that is closed."""

NOW_HIGH = Story(
    signs={"e5": 1, "e1": 2, "c4": 2},
    level=Level.HIGH,
    note="孩子说了让人担心的话，我陪着他，已告诉心理老师。",
    interview="孩子愿意坐下来慢慢说，承认最近很累很难过，知道可以找大人帮忙。班主任一直陪在身边。",
    family="正在联系监护人。",
    causes="还在了解。",
    reason="出现了需要马上保护孩子的信号，先保证安全，按高危关注处理。",
    plan="先陪伴和保证安全，再与监护人一起商量这几天的安排。",
    next_steps="与监护人取得联系；告知校长和副校长。",
    class_support="有大人陪着，不追问，不在同学面前谈。",
)
SAFETY_DONE = "班主任和心理老师陪在孩子身边，已在安静的房间休息。"
STEPS_DONE = {
    "safety": "班主任陪伴，在心理咨询室休息，周围没有危险物品。",
    "guardian": "电话联系上监护人，四十分钟后到校。",
    "group": "校长、副校长当面得知，工作小组开了短会，分了工。",
    "plan": "与监护人约定：这几天有人陪伴，每天放学后通一次电话。",
    "hospital": "监护人愿意陪孩子去医院看看，心理老师一同前往。",
}
NOW_PRIORITY = (
    ({"e1": 2, "e2": 2, "s1": 3, "s2": 1}, "这两周常常流泪，问了只摇头。"),
    ({"b1": 3, "b4": 2, "s1": 2, "s3": 2}, "很晚还在玩手机，白天趴着，不和同学说话。"),
    ({"c3": 2, "c4": 3, "e2": 2, "e1": 2}, ""),
    ({"v2": 3, "e1": 2, "e4": 2, "s3": 1}, "家里最近有变化，孩子说得不多。"),
    ({"e3": 3, "e4": 2, "b2": 3, "b3": 1}, ""),
    ({"s2": 3, "s1": 2, "e2": 3, "e1": 1}, "分组时常常落单，说没人愿意和自己一组。"),
)
"""Signs and the teacher's sentence for those of the open round who wait for the counselor."""
MILD = ({"c1": 1}, {"e2": 1}, {"s1": 1, "c2": 1}, {"b4": 1}, {"e3": 1, "c1": 1}, {"s4": 1})
"""Small signs, as most classes have some."""
CLOSING = "小组活动结束，同伴相处平稳，家长和班主任都认为可以结束，今后有需要随时再谈。"
LOWERING = "两个多星期来睡眠、同伴相处和到校都平稳，孩子会主动找大人；建议调整为重点关注，继续随访。"
ASKED = "请评估孩子目前的情况，并告诉监护人和学校：在校期间需要注意什么、怎样配合。"
DONE_SO_FAR = "学校已安排心理老师每周谈话，早上有人陪伴进校，并与监护人保持联系。"
OBSERVED = "最近两周，老师看到：情绪低落、没有精神，早上不愿进校，参加活动明显减少，吃得比以前少。"
