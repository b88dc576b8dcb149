"""What stands on the pages: all that was given, nothing that was not, inside the margins."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from tests.documents import samples
from tests.documents.fakes import TEMPLATES
from tongban.documents import gateways
from tongban.documents.content import PAGES
from tongban.documents.states import FORMS, DocumentKind

REMEDIES = {
    "days": 60, "review_body": "乌鲁木齐市人民政府", "court": "乌鲁木齐市天山区人民法院",
    "suit_term": "六个月",
}  # fmt: skip
BASE = {
    key: samples.RECEIPT[key]
    for key in ("addressee", "matter", "proceeding_number", "contact", "ribbon")
}
BASIS = [{"law": "中华人民共和国行政许可法", "article": "第三十八条", "text": "应当说明理由。"}]
PROBLEM = {
    "target": "平面布局图", "item": "食品经营许可", "problem": "未标注面积",
    "clause": "通则第十二条", "remedy": "请重新绘制",
}  # fmt: skip
DATA = {
    DocumentKind.RECEIPT: samples.RECEIPT,
    DocumentKind.ACCEPTANCE: BASE | {
        "received_at": "2026年1月5日", "accepted_at": "2026年1月6日", "promise": "2026年1月15日",
        "items": [{"name": "食品经营许可", "department": "市场监督管理局", "due": "2026-01-15"}],
        "fee": "不收费。",
    },
    DocumentKind.NON_ACCEPTANCE: BASE | {
        "received_at": "2026年1月5日", "reasons": ["不属于本机关职权范围。"], "basis": BASIS,
        "competent": "自治区市场监督管理局", "remedies": REMEDIES,
    },
    DocumentKind.CORRECTION: BASE | {
        "problems": [PROBLEM], "due": "2026年1月19日前", "how": "网上补充",
        "consequence": "逾期视为撤回。",
    },
    DocumentKind.GRANT: BASE | {
        "applied_on": "2026年1月5日", "accepted_on": "2026年1月6日", "basis": BASIS,
        "outcome": [{"label": "许可证件", "value": "食品经营许可证"}], "remedies": REMEDIES,
    },
    DocumentKind.DENIAL: BASE | {
        "applied_on": "2026年1月5日", "accepted_on": "2026年1月6日", "basis": BASIS,
        "reasons": ["疏散楼梯净宽度不足。", "值班人员无证。"], "automatic": "可以要求人工审查。",
        "remedies": REMEDIES,
    },
    DocumentKind.EXTENSION: BASE | {
        "accepted_at": "2026年1月6日", "days": "5", "reasons": ["核查需要复核。"],
        "basis": "行政许可法第四十二条", "due": "2026年2月3日",
    },
    DocumentKind.SPECIAL: BASE | {
        "procedure": "检验、检测", "days": "7", "reasons": ["餐饮具抽样送检。"],
        "basis": "行政许可法第四十五条", "until": "2026年1月22日", "note": "所需时间不计入期限。",
    },
    DocumentKind.TERMINATION: BASE | {
        "applied_on": "2026年1月5日", "reasons": ["申请人已依法注销。"], "remedies": REMEDIES,
    },
    DocumentKind.HEARING_RIGHT: BASE | {
        "hearing_number": "TZ1", "reasons": ["邻居反映油烟扰民。"], "days": "5",
        "until": "2026年1月19日", "held_within": "20",
    },
    DocumentKind.HEARING_NOTICE: BASE | {
        "hearing_number": "TZ1", "held_at": "2026年1月28日 10:00", "place": "三楼听证室",
        "chair": "王主持", "closed": "",
    },
    DocumentKind.HEARING_RECORD: BASE | {
        "hearing_number": "TZ1", "held_at": "2026年1月28日 10:00", "place": "三楼听证室",
        "chair": "王主持", "closed": "涉及商业秘密", "present": "申请人、邻居代表",
        "text": ["审查人员提出证据。", "申请人申辩。"], "signed": "阿里", "unsigned": "邻居拒签",
    },
    DocumentKind.STATEMENT_NOTICE: BASE | {
        "applicant": "天山雪餐饮", "concerns": "油烟排放口正对住宅窗户。", "days": "5",
        "until": "2026年1月19日", "link": "http://127.0.0.1:8000/hear/x/",
    },
    DocumentKind.OPINION_REQUEST: BASE | {
        "applicant": "天山雪餐饮", "question": "排烟口的位置是否合规？", "days": "5",
        "until": "2026年1月19日", "silence": True,
    },
    DocumentKind.WITHDRAWAL: BASE | {
        "applied_on": "2026年1月5日", "withdrawn_on": "2026年1月8日", "items": ["食品经营许可"],
    },
    DocumentKind.DELIVERY_PROOF: BASE | {
        "delivered_at": "2026年1月16日 10:30", "how": "窗口领取", "receiver": "阿里",
        "results": [{"item": "食品经营许可", "department": "市场监督管理局", "outcome": "准予"}],
    },
    DocumentKind.DEFICIENCY: BASE | {
        "accepted_at": "2026年1月6日 10:00", "materials": ["不动产权证书"], "days": "5 个工作日",
        "due": "2026年1月13日", "clauses": ["承诺按期补齐。"], "consequence": "视为撤回申请。",
        "version": "deficiency 第 1 版", "signed_by": "马俊", "signed_at": "2026年1月5日 10:00",
        "basis": "本市公布的容缺清单",
    },
    DocumentKind.COMMITMENT: BASE | {
        "letter": "消防安全告知承诺书", "words": ["承诺符合标准。"], "signed_by": "阿里",
        "signed_at": "2026年1月5日 10:00", "version": "fire-opening 第 1 版", "hash": "ab" * 32,
    },
    DocumentKind.CORRECT_ORDER: BASE | {
        "check_number": "HC1", "problem": "疏散通道堆放杂物。", "days": "10",
        "due": "2026年1月19日", "basis": "消防法第十五条",
    },
    DocumentKind.REVOCATION: BASE | {
        "check_number": "HC1", "reasons": ["到期没有改正。"], "basis": "消防法第十五条",
        "remedies": REMEDIES,
    },
    DocumentKind.LAPSE: BASE | {
        "materials": ["不动产权证书"], "due": "2026年1月13日", "basis": "本市公布的容缺清单",
        "remedies": REMEDIES,
    },
    DocumentKind.HANDLED_AGAIN: BASE | {
        "body": "乌鲁木齐市人民政府", "document": "乌政复决〔2026〕31号", "dated": "2026年1月15日",
        "reasons": ["认定事实不清。"], "again": "YJS6501002601050000001X",
        "basis": "行政复议法第六十四条",
    },
    DocumentKind.BAR: BASE | {
        "ground": "提供虚假材料申请行政许可", "reasons": ["租赁合同系伪造。"], "years": "1",
        "until": "2027年1月5日", "basis": "行政许可法第七十八条", "remedies": REMEDIES,
    },
    DocumentKind.CLOSING: BASE | {
        "finished_on": "2026年1月15日",
        "results": [{"item": "食品经营许可", "department": "市场监督管理局", "outcome": "准予",
                     "paper": "食品经营许可证", "note": "2026-01-15 作出"}],
        "measures": [{"label": "办理用时", "value": "6 个工作日"}],
        "delivery": "已存入我的证照。", "rating": "请评价。",
    },
    DocumentKind.PAYMENT: BASE | {
        "order": "JF65010020260105000123K", "payee": "刻章单位（演示）",
        "lines": [{"label": "印章制作费", "value": "320.00 元"}], "total": "320.00 元",
        "paid_at": "2026年1月5日 12:10", "reference": "B0123456789", "basis": "设计假设",
    },
    DocumentKind.SIGNATURES: BASE | {
        "paper": "新生儿姓名确认书", "statement": ["姓名由父母商量确定。"],
        "texts": ["我是孩子的妈妈，同意孩子用这个姓名。", "我是孩子的爸爸，同意孩子用这个姓名。"],
        "answers": [{"label": "孩子姓名", "value": "阿依努尔·艾力"}],
        "signatures": [{"name": "艾力·吐尔逊", "role": "爸爸", "signed_at": "2026年10月12日 12:10",
                        "content": "9f" * 32}],
        "basis": "设计假设",
    },
    DocumentKind.GUIDE: BASE | {
        "version": "2026-01-01", "answers": [{"question": "面积？", "answer": "120 平方米"}],
        "items": [{"name": "食品经营许可", "department": "市场监督管理局"}],
        "materials": [{"name": "营业执照", "how": "免提交"}],
        "figures": [{"name": "环节", "before": "12", "after": "4"}],
        "promise": "7 个工作日", "fee": "不收费", "visits": "0 次",
    },
}  # fmt: skip
FACE = [
    {"label": "经营者名称", "value": "阿依古丽餐饮店"},
    {"label": "经营场所", "value": "乌鲁木齐市天山区解放南路123号"},
]
RARE = "𠮷野家䶮镕堃\U00031350"
LONG_NAME = "阿卜杜热合曼·" * 8 + "麦麦提明"


@pytest.fixture(scope="module")
def typesetter():
    return gateways.TypstRenderer(TEMPLATES)


def filled(kind, **changes):
    page = PAGES[kind].model_validate(DATA[kind] | changes).model_dump()
    return page | {
        "title": FORMS[kind].title, "number": "乌市监收〔2026〕1号", "serial": "DC1",
        "made_on": "2026-01-05", "verify_url": "http://127.0.0.1:8000/verify/x/",
        "organ": {"name": samples.ORGAN.name, "uscc": samples.ORGAN.uscc},
    }  # fmt: skip


def licence(face=None, **changes):
    return {
        "title": "食品经营许可证", "title_en": "Food Business Licence", "number": "JY165010012345",
        "identifier": "1.2.156.3005.2.11100000000013338W011.11650100MB0U001T1C."
        "0F3A9C7712C84B5E9F7A1D2233445566.001.U", "serial": "x", "face": face or FACE,
        "issued_on": "2026-01-05", "verify_url": "http://127.0.0.1:8000/verify/x/",
        "organ": {"name": samples.ORGAN.name, "uscc": samples.ORGAN.uscc}, "ribbon": "演示",
    } | changes  # fmt: skip


def render(typesetter, template, data):
    return typesetter.render(template, data, made_at=samples.NOW)


def words(page: gateways.Typeset) -> str:
    reader = PdfReader(io.BytesIO(page.content))
    text = "".join(sheet.extract_text() for sheet in reader.pages)
    return "".join(text.split()).replace("\u200b", "")


def sheets(page: gateways.Typeset) -> int:
    return len(PdfReader(io.BytesIO(page.content)).pages)


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)


def margins(typesetter, template, data) -> list[bytes]:
    """The strips of each sheet, left and right, in which nothing but a frame may stand."""
    render(typesetter, template, data)  # leaves the data in the compiler
    made = typesetter._compilers[template].compile(format="png", ppi=36)
    strips = []
    for content in made if isinstance(made, list) else [made]:
        with Image.open(io.BytesIO(content)) as sheet:
            edge = 12 if template in ("licence", "certificate") else 34
            grey = sheet.convert("L")
            strips += [
                grey.crop((0, 0, edge, sheet.height)).tobytes(),
                grey.crop((sheet.width - edge, 0, sheet.width, sheet.height)).tobytes(),
            ]
    return strips


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_every_word_that_was_given_stands_on_the_page(typesetter, kind):
    data = filled(kind)

    page = render(typesetter, FORMS[kind].template, data)

    text = words(page)
    for word in texts({key: value for key, value in DATA[kind].items() if key != "result"}):
        assert "".join(word.split()) in text
    assert (page.spot is not None) is FORMS[kind].sealed
    assert b"pdfaid:part" in page.content


@pytest.mark.parametrize("template", ["licence", "certificate"])
def test_every_word_of_a_licence_stands_on_its_face(typesetter, template):
    page = render(typesetter, template, licence())

    text = words(page)
    for item in FACE:
        assert item["value"] in text
    assert "JY165010012345" in text
    assert sheets(page) == 1


def test_the_same_data_at_the_same_time_is_the_same_bytes(typesetter):
    first = render(typesetter, "receipt", filled(DocumentKind.RECEIPT))
    second = render(typesetter, "receipt", filled(DocumentKind.RECEIPT))

    assert first.content == second.content


@given(text=st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_no_text_whatever_becomes_code_or_stops_the_page(typesetter, text):
    # Of a text of nothing but NUL nothing is left, and an empty one is refused elsewhere.
    shown = text if text.strip("\0") else "x"
    page = render(typesetter, "receipt", filled(DocumentKind.RECEIPT, channel=shown))

    assert sheets(page) == 1


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x")', '#read("/etc/passwd")', "$ x^2 $", "*bold* _it_ `raw` @ref <label>",
        '"); #import "x"', "\\u{0}", "#set page(width: 1cm)", "= Heading", "{{ data }}",
    ],
)  # fmt: skip
def test_code_in_a_name_is_shown_as_it_is_written(typesetter, text):
    page = render(typesetter, "receipt", filled(DocumentKind.RECEIPT, addressee=text))

    assert "".join(text.split()) in words(page)


def test_bidirectional_tricks_and_controls_do_not_reach_the_page(typesetter):
    page = render(
        typesetter, "receipt", filled(DocumentKind.RECEIPT, channel="准\u202e予不\u202c\x00\x1b")
    )

    assert "准予不" in words(page)


def test_a_character_without_a_glyph_shows_its_code_point(typesetter):
    page = render(typesetter, "licence", licence([{"label": "经营者", "value": RARE}]))

    text = words(page)
    assert "U+20BB7" in text
    assert "U+31350" in text
    assert "野家䶮镕堃" in text


@pytest.mark.parametrize("template", ["licence", "certificate"])
def test_long_names_addresses_and_scopes_stay_inside_the_frame(typesetter, template):
    scope = "、".join(f"第{i}类食品制售（含冷食生食糕点自制饮品）" for i in range(60))
    hard = licence(
        [
            {"label": "经营者名称", "value": LONG_NAME + "餐饮管理有限责任公司"},
            {"label": "法定代表人", "value": LONG_NAME},
            {"label": "网址", "value": "https://" + "verylongname" * 12 + ".example/"},
            {"label": "经营项目", "value": scope},
            {"label": "有效期至", "value": "2031年1月4日"},
        ],
        title="公众聚集场所投入使用营业前消防安全检查意见书（含告知承诺）",
        organ={"name": "新疏勒县市场监督管理和知识产权保护综合行政执法局", "uscc": "X" * 18},
    )

    page = render(typesetter, template, hard)

    assert margins(typesetter, template, hard)[:2] == margins(typesetter, template, licence())[:2]
    text = words(page)
    assert scope in text
    assert LONG_NAME + "餐饮管理有限责任公司" in text
    assert sheets(page) <= 3


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_long_words_in_a_letter_stay_inside_the_margins(typesetter, kind):
    long = "A1b2" * 60
    data = filled(kind, addressee=LONG_NAME, matter="开办" + long)
    template = FORMS[kind].template

    strips = margins(typesetter, template, data)

    assert all(set(strip) == {255} for strip in strips)


def test_a_notice_of_forty_problems_keeps_all_of_them(typesetter):
    problems = [PROBLEM | {"target": f"材料{i}甲"} for i in range(40)]

    page = render(typesetter, "correction", filled(DocumentKind.CORRECTION, problems=problems))

    text = words(page)
    assert all(f"材料{i}甲" in text for i in range(40))
    assert "共40项" in text
    assert page.spot.page == sheets(page)


def test_uyghur_is_shaped_and_runs_from_right_to_left(typesetter):
    name = "ئۈرۈمچى شەھەرلىك بازار نازارەت قىلىش باشقۇرۇش ئىدارىسى"

    page = render(typesetter, "licence", licence([{"label": "名称", "value": name}]))

    fonts = PdfReader(io.BytesIO(page.content)).pages[0]["/Resources"]["/Font"]
    assert any("Naskh" in str(font.get_object()["/BaseFont"]) for font in fonts.values())


def test_an_unknown_template_or_missing_data_is_a_fault_that_says_why(typesetter):
    with pytest.raises(gateways.RenderFault, match="no template"):
        render(typesetter, "../parts", {})
    with pytest.raises(gateways.RenderFault, match="receipt"):
        render(typesetter, "receipt", {"title": "x"})
