"""How an article is written down here: plain sentences in, StreamField blocks out."""

import dataclasses
from typing import Any

Block = tuple[str, dict[str, Any]]

GUIDELINE = "《中小学心理健康教育指导纲要（2012年修订）》，教育部"
FAMILY_LAW = "《中华人民共和国家庭教育促进法》（2022年1月1日起施行）"
PROTECTION_RULES = "《未成年人学校保护规定》，教育部令第50号，2021年"
BULLYING_PLAN = "《加强中小学生欺凌综合治理方案》，教育部等十一部门，2017年"
SLEEP_NOTICE = "《关于进一步加强中小学生睡眠管理工作的通知》，教育部办公厅，2021年"
PHONE_NOTICE = "《关于加强中小学生手机管理工作的通知》，教育部办公厅，2021年"
BURDEN_OPINION = "《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》，中共中央办公厅、国务院办公厅，2021年"
EXAM_NOTICE = "《关于加强义务教育学校考试管理的通知》，教育部办公厅，2021年"
MINORS_LAW = "《中华人民共和国未成年人保护法》（2020年修订）"
ACTION_PLAN = "《全面加强和改进新时代学生心理健康工作专项行动计划（2023—2025年）》，教育部等十七部门"


@dataclasses.dataclass(frozen=True)
class Article:
    slug: str
    title: str
    summary: str
    topic: str
    years: str
    scene: str
    alt: str
    body: list[Block]
    sources: tuple[str, ...]
    reviewed: tuple[int, int]
    featured: bool = False


def text(heading: str, *paragraphs: str) -> Block:
    return "text", {"heading": heading, "text": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)}


def say(heading: str, *, better: list[str], worse: list[str]) -> Block:
    return "say", {"heading": heading, "better": better, "worse": worse}


def steps(heading: str, *items: str) -> Block:
    return "steps", {"heading": heading, "steps": [f"<p>{item}</p>" for item in items]}


def signs(heading: str, intro: str, *items: str) -> Block:
    return "signs", {"heading": heading, "intro": intro, "signs": list(items)}


def case(heading: str, *paragraphs: str) -> Block:
    return "case", {"heading": heading, "text": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)}


def help_now(*paragraphs: str, heading: str = "什么时候需要更多帮助", numbers: tuple[str, ...] = ("12356",)) -> Block:
    return "help_now", {
        "heading": heading,
        "text": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        "numbers": list(numbers),
    }
