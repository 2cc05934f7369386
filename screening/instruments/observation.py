"""The school's first-pass form: what a homeroom teacher can see and hear in two weeks, in a teacher's words.

Written for this product; it is not taken from a published scale, has no norms and is no test. It only decides whom the
counselor talks with first, and its result is a level of concern, never a diagnosis.

Why the teacher's observation: 教体艺〔2023〕1号 asks for a yearly test from the upper grades of primary school on; for the younger
ones, and between two tests, 教思政厅函〔2021〕10号 asks class teachers to notice changes in mood, behaviour and life. What is asked
follows the five domains of the school's standard (emotion, behaviour, cognition, social adaptation, life events). Each sign
can be seen or heard by a layman, is a change or a repetition rather than a trait, and blames nobody.

Critical signs (talk of dying, self-injury, farewell, harm by somebody) are those after which a child is not left alone; for
the last, 未成年人保护法 Art. 11 and the joint rules on mandatory reporting of 2020 oblige the school to report.

Cuts are conventions, not statistics: a domain is over its cut with two signs seen often, or one almost daily and another now and
then (events: one that weighs heavily); the total with about five signs seen often. They are to be held each term against what
the counselor found, and a change makes a new version.
"""

from typing import Any

KEY = "primary-observation"

_FREQUENCY = [
    {"label": "没有看到", "weight": 0},
    {"label": "偶尔", "weight": 1},
    {"label": "常常", "weight": 2},
    {"label": "几乎每天", "weight": 3},
]
_IMPACT = [
    {"label": "没有听说", "weight": 0},
    {"label": "影响不大", "weight": 1},
    {"label": "有些影响", "weight": 2},
    {"label": "影响很大", "weight": 3},
]

_SIGNS: list[tuple[str, str, str, bool]] = [
    ("emotion", "e1", "常常难过、流泪，或者对平时喜欢的事也提不起劲", False),
    ("emotion", "e2", "容易紧张、担心，反复问同样的问题，要人一再安慰", False),
    ("emotion", "e3", "一点小事就发火，很久平静不下来", False),
    ("emotion", "e6", "大哭大叫、摔东西，旁人很难劝住", False),
    ("emotion", "e4", "情绪忽高忽低，和以前相比像变了一个人", False),
    ("emotion", "e7", "常说头疼、肚子疼、想吐，去看过却找不到原因", False),
    ("emotion", "e5", "说过、写过或画过“不想活了”“活着没意思”“我消失就好了”一类的内容", True),
    ("behaviour", "b1", "总是一个人待着，邀请也不愿参加活动", False),
    ("behaviour", "b2", "推打、骂人或毁坏东西，劝说以后仍然反复", False),
    ("behaviour", "b6", "屡次违反班级约定，说谎或拿别人的东西，提醒以后没有改变", False),
    ("behaviour", "b3", "无故迟到、缺课，或者到了校门口不愿进来", False),
    ("behaviour", "b4", "因为手机、游戏睡得很晚，白天没精神，或为此和家人起冲突", False),
    ("behaviour", "b5", "有弄伤自己的举动，或者身上有说不清来历的新伤痕", True),
    ("behaviour", "b7", "忽然把心爱的东西送人、像告别一样说话，或打听伤害自己的办法", True),
    ("cognition", "c1", "上课很难集中注意力，走神比以前明显", False),
    ("cognition", "c2", "刚交代过的事记不住，经常丢三落四", False),
    ("cognition", "c3", "作业、测验突然退步，以前能完成的现在完不成", False),
    ("cognition", "c4", "常说“我很笨”“没人喜欢我”，遇到一点困难就放弃", False),
    ("cognition", "c5", "常说“没用的”“无所谓了”，对以后没有盼头", False),
    ("social", "s1", "没有一起玩的同伴，分组时常常落单", False),
    ("social", "s2", "常和同学起冲突，或被同学孤立、取笑", False),
    ("social", "s5", "忽然疏远原来的好朋友，或者不再和老师、同学说话", False),
    ("social", "s3", "提到家里就紧张、回避，或与家长冲突明显", False),
    ("social", "s4", "换了班级、老师或住处以后，过了较长时间还不适应", False),
    ("events", "v1", "亲人去世或重病", False),
    ("events", "v2", "父母分开、争吵激烈，或照料人长期外出、更换", False),
    ("events", "v3", "被欺凌：被打、被威胁、被长期排挤，网上的也算", False),
    ("events", "v4", "自己经历了较重的伤病、事故或突发事件", False),
    ("events", "v6", "家里忽然遇到大的变故，如经济困难、搬离住处、家人出事", False),
    ("events", "v5", "说过有人伤害自己的身体，或者非常害怕回家", True),
]

DEFINITION: dict[str, Any] = {
    "title": "小学生心理状况教师观察简表",
    "instruction": "请回想最近两周您亲眼看到、亲耳听到的情况，只勾选看到的迹象。",
    "scales": {"frequency": _FREQUENCY, "impact": _IMPACT},
    "items": [
        {
            "code": code,
            "domain": domain,
            "text": text,
            "scale": "impact" if domain == "events" else "frequency",
            "critical": critical,
        }
        for domain, code, text, critical in _SIGNS
    ],
    "domain_cuts": {"emotion": 4, "behaviour": 4, "cognition": 4, "social": 4, "events": 3},
    "total_cut": 10,
    "max_missing": 6,
}
