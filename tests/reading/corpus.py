"""Made-up messages of a city: topics, places, who answers for what. Small, even, repeatable."""

from __future__ import annotations

import random

TOPICS = {
    "环境卫生": [
        "垃圾没人清运",
        "垃圾桶满了好几天",
        "路面污水横流",
        "公厕太脏",
        "河道里漂着白色垃圾",
    ],
    "噪音扰民": [
        "工地半夜还在施工",
        "楼下广场舞声音太大",
        "烧烤店喇叭吵到很晚",
        "装修电钻响个不停",
    ],
    "交通出行": [
        "公交车等了很久不来",
        "红绿灯坏了",
        "占道停车堵住路口",
        "斑马线看不清了",
        "地铁口没有非机动车位",
    ],
    "供水供电": ["家里停水两天", "电压不稳经常跳闸", "自来水发黄", "突然停电没有通知"],
    "物业管理": [
        "物业费涨价没有公示",
        "电梯坏了没人修",
        "保安不让快递进门",
        "楼道灯不亮",
        "消防通道堆满杂物",
    ],
    "劳动社保": ["公司拖欠工资", "社保断缴怎么补", "工伤认定要什么材料", "老板不签劳动合同"],
    "教育医疗": [
        "学区划分不清楚",
        "幼儿园收费太高",
        "医院挂不上号",
        "疫苗什么时候能打",
        "校车超载",
    ],
}
PLACES = [
    "新华路街道",
    "解放街道",
    "红山街道",
    "南湖街道",
    "北门街道",
    "东风街道",
    "长江路街道",
    "人民路街道",
]
OPENINGS = ["您好，", "市民反映：", "", "请问", "来电人称", "我要投诉，"]
ENDINGS = ["希望尽快处理。", "请有关部门核实。", "谢谢！", "已经反映多次无果。", "", "求解决"]
FILLERS = ["小区门口", "我们这里", "三号楼附近", "学校旁边", "菜市场后面", "最近一周", "每天晚上"]
BY_PLACE = {"环境卫生", "噪音扰民", "物业管理"}


def messages(count: int, seed: int = 1, noise: float = 0.04) -> list[dict[str, str]]:
    """Rows with text, place, time, class and unit; a share of the labels is wrong."""
    draw = random.Random(seed)  # noqa: S311 -- a corpus, no secret
    names = list(TOPICS)
    rows = []
    for number in range(count):
        topic = names[min(int(draw.expovariate(0.45)), len(names) - 1)]
        place = draw.choice(PLACES)
        text = (
            draw.choice(OPENINGS)
            + draw.choice(FILLERS)
            + draw.choice(TOPICS[topic])
            + "，"
            + draw.choice(FILLERS)
            + draw.choice(ENDINGS)
        )
        said = draw.choice(names) if draw.random() < noise else topic
        rows.append(
            {
                "number": f"{number:06d}",
                "text": text,
                "place": place,
                "at": f"2026-0{draw.randint(1, 9)}-{draw.randint(10, 28)} 09:15",
                "class": said,
                "unit": f"{place}办事处" if said in BY_PLACE else f"{said}主管局",
            }
        )
    return rows
