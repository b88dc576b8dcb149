"""A restaurant in Urumqi on every page: what the templates are looked at and tested with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import segno
from django.utils.safestring import mark_safe

from tongban.doors.citizen import pages
from tongban.doors.parts import (
    Cell,
    Clock,
    Column,
    Confirm,
    Empty,
    Entry,
    Evidence,
    Fact,
    FactGroup,
    Field,
    Figure,
    File,
    Frame,
    Lane,
    Language,
    Limit,
    Link,
    Material,
    Notice,
    Option,
    Pager,
    Parcel,
    Plan,
    PlanBar,
    Problem,
    Refused,
    Reuse,
    Row,
    Section,
    Source,
    Step,
    Stop,
    Table,
    Tag,
    Viewer,
)

CITY = timezone(timedelta(hours=8))
NOW = datetime(2026, 9, 24, 11, 20, tzinfo=CITY)
SHOP = "新疆石榴籽家常菜餐饮有限公司"
PERSON = "买买提江·阿卜杜热合曼"
THING = "开办餐饮店"
NUMBER = "YJS-650102-20260921-000318-K"
LICENCE = Source("营业执照", date(2026, 9, 18))


def at(day: int, hour: int = 10, minute: int = 5) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=CITY)


def frame(language: str = "zh-hans", *, large: bool = False, **changes: Any) -> Frame:
    """The frame as the context processor makes it."""
    tags = {"zh-hans": "zh-Hans", "en": "en", "ug": "ug", "qps-plocm": "qps-plocm"}
    names = {"zh-hans": "简体中文", "en": "English", "ug": "ئۇيغۇرچە"}
    spoken = tuple(Language(code, tags[code], names[code], code == language) for code in names)
    made = Frame(
        city="Urumqi" if language == "en" else "乌鲁木齐市",
        ribbon="这里是演示城市：人、企业、电话和证照都是合成的，办不成真事。",
        ribbon_short="演示城市：人和证照都是合成的，办不成真事。",
        language=tags[language],
        direction="rtl" if language in {"ug", "qps-plocm"} else "ltr",
        print_size="large" if large else "normal",
        languages=spoken,
        original=spoken[0] if language == "ug" else None,
        viewer=Viewer(PERSON, "citizen", 2),
        path="/",
    )
    return replace(made, **changes)


def qr(text: str) -> str:
    code = segno.make(text, error="m").svg_inline(scale=4, omitsize=True, border=2)
    return mark_safe(code)  # noqa: S308 -- drawn here from a constant


def steps(now: int) -> tuple[Step, ...]:
    labels = ("回答问题", "看我的清单", "填一张表", "交一套材料", "检查并提交")
    return tuple(
        Step(label, "done" if n < now else "now" if n == now else "ahead", f"/step/{n}")
        for n, label in enumerate(labels)
    )


FIGURES = (
    Figure(label="办理环节", before="21", after="6", unit="个", share=29),
    Figure(label="申请材料", before="21", after="5", unit="份", share=24),
    Figure(label="填写内容", before="94", after="38", unit="项", share=40),
    Figure(
        label="办理时间",
        before="62",
        after="7",
        unit="个工作日",
        share=11,
        evidence=Evidence("V2", "他城方案"),
    ),
    Figure(
        label="跑动次数",
        before="6",
        after="0",
        unit="次",
        share=0,
        evidence=Evidence("A", "设计假设"),
    ),
)
PLAN = Plan(
    bars=(
        PlanBar(
            name="企业营业执照信息核验",
            department="市场监督管理局",
            start=0,
            length=3,
            days="当场",
            critical=True,
            evidence=Evidence("V2"),
        ),
        PlanBar(
            name="食品经营许可（新办）",
            department="市场监督管理局",
            start=3,
            length=69,
            days="5 个工作日",
            after=("营业执照核验",),
            evidence=Evidence("M"),
        ),
        PlanBar(
            name="户外招牌设施设置规范管理",
            department="城市管理局",
            start=3,
            length=41,
            days="3 个工作日",
            after=("营业执照核验",),
            evidence=Evidence("A"),
        ),
        PlanBar(
            name="公众聚集场所投入使用、营业前消防安全检查",
            department="消防救援支队",
            start=3,
            length=97,
            days="7 个工作日",
            after=("营业执照核验",),
            critical=True,
            evidence=Evidence("V2"),
        ),
        PlanBar(
            name="烟草专卖零售许可证核发",
            department="烟草专卖局",
            start=3,
            length=97,
            days="7 个工作日",
            after=("营业执照核验",),
            when="要卖烟的才办",
            evidence=Evidence("M"),
        ),
    ),
    total="全部办结：7 个工作日",
)

NEED = Tag("必要", "plain")


def material(code: str, name: str, **more: Any) -> Material:
    more.setdefault("necessity", NEED)
    more.setdefault("state", Tag("要交", "soon"))
    return Material(code=code, name=name, **more)


TO_GIVE = (
    material(
        "layout",
        "食品经营场所布局和设备图",
        used_by=("食品经营许可", "消防安全检查"),
        note="手画的也可以，标出厨房、就餐区、出口和灭火器的位置。",
        standards=("能看清每个房间的名称和大致尺寸", "标出操作流程的方向", "图片不小于 1000 像素"),
        blank_form=Link("下载示例图（PDF）", "/files/layout.pdf"),
        evidence=Evidence("V2", "他城办事指南"),
        input_name="layout",
        accept=".pdf,.jpg,.jpeg,.png",
        limit="PDF、JPG 或 PNG，不超过 20 MB，最多 5 个。",
        limit_bytes=20_000_000,
        multiple=True,
    ),
    material(
        "premises",
        "场所使用证明（租赁合同）",
        used_by=("食品经营许可", "户外招牌"),
        state=Tag("已交", "done", "tick"),
        files=(
            File(
                name="租赁合同-胜利路168号.pdf",
                href="/files/1",
                size="1.2 MB",
                grade="C 级：本人上传",
                remove_name="remove",
                remove_value="1",
            ),
        ),
        input_name="premises",
        accept=".pdf",
        limit="PDF、JPG 或 PNG，不超过 20 MB。",
    ),
    material(
        "sign",
        "招牌效果图",
        used_by=("户外招牌",),
        error="这份文件打不开，请重新导出或拍照后再传。",
        reuse=(
            Reuse(
                value="77",
                name="招牌效果图.png",
                given_on=date(2026, 3, 2),
                given_for="户外招牌设施备案",
                grade="C 级：本人上传",
            ),
        ),
        input_name="sign",
        accept=".jpg,.png",
        limit="JPG 或 PNG，不超过 20 MB。",
    ),
)
EXEMPT = (
    material(
        "licence",
        "营业执照",
        state=Tag("免交", "done", "tick"),
        source=LICENCE,
        exempt="由电子证照库直接取用，不用交复印件。",
        used_by=("全部事项",),
    ),
    material(
        "id",
        "法定代表人身份证明",
        state=Tag("免交", "done", "tick"),
        exempt="由电子证照库直接取用。",
        source=Source("居民身份证"),
    ),
    material(
        "form",
        "食品经营许可申请书",
        state=Tag("免交", "done", "tick"),
        exempt="由您填的一张表自动生成，提交时一并签署。",
    ),
    material(
        "rules",
        "食品安全管理制度",
        state=Tag("免交", "done", "tick"),
        exempt="以书面承诺代替。",
        evidence=Evidence("A", "设计假设"),
    ),
)
# As a guide shows them: nothing can be handed in yet.
PLAIN_MATERIALS = tuple(
    replace(m, input_name="", files=(), reuse=(), error="", state=Tag("自己准备")) for m in TO_GIVE
)

HOME = pages.HomePage(
    things=(
        pages.Thing(
            name="开办餐饮店",
            href="/packages/open-restaurant/",
            departments=5,
            summary="开饭馆、小吃店、咖啡馆：食品经营、招牌、消防、烟草、排水一次申请。",
            audience="已有营业执照的企业和个体工商户",
            highlights=(("5", "个部门"), ("5", "份材料"), ("7", "个工作日")),
        ),
        pages.Thing(
            name="开办企业",
            href="/packages/open-enterprise/",
            departments=7,
            summary="从名称到公章、发票、社保、银行预约，一次把公司办起来。",
            audience="要设立公司的个人和企业",
            highlights=(("7", "个部门"), ("2", "份材料"), ("2", "个工作日")),
        ),
    ),
    drafts=(Link("开办餐饮店 · 9月24日 10:51 保存", "/apply/1/form/"),),
)
FOUND = replace(
    HOME,
    query="开饭馆",
    hits=(
        pages.Hit(
            "开办餐饮店",
            "开饭馆、小吃店、咖啡馆：食品经营、招牌、消防、烟草、排水一次申请。",
            "/packages/open-restaurant/",
            "一件事",
        ),
        pages.Hit(
            "食品经营许可（新办）",
            "市场监督管理局 · 包含在“开办餐饮店”里",
            "/packages/open-restaurant/",
            "事项",
        ),
    ),
)

PACKAGE = pages.PackagePage(
    name=THING,
    object="持有营业执照的企业、个体工商户",
    lead="市场监督管理局",
    summary="开饭馆、小吃店、咖啡馆，五个部门的手续一次申请、同时办理、一次送达。",
    ask=Link("回答问题，看我的清单", "/packages/open-restaurant/ask/"),
    figures=FIGURES,
    plan=PLAN,
    items=(
        pages.ItemLine(
            name="企业营业执照信息核验",
            department="市场监督管理局",
            internal=True,
            promise="当场",
            promise_evidence=Evidence("V2"),
        ),
        pages.ItemLine(
            name="食品经营许可（新办）",
            department="市场监督管理局",
            result="食品经营许可证，有效期 5 年",
            when="面积超过 50 平方米的",
            legal="10 个工作日，可延长 5 个",
            legal_evidence=Evidence("M"),
            promise="5 个工作日",
            promise_evidence=Evidence("M"),
            charge="不收费",
            visits="0 次",
            basis=("食品安全法第三十五条",),
            conditions=("有与经营的食品相适应的场所", "有食品安全管理人员"),
            contacts=(Fact("咨询电话", "0991-0000001"),),
        ),
        pages.ItemLine(
            name="公众聚集场所投入使用、营业前消防安全检查",
            department="消防救援支队",
            result="消防安全检查意见书",
            when="达到消防检查面积标准的",
            legal="承诺的当场决定，现场核查 20 个工作日内",
            legal_evidence=Evidence("V"),
            promise="7 个工作日",
            promise_evidence=Evidence("V2"),
        ),
    ),
    materials=PLAIN_MATERIALS,
    exempt=EXEMPT,
    facts=(
        Fact("最长办结", "45 个工作日", evidence=Evidence("V", "行政许可法第四十二条")),
        Fact("收费", "不收费"),
        Fact("哪里能办", "网上、市政务服务中心“一件事”窗口"),
    ),
    faq=(
        ("还没有营业执照怎么办？", "先办“开办企业”，或者登记为个体工商户，当天就能拿到。"),
        ("只做外卖要办消防检查吗？", "看面积是否达到标准，回答问题时会替您判断。"),
    ),
    basis=("行政许可法第二十六条、第三十二条、第四十二条", "国发〔2024〕3号"),
    version="2026.09-3f9a1c",
    version_from=date(2026, 9, 1),
    draft=Link("接着填上次的", "/apply/1/form/"),
)

YES_NO = (Option("yes", "是"), Option("no", "否"))


def yes(*options: Option) -> tuple[Option, ...]:
    first, *rest = options
    return (replace(first, chosen=True), *rest)


ASK = pages.AskPage(
    name=THING,
    steps=steps(0),
    action="/packages/open-restaurant/ask/",
    known=2,
    applicants=(
        pages.Applicant(SHOP, "?for=2", is_current=True),
        pages.Applicant(PERSON, "?for=1", is_current=False),
    ),
    back=Link("返回说明", "/packages/open-restaurant/"),
    questions=(
        pages.Question(
            Field(
                name="licensed",
                label="您的店有营业执照吗？",
                kind="boolean",
                options=yes(*YES_NO),
                source=LICENCE,
            )
        ),
        pages.Question(
            Field(
                name="holder",
                label="是企业还是个体工商户？",
                kind="choice",
                source=LICENCE,
                options=yes(Option("company", "企业"), Option("self", "个体工商户")),
            )
        ),
        pages.Question(
            Field(
                name="area",
                label="经营场所有多少平方米？",
                kind="decimal",
                unit="平方米",
                help="就餐、厨房、库房都算。租赁合同或产权证上有。",
                example="120",
                unsure="没有合同的话，可以量一下长和宽；或请窗口帮您看。",
                evidence=Evidence("V2", "新疆小餐饮登记规定"),
            )
        ),
        pages.Question(
            Field(
                name="tobacco",
                label="店里卖香烟吗？",
                kind="boolean",
                options=YES_NO,
                unsure="先选不清楚也可以，拿到清单以后再决定。",
                chosen_unsure=True,
            )
        ),
        pages.Question(
            Field(
                name="range",
                label="卖哪些烟？",
                kind="choice",
                options=(Option("cigarettes", "卷烟"), Option("cigars", "雪茄")),
            ),
            needs="tobacco=yes",
        ),
        pages.Question(
            Field(
                name="kinds",
                label="打算经营什么？",
                kind="multi",
                options=(
                    Option("hot", "热食", chosen=True),
                    Option("cold", "凉菜"),
                    Option("cake", "糕点"),
                    Option("drink", "自制饮品", "现榨果汁、奶茶等"),
                ),
            )
        ),
    ),
)
ASK_WRONG = replace(
    ASK,
    problems=(Problem("请填写经营场所面积，或选“不清楚”", "f-area"),),
    questions=(
        *ASK.questions[:2],
        replace(
            ASK.questions[2],
            field=replace(ASK.questions[2].field, value="一百二", error="面积要填数字，例如 120"),
        ),
        *ASK.questions[3:],
    ),
)

NEEDED = (
    pages.Choice("企业营业执照信息核验", "市场监督管理局", "系统自动核验，您不用管。"),
    pages.Choice(
        "食品经营许可（新办）",
        "市场监督管理局",
        "经营面积 120 平方米，超过小餐饮店的 50 平方米。",
        "食品经营许可证",
    ),
    pages.Choice("户外招牌设施设置规范管理", "城市管理局", "您要在门外设置招牌。", "招牌备案回执"),
    pages.Choice(
        "公众聚集场所投入使用、营业前消防安全检查",
        "消防救援支队",
        "饭店属于公众聚集场所，面积达到检查标准。",
        "消防安全检查意见书",
    ),
)
GUIDE = pages.GuidePage(
    name=THING,
    steps=steps(1),
    made_at=NOW,
    needed=NEEDED,
    not_needed=(
        pages.Choice(
            "食品经营登记（小餐饮店）", "市场监督管理局", "面积超过 50 平方米，要办许可。"
        ),
        pages.Choice("烟草专卖零售许可证核发", "烟草专卖局", "您选择了不卖香烟。"),
    ),
    answers=(
        Fact("营业执照", "有", LICENCE),
        Fact("经营场所面积", "120 平方米"),
        Fact("设置户外招牌", "是", change=Link("修改", "/ask#f-sign")),
    ),
    figures=FIGURES,
    plan=PLAN,
    to_give=PLAIN_MATERIALS[:2],
    exempt=EXEMPT,
    start=Link("开始填表", "/packages/open-restaurant/guide/"),
    change=Link("修改我的回答", "/packages/open-restaurant/ask/"),
    open_questions=(Fact("排水", "是否向市政管网排水还不清楚：提交后由住建部门电话确认。"),),
    fields_known=24,
    fields_total=38,
    charge="全部不收费。",
    promise=date(2026, 10, 12),
    promise_note="按今天提交计算，国庆假期不算工作日。",
    where=(
        Fact("地点", "乌鲁木齐市政务服务中心 2 楼“一件事”综合窗口"),
        Fact("时间", "工作日 10:00–14:00，15:30–19:30", evidence=Evidence("V2")),
    ),
    qr=qr("http://127.0.0.1:8000/packages/open-restaurant/"),
    login_needed=True,
)

FORM = pages.FormPage(
    name=THING,
    steps=steps(2),
    action="/apply/1/form/",
    autosave="/apply/1/form/",
    revision=7,
    saved="10:51 已保存",
    back=Link("返回清单", "/guide"),
    applicant=SHOP,
    known=4,
    total=9,
    sections=(
        Section(
            "申请人",
            (
                Field(
                    name="legal.name",
                    label="法定代表人",
                    kind="name",
                    value=PERSON,
                    source=LICENCE,
                ),
                Field(
                    name="legal.phone",
                    label="手机号码",
                    kind="phone",
                    value="13900000000",
                    kept="13911110000",
                    autocomplete="tel",
                ),
            ),
            known=(
                Fact("企业名称", SHOP, LICENCE),
                Fact("统一社会信用代码", "91650102MA00000000", LICENCE, is_code=True),
                Fact("面积", "120 平方米", Source("您的回答"), Link("修改", "/ask/#f-area")),
            ),
            known_note="这些不用填，也不能在这里改；登记有误请先到登记处更正。",
        ),
        Section(
            "经营场所",
            (
                Field(
                    name="site.address",
                    label="门店地址",
                    kind="address",
                    max_length=200,
                    value="乌鲁木齐市天山区胜利路（演示）168号1层",
                    source=LICENCE,
                    help="写到门牌号和楼层。与营业执照不一致时请改成门店的实际地址。",
                ),
                Field(
                    name="site.area",
                    label="经营场所面积",
                    kind="decimal",
                    unit="平方米",
                    value="120",
                ),
                Field(
                    name="site.seats",
                    label="就餐座位数",
                    kind="integer",
                    unit="个",
                    value="四十八",
                    error="座位数要填数字，例如 48",
                ),
                Field(
                    name="site.tenure",
                    label="房屋怎样取得",
                    kind="choice",
                    options=yes(
                        Option("lease", "租赁"), Option("own", "自有"), Option("free", "无偿使用")
                    ),
                ),
                Field(
                    name="site.until",
                    label="租赁到期日",
                    kind="date",
                    value="2029-12-31",
                    required=False,
                ),
                Field(
                    name="site.notes",
                    label="还想说明的",
                    kind="longtext",
                    max_length=300,
                    required=False,
                    disputed="靠近学校后门",
                ),
            ),
        ),
    ),
    problems=(Problem("就餐座位数要填数字，例如 48", "f-site-seats"),),
)

MATERIALS = pages.MaterialsPage(
    name=THING,
    steps=steps(3),
    to_give=TO_GIVE,
    exempt=EXEMPT,
    action="/apply/1/materials/",
    back=Link("返回表格", "/apply/1/form/"),
    next=Link("检查", "/apply/1/check/"),
    problems=(Problem("招牌效果图打不开，请重新上传", "m-sign"),),
)

REVIEW = (
    FactGroup(
        "申请人",
        (
            Fact("企业名称", SHOP, LICENCE),
            Fact("统一社会信用代码", "91650102MA00000000", LICENCE, is_code=True),
            Fact("法定代表人", PERSON, LICENCE),
        ),
        Link("修改", "/apply/1/form/"),
    ),
    FactGroup(
        "经营场所",
        (
            Fact("门店地址", "乌鲁木齐市天山区胜利路（演示）168号1层"),
            Fact("经营场所面积", "120 平方米"),
            Fact("就餐座位数", "48 个"),
        ),
        Link("修改", "/apply/1/form/#site"),
    ),
)
GIVEN = replace(
    TO_GIVE[1],
    input_name="",
    files=(replace(TO_GIVE[1].files[0], remove_name="", remove_value=""),),
)
CHECK = pages.CheckPage(
    signers=(
        pages.Signer(name=PERSON, role="股东", paper="章程", state=Tag("已签名", "done", "tick")),
    ),
    signers_link=Link("查看和发送签名链接", "/apply/1/signers/"),
    name=THING,
    steps=steps(4),
    problems=(),
    review=REVIEW,
    files=(GIVEN, *EXEMPT[:2]),
    items=NEEDED[1:],
    action="/apply/1/check/",
    key="k-1",
    back=Link("返回材料", "/apply/1/materials/"),
    passed=(
        "38 项内容都填好了，格式正确",
        "2 份材料都能打开，大小合适",
        "营业执照有效，没有异常",
        "您可以代表这家企业申请",
    ),
    consents=(
        Field(
            name="truth",
            label="如实申报",
            kind="multi",
            options=(Option("yes", "以上内容真实。隐瞒情况或提供虚假材料的，依法承担责任。"),),
        ),
        Field(
            name="rules",
            label="食品安全管理制度（承诺）",
            kind="multi",
            options=(Option("yes", "我已阅读上面的全部内容，承诺做到，并接受核查。"),),
            statement=("设专人管食品安全，检查都记下来。", "进货查验并留存凭证。"),
            error="请阅读并勾选“食品安全管理制度（承诺）”",
        ),
    ),
    next_lines=(
        "提交就是收件，马上得到收件凭证。",
        "5 个工作日内告知受理，或者一次性告知要补正的全部内容。",
    ),
)
CHECK_WRONG = replace(
    CHECK,
    problems=(
        Problem("就餐座位数要填数字，例如 48", "f-site-seats", "/apply/1/form/"),
        Problem("还没有上传食品经营场所布局和设备图", "m-layout", "/apply/1/materials/"),
        Problem("租赁到期日早于计划开业日期", "f-site-until", "/apply/1/form/"),
    ),
    is_ready=False,
    passed=CHECK.passed[2:],
    advice=(Problem("招牌效果图没有标注尺寸，部门可能会问您"),),
)

APPLICATIONS = (
    pages.Application(
        name=THING,
        number=NUMBER,
        href=f"/my/{NUMBER}/",
        filed_at=at(21),
        state=Tag("办理中", "calm"),
        turn="轮到：消防救援支队",
        due=date(2026, 10, 12),
        applicant=SHOP,
    ),
    pages.Application(
        name="开办企业",
        number="YJS-650102-20260916-000112-8",
        href="/my/1/",
        filed_at=at(16),
        state=Tag("已办结", "done", "tick"),
        note="7 项全部办好",
        applicant=SHOP,
    ),
)
MY = pages.MyPage(
    name=PERSON,
    todo=(
        Notice(
            title="开办餐饮店：请补正 2 处",
            tone="care",
            text="最迟 2026年10月12日（星期一）补齐，时限停在您这里。",
            link=Link("去补正", f"/my/{NUMBER}/supply/"),
        ),
    ),
    drafts=(
        pages.OpenDraft(
            name=THING, href="/apply/1/form/", saved_at=at(24, 10, 51), discard="/apply/1/discard/"
        ),
    ),
    applications=APPLICATIONS,
    empty=Empty("还没有提交过申请"),
    pager=Pager("?", "?after=9"),
)
MY_EMPTY = replace(
    MY,
    todo=(),
    drafts=(),
    applications=(),
    pager=Pager(),
    empty=Empty(
        "还没有提交过申请",
        "从“一件事”里选一件，先看看要办什么，不登录也可以看。",
        Link("看看能办什么", "/"),
    ),
)

WHY = (
    "2026-09-22 受理，当天不算。",
    "2026-09-23、09-24：用了 2 个工作日。",
    "2026-09-25 中秋节，不算。",
    "2026-09-28 至 09-30：还有 3 个工作日。",
    "2026-10-01 至 10-07 国庆节，不算。",
    "2026-10-08、10-09：最后 2 个工作日。",
)
PROMISE = Clock(
    name="承诺",
    headline="还剩 5 个工作日",
    due=date(2026, 10, 9),
    used=29,
    why=WHY,
    evidence=Evidence("V2", "他城方案"),
)
SOON = replace(PROMISE, headline="还剩 1 个工作日", tone="soon", used=86)
LATE = replace(PROMISE, headline="已超期 2 个工作日", tone="late", used=100)
PAUSED = replace(
    PROMISE, headline="停表：等待现场检验", tone="paused", due=None, due_note="检验结束后继续计时"
)
UNKNOWN = Clock(
    name="许可证送达",
    headline="还不能算出",
    tone="unknown",
    due_note="不早于 2027-01-04，2027 年日历尚未公布",
    why=("2027 年放假安排公布后自动算出。",),
)

PATH = ("提交", "受理", "各部门同时办", "全部办结", "送达")


def path(now: int) -> tuple[Stop, ...]:
    return tuple(
        Stop(
            label,
            "done" if n < now else "now" if n == now else "ahead",
            at(21 + n, 10 + n) if n < now else None,
        )
        for n, label in enumerate(PATH)
    )


def lane_stops(
    now: int, labels: tuple[str, ...] = ("收件", "受理", "审查", "核查", "决定", "发证")
) -> tuple[Stop, ...]:
    return tuple(
        Stop(label, "done" if n < now else "now" if n == now else "ahead")
        for n, label in enumerate(labels)
    )


LIMIT = Limit(
    length="20 个工作日",
    due=date(2026, 10, 27),
    why=("受理之日起 20 个工作日，休息日和节假日不算。",),
    evidence=Evidence("V", "行政许可法第四十二条"),
)
LANES = (
    Lane(
        name="企业营业执照信息核验",
        department="市场监督管理局",
        state=Tag("已办结", "done", "tick"),
        stops=lane_stops(3, ("收件", "核验", "办结")),
        number="BJ-650102-20260921-001001-2",
    ),
    Lane(
        name="食品经营许可（新办）",
        department="市场监督管理局",
        state=Tag("审查中", "calm"),
        stops=lane_stops(2),
        turn="在办：天山区市场监管窗口",
        clocks=(PROMISE,),
        limits=(LIMIT,),
        number="BJ-650102-20260921-001002-0",
    ),
    Lane(
        name="户外招牌设施设置规范管理",
        department="城市管理局",
        state=Tag("准予", "done", "tick"),
        stops=lane_stops(6),
        licence=Link("招牌备案回执", "/my/licences/x/"),
        number="BJ-650102-20260921-001003-9",
    ),
    Lane(
        name="公众聚集场所投入使用、营业前消防安全检查",
        department="消防救援支队",
        state=Tag("停表", "paused", "pause"),
        stops=lane_stops(3),
        clocks=(PAUSED,),
        note="现场检查约在 9 月 28 日上午，两名检查人员到店。",
    ),
    Lane(
        name="烟草专卖零售许可证核发",
        department="烟草专卖局",
        state=Tag("等待", "unknown", "wait"),
        stops=lane_stops(0),
        waits_for=("食品经营许可（新办）",),
    ),
)
PARCEL = Parcel(
    turn="government",
    turn_label="消防救援支队等 2 个部门",
    turn_note="您不用做什么，有变化会通知您。",
    remaining=5,
    remaining_unit="个工作日",
    remaining_label="还剩",
    remaining_note="按最慢的一项计算",
    next_name="最迟全部办结",
    next_due=date(2026, 10, 12),
    stops=path(2),
    lanes=LANES,
    clocks=(replace(PROMISE, name="全部办结承诺"),),
    limits=(replace(LIMIT, length="45 个工作日"),),
)
TIMELINE = (
    Entry(
        at=at(24, 9, 40),
        what="准予备案",
        who="城市管理局",
        about="户外招牌设施设置规范管理",
        documents=(Link("准予决定书", "/files/d1"),),
    ),
    Entry(
        at=at(23, 16, 2),
        what="暂停计时：现场检查",
        who="消防救援支队",
        about="消防安全检查",
        basis="行政许可法第四十五条",
        note="预计 9 月 28 日完成。",
    ),
    Entry(
        at=at(22, 12, 30),
        what="受理",
        who="市场监督管理局综合窗口",
        basis="行政许可法第三十二条",
        documents=(Link("受理通知书", "/files/d2"),),
    ),
    Entry(
        at=at(21, 10, 5),
        what="提交申请，系统收件",
        who="您",
        documents=(Link("收件凭证", "/files/d3"),),
    ),
)
PROGRESS = pages.ProgressPage(
    name=THING,
    number=NUMBER,
    filed_at=at(21),
    applicant=SHOP,
    parcel=PARCEL,
    timeline=TIMELINE,
    state=Tag("办理中", "calm"),
    share=Link("分享进度", f"/my/{NUMBER}/share/"),
    withdraw=Link("撤回申请", f"/my/{NUMBER}/withdraw/"),
    ask_human=(Link("请工作人员复核“小餐饮登记”", f"/my/{NUMBER}/ask-human/"),),
    documents=(Link("收件凭证", "/files/d3"), Link("受理通知书", "/files/d2")),
    licences=(Link("招牌备案回执", "/my/licences/x/"),),
    facts=(
        Fact("咨询", "0991-0000001"),
        Fact("监督投诉", "12345"),
        Fact("指南版本", "2026.09-3f9a1c", is_code=True),
    ),
    back=Link("我的办件", "/my/"),
    notices=(
        Notice(
            title="已收件",
            text="您的申请已经提交成功，收件时间 2026年9月21日 10:05。",
            facts=(Fact("编号", NUMBER, is_code=True),),
        ),
    ),
)
PROGRESS_YOURS = replace(
    PROGRESS,
    notices=(),
    state=Tag("等您补正", "you"),
    supply=Link("去补正", "supply/"),
    parcel=replace(
        PARCEL,
        turn="you",
        turn_label="您",
        turn_note="请补齐 2 处内容，时限停在您这里。",
        next_name="最迟补齐",
        remaining=7,
        remaining_note="",
        stops=(*path(1)[:1], Stop("补正", "stopped"), *path(1)[2:]),
        clocks=(SOON,),
        lanes=LANES[:2],
    ),
)
PROGRESS_LATE = replace(
    PROGRESS,
    notices=(),
    parcel=replace(
        PARCEL,
        turn="late",
        turn_label="消防救援支队",
        turn_note="已经超过承诺时间，监督部门已收到提醒。",
        clocks=(LATE, UNKNOWN),
    ),
    remedies=(
        Fact("申请行政复议", "乌鲁木齐市人民政府，收到决定之日起 60 日内"),
        Fact("提起行政诉讼", "有管辖权的人民法院，收到决定之日起 6 个月内"),
    ),
    explanation=(
        Fact("经营面积不超过 50 平方米", "42 平方米", Source("您填写的表格")),
        Fact("营业执照有效", "有效", LICENCE),
    ),
)
SHARED = replace(
    PROGRESS,
    is_shared=True,
    applicant="新疆石＊＊＊有限公司",
    share=None,
    withdraw=None,
    ask_human=(),
    documents=(),
    licences=(),
    notices=(),
    back=None,
)

SUPPLY = pages.SupplyPage(
    name=THING,
    number=NUMBER,
    issued_at=at(23),
    issued_by="市场监督管理局综合窗口",
    clock=replace(PROMISE, name="补正期限", headline="还剩 8 个工作日"),
    action=f"/my/{NUMBER}/supply/",
    key="k-2",
    back=Link("返回进度", f"/my/{NUMBER}/"),
    document=Link("补正告知书", "/files/d4"),
    consequence="到期没有补齐的，由受理部门依法处理并告诉您结果；您随时可以重新申请。",
    contact=(Fact("联系人", "综合窗口 李静（演示）"), Fact("电话", "0991-0000001")),
    corrections=(
        pages.Correction(
            number=1,
            what="布局图看不出灭火器的位置",
            department="消防救援支队",
            remedy="在图上标出每个灭火器的位置和数量，重新上传。",
            clause="消防法第十五条",
            material=TO_GIVE[0],
        ),
        pages.Correction(
            number=2,
            what="座位数与布局图不一致",
            department="市场监督管理局",
            remedy="按实际座位数改正。",
            field=Field(
                name="site.seats", label="就餐座位数", kind="integer", unit="个", value="48"
            ),
        ),
    ),
)
SHARE = pages.SharePage(
    name=THING,
    number=NUMBER,
    action=f"/my/{NUMBER}/share/",
    back=Link("返回进度", f"/my/{NUMBER}/"),
    fresh="http://127.0.0.1:8000/shared/6tY2mQw9cZ4kP1sXb7Vn/",
    qr=qr("http://127.0.0.1:8000/s/6tY2"),
    fields=(),
    open_links=1,
)
SIGNERS = pages.SignersPage(
    name="新生儿出生",
    steps=steps(4),
    action="/apply/1/signers/",
    back=Link("返回表格", "/apply/1/form/"),
    next=Link("检查并提交", "/apply/1/check/"),
    can_ask=True,
    signers=(
        pages.Signer(
            name="热依汗古丽·托合提",
            role="妈妈",
            paper="新生儿姓名确认书",
            state=Tag("提交时签名", "calm", "tick"),
            note="您本人提交，提交就是签名，不用另外签。",
        ),
        pages.Signer(
            name="艾力·吐尔逊",
            role="爸爸",
            paper="新生儿姓名确认书",
            state=Tag("等待签名", "you", "wait"),
            key="7",
            link="http://127.0.0.1:8000/sign/6tY2mQw9cZ4kP1sXb7Vn/",
            qr=qr("http://127.0.0.1:8000/sign/6tY2"),
            can_renew=True,
        ),
        pages.Signer(
            name=PERSON,
            role="股东",
            paper="公司章程（合伙协议）",
            state=Tag("不同意签名", "late", "alert"),
            note="对方的理由：出资额写错了",
            key="8",
            can_ask_again=True,
        ),
    ),
)
SIGN = pages.SignPage(
    paper="新生儿姓名确认书",
    thing="新生儿出生",
    role="爸爸",
    state=Tag("等待签名", "you", "wait"),
    applicant="热依汗古丽·托合提",
    text="我是孩子的爸爸，同意孩子用这个姓名。",
    statement=("姓名由父母商量确定。",),
    facts=(Fact("孩子姓名", "阿依努尔·艾力"), Fact("出生日期", "2026年10月5日")),
    basis="本产品的设计假设",
    action="/sign/6tY2/",
    seen="9f" * 32,
    read=Field(
        name="read", label="同意签名", kind="multi", options=(Option("yes", "我已看清全部内容。"),)
    ),
    reason=Field(name="reason", label="不同意的理由", kind="longtext", max_length=500),
    sealed=(Fact("内容指纹（SHA-256）", "9f" * 32, is_code=True),),
)
SIGN_STRANGER = pages.SignPage(
    paper="新生儿姓名确认书",
    thing="新生儿出生",
    role="爸爸",
    state=Tag("等待签名", "you", "wait"),
    login=Link("登录后查看和签名", "/login/?next=/sign/6tY2/"),
)
GRANT_LINE = pages.GrantLine(
    licence="居民身份证",
    other="热依汗古丽·托合提",
    thing="新生儿出生",
    fields="姓名、公民身份号码",
    limits="到2026年11月30日为止，限1次，用过0次",
    state=Tag("可以用", "calm", "tick"),
    revoke="3",
)
GRANTS = pages.GrantsPage(
    given=(GRANT_LINE,), received=(replace(GRANT_LINE, revoke=""),), empty=Empty("还没有授权过")
)
GRANT = pages.GrantPage(
    licence="居民身份证",
    action="/my/licences/1.2.156/grant/",
    back=Link("返回证照", "/my/licences/1.2.156/"),
    fields=(
        Field(name="name", label="给谁用：姓名", kind="name"),
        Field(name="until", label="用到哪一天为止", kind="date"),
    ),
)
PAY = pages.PayPage(
    name="公章刻制备案",
    number="JF650100202609280000017",
    state=Tag("待缴费", "you", "wait"),
    total="320.00 元",
    lines=(Fact("印章制作费（一套三枚）", "320.00 元"),),
    facts=(Fact("收款单位", "乌鲁木齐刻章单位（演示）"), Fact("收费依据", "本产品的设计假设")),
    action="/pay/JF650100202609280000017/",
    back=Link("返回进度", f"/my/{NUMBER}/"),
    note="不影响办理；领取结果以前要缴清。",
    can_pay=True,
    can_ask=True,
    trouble=Field(
        name="trouble",
        label="演示：银行出什么差错",
        kind="choice",
        required=False,
        options=(Option("", "一切正常", chosen=True), Option("lost", "通知丢了")),
    ),
)
AGENTS = pages.AgentsPage(
    given=(
        pages.AgentLine(
            who="热依汗古丽·托合提请艾力·吐尔逊代办",
            what="填表、提交、补正、撤回",
            scope="所有的事",
            days="2026年10月12日到2026年11月30日",
            state=Tag("有效", "calm", "tick"),
            verbs=(("revoke:3", "解除"),),
        ),
    ),
    received=(),
    fields=(Field(name="name", label="请谁代办：姓名", kind="name"),),
    empty=Empty("还没有授权过"),
)
FAMILY = pages.FamilyPage(
    children=(
        pages.ChildCard(
            name="阿依努尔·艾力",
            facts=(
                Fact("出生日期", "2026年10月5日"),
                Fact("公民身份号码", "650102********0004", is_code=True),
                Fact("监护人", "热依汗古丽·托合提、艾力·吐尔逊"),
                Fact("您是", "父母（民法典第二十七条）"),
            ),
            licences=(Link("出生医学证明", "/my/licences/1/"),),
        ),
    ),
    empty=Empty("还没有登记的孩子"),
)
SIGNATURES = pages.SignaturesPage(
    papers=(Link("热依汗古丽·托合提请您签“新生儿姓名确认书”", "/my/signatures/7/"),),
    empty=Empty("没有等您签名的"),
)
MESSAGES = pages.MessagesPage(
    unread=1,
    empty=Empty("还没有消息", icon="bell"),
    letters=(
        pages.Letter(
            key="2",
            title="户外招牌已准予备案",
            at=at(24, 9, 41),
            is_unread=True,
            text="城市管理局已准予您的户外招牌备案，回执已放入“我的证照”。",
            link=Link("看进度", f"/my/{NUMBER}/"),
        ),
        pages.Letter(
            key="1",
            title="已受理",
            at=at(22, 12, 31),
            is_statutory=True,
            text="您的“开办餐饮店”申请已受理，承诺 2026年10月12日前全部办结。",
            link=Link("看进度", f"/my/{NUMBER}/"),
        ),
    ),
)
CARDS = (
    pages.LicenceCard(
        name="营业执照",
        number="91650102MA00000000",
        holder=SHOP,
        issuer="天山区市场监督管理局",
        state=Tag("有效", "calm", "tick"),
        valid="长期",
        href="/my/licences/1/",
    ),
    pages.LicenceCard(
        name="食品经营许可证",
        number="JY26501020000318",
        holder=SHOP,
        issuer="天山区市场监督管理局",
        state=Tag("还有 60 天到期", "soon", "clock"),
        valid="至 2026年11月23日",
        href="/my/licences/2/",
    ),
    pages.LicenceCard(
        name="招牌备案回执",
        number="ZP2026000318",
        holder=SHOP,
        issuer="城市管理局",
        state=Tag("已注销", "plain"),
        valid="至 2026年9月1日",
        href="/my/licences/3/",
        is_ended=True,
    ),
)
WHOLE = pages.LicenceCard(
    name="行业综合许可证（餐饮）",
    number="ZC65010020260909000017",
    holder=SHOP,
    issuer="行政审批局",
    state=Tag("部分有效", "soon", "alert"),
    valid="含 3 项许可，第 2 版",
    href="/one-licence/1/",
)
LICENCES = pages.LicencesPage(
    licences=CARDS, empty=Empty("还没有证照", icon="licence"), shops=(WHOLE,)
)
SHOP_PARTS = (
    pages.ShopPart(
        name="食品经营许可证",
        number="JY26501020000318",
        issuer="天山区市场监督管理局",
        until="2026年12月20日",
        state=Tag("失效", "late", "alert"),
        note="有效期届满未延续",
    ),
    pages.ShopPart(
        name="城镇污水排入排水管网许可证",
        number="PS26501020000017",
        issuer="住房和城乡建设局",
        until="2029年3月10日",
        state=Tag("有效", "calm", "tick"),
        href="/my/licences/2/",
        renew="需要延续的，最迟 2029年2月8日 申请（届满 30 日前）。",
    ),
)
SHOP_PAGE = pages.ShopPage(
    name=WHOLE.name,
    trade="餐饮",
    state=WHOLE.state,
    tone="soon",
    icon="alert",
    sentence="真实，但不是每一项许可现在都有效：看下面标出的各项。",
    checked_at=at(22, 12, 31),
    facts=(Fact("经营者", SHOP), Fact("综合许可证编号", WHOLE.number, is_code=True)),
    parts=SHOP_PARTS,
    advice=("请核对经营者名称和地址，与您面前的店是否一致。",),
    report=Link("投诉或者举报这家店", "/one-licence/1/report/"),
)
SHOP_HOLDER = replace(
    SHOP_PAGE,
    is_holder=True,
    report=None,
    qr=qr("http://127.0.0.1:8000/one-licence/1/"),
    file=Link("下载 PDF（已签名）", "/my/one-licence/1/file/"),
    others=Link("看看别人扫码看到什么", "/one-licence/1/?as=public"),
    forms=(Link("增加或者重新申请单项许可", "/packages/restaurant-one-licence/"),),
    versions=Table(
        title="版本记录",
        columns=(Column("时间", "time"), Column("变化")),
        rows=(Row((Cell(at(22, 12, 31)), Cell("首次制发"))),),
        empty=Empty("没有记录"),
    ),
)
REPORT_FORM = pages.ReportPage(
    shop=SHOP,
    back=Link("回到综合许可证", "/one-licence/1/"),
    fields=(
        Field(name="text", label="您看到的情况", kind="longtext", error="请写下您看到的情况。"),
    ),
    problems=(Problem("请写下您看到的情况。", "f-text"),),
)
REPORT_ANSWER = pages.ReportPage(
    shop=SHOP,
    back=Link("回到综合许可证", "/one-licence/1/"),
    said=(Fact("您说的情况", "后厨很脏"),),
    state=Tag("等待答复", "unknown", "wait"),
    address="http://127.0.0.1:8000/one-licence/1/report/2/",
)
IDENTIFIER = "1.2.156.3005.2.11650100MB1234567X001.11650102MB7654321X.20260924000318.001.K"
LICENCE_PAGE = pages.LicencePage(
    name="食品经营许可证",
    identifier=IDENTIFIER,
    state=Tag("有效", "calm", "tick"),
    state_note="",
    face=(
        Fact("经营者名称", SHOP),
        Fact("经营场所", "乌鲁木齐市天山区胜利路（演示）168号1层"),
        Fact("主体业态", "餐饮服务经营者"),
        Fact("经营项目", "热食类食品制售、冷食类食品制售"),
        Fact("许可证编号", "JY26501020000318", is_code=True),
    ),
    facts=(
        Fact("证照标识", IDENTIFIER, is_code=True),
        Fact("发证机关", "天山区市场监督管理局"),
        Fact("有效期", "2026年9月24日至2031年9月23日", evidence=Evidence("M")),
    ),
    verify=Link("打开核验页", f"/verify/{IDENTIFIER}/"),
    qr=qr("http://127.0.0.1:8000/verify/1/"),
    file=Link("下载 PDF（已签名）", "file/"),
    back=Link("我的证照", "/my/licences/"),
    versions=(Entry(at=at(24), what="签发，第 001 版", who="天山区市场监督管理局"),),
    uses=Table(
        title="使用记录",
        columns=(Column("时间", "time"), Column("谁"), Column("为了什么")),
        rows=(Row((Cell(at(24, 15)), Cell("消防救援支队"), Cell("消防安全检查"))),),
        empty=Empty("还没有人用过", icon="eye"),
    ),
)
STORED = pages.StoredPage(
    empty=Empty("还没有材料", icon="file"),
    materials=(
        pages.StoredMaterial(
            name="场所使用证明（租赁合同）",
            given_for=THING,
            given_on=date(2026, 9, 21),
            valid="可沿用至 2029年12月31日",
            state=Tag("可以沿用", "calm"),
            file=File(
                name="租赁合同-胜利路168号.pdf",
                href="/files/1",
                size="1.2 MB",
                grade="C 级：本人上传",
            ),
        ),
    ),
)
SETTINGS = pages.SettingsPage(
    account=(Fact("姓名", PERSON), Fact("登录名", "memetjan"), Fact("实名", "已核验")),
    groups=(
        (
            Section(
                "显示",
                (
                    Field(
                        name="language",
                        label="语言",
                        kind="choice",
                        options=yes(Option("zh-hans", "简体中文"), Option("en", "English")),
                    ),
                    Field(
                        name="print",
                        label="字号",
                        kind="choice",
                        options=yes(Option("normal", "标准"), Option("large", "大字")),
                    ),
                ),
            ),
            "display",
            "保存显示设置",
        ),
        (
            Section(
                "短信",
                (Field(name="sms", label="用短信通知我", kind="boolean", options=yes(*YES_NO)),),
                note="法律规定必须告知的内容，总会用短信告诉您。",
            ),
            "notices",
            "保存通知设置",
        ),
    ),
)
VERIFY = pages.VerifyPage(
    fields=(
        Field(name="identifier", label="证照标识或编号", kind="uscc", help="印在证照二维码下方。"),
    )
)
PROOF = replace(
    VERIFY,
    proof=pages.Proof(
        headline="这是真实有效的证照",
        tone="calm",
        icon="seal",
        sentence="食品经营许可证，目前有效。",
        checked_at=NOW,
        facts=(
            Fact("持有人", SHOP),
            Fact("发证机关", "天山区市场监督管理局"),
            Fact("有效期至", "2031年9月23日"),
            Fact("证照标识", IDENTIFIER, is_code=True),
        ),
        checks=(
            (True, "标识的校验码正确"),
            (True, "在证照库中找到，状态为有效"),
            (True, "文件签名完整，没有改动"),
        ),
        advice=("请核对持有人名称与店面是否一致。",),
    ),
)
PROOF_ENDED = replace(
    PROOF,
    proof=replace(
        PROOF.proof,
        headline="这个证照已经失效",
        tone="late",
        icon="alert",
        sentence="食品经营许可证，2026年9月1日被注销。",
        checks=((True, "标识的校验码正确"), (False, "状态：注销")),
    ),
)
LOGIN = pages.EntryPage(
    title="登录",
    lead="登录后可以取用您的证照，申请进度也在里面。",
    action="/login/",
    verb="登录",
    other=Link("还没有账号，去注册", "/register/"),
    side_title="演示账号",
    side=("账号和密码见启动时的说明。",),
    next="/my/",
    fields=(
        Field(name="login", label="登录名", autocomplete="username"),
        Field(name="password", label="密码", kind="password", autocomplete="current-password"),
        Field(
            name="code",
            label="动态验证码",
            kind="code",
            required=False,
            help="只有工作人员需要填。",
            autocomplete="one-time-code",
        ),
    ),
)
WITHDRAW = Confirm(
    title="撤回申请",
    sentence=f"撤回“{THING}”后，还没有作出决定的事项全部停止办理。",
    action=f"/my/{NUMBER}/withdraw/",
    verb="确认撤回",
    back=Link("不撤回，返回进度", f"/my/{NUMBER}/"),
    consequences=(
        "已经准予的招牌备案不受影响。",
        "交过的材料会保留，下次可以沿用。",
        "撤回后不能恢复，需要时请重新申请。",
    ),
    fields=(
        Field(name="reason", label="撤回原因", kind="longtext", max_length=200, required=False),
    ),
    hidden={"key": "k-3"},
    grave=True,
)
REFUSED = Refused(
    title="现在不能这样做",
    sentence="补正告知只能发出一次，本件已经告知过。",
    instead=("受理申请。", "依法作出决定。"),
    basis="行政许可法第三十二条第一款第四项",
    code="notice-sent-already",
    quote="7F3K-20260924",
    back=Link("返回", "/my/"),
    kept=True,
)


@dataclass(frozen=True)
class Sample:
    """One page to be rendered: its name, its template and what it shows."""

    name: str
    template: str
    page: Any
    place: str = ""
    path: str = "/x/"


SAMPLES = (
    Sample("home", "citizen/home.html", HOME, path="/"),
    Sample("found", "citizen/home.html", FOUND, path="/"),
    Sample("package", "citizen/package.html", PACKAGE),
    Sample("ask", "citizen/ask.html", ASK),
    Sample("ask-wrong", "citizen/ask.html", ASK_WRONG),
    Sample("guide", "citizen/guide.html", GUIDE),
    Sample("form", "citizen/form.html", FORM),
    Sample("materials", "citizen/materials.html", MATERIALS),
    Sample("check", "citizen/check.html", CHECK),
    Sample("check-wrong", "citizen/check.html", CHECK_WRONG),
    Sample("my", "citizen/my.html", MY, "my"),
    Sample("my-empty", "citizen/my.html", MY_EMPTY, "my"),
    Sample("progress", "citizen/progress.html", PROGRESS, "my"),
    Sample("progress-yours", "citizen/progress.html", PROGRESS_YOURS, "my"),
    Sample("progress-late", "citizen/progress.html", PROGRESS_LATE, "my"),
    Sample("shared", "citizen/progress.html", SHARED),
    Sample("supply", "citizen/supply.html", SUPPLY, "my"),
    Sample("share", "citizen/share.html", SHARE, "my"),
    Sample("signers", "citizen/signers.html", SIGNERS),
    Sample("sign", "citizen/sign.html", SIGN),
    Sample("sign-stranger", "citizen/sign.html", SIGN_STRANGER),
    Sample("grants", "citizen/grants.html", GRANTS, "licences"),
    Sample("grant", "citizen/grant.html", GRANT, "licences"),
    Sample("pay", "citizen/pay.html", PAY, "my"),
    Sample("agents", "citizen/agents.html", AGENTS, "my"),
    Sample("family", "citizen/family.html", FAMILY, "my"),
    Sample("signatures", "citizen/signatures.html", SIGNATURES, "my"),
    Sample("withdraw", "confirm.html", WITHDRAW, "my"),
    Sample("messages", "citizen/messages.html", MESSAGES, "messages"),
    Sample("licences", "citizen/licences.html", LICENCES, "licences"),
    Sample("licence", "citizen/licence.html", LICENCE_PAGE, "licences"),
    Sample("one-licence", "citizen/one_licence.html", SHOP_PAGE),
    Sample("one-licence-holder", "citizen/one_licence.html", SHOP_HOLDER),
    Sample("report", "citizen/report.html", REPORT_FORM),
    Sample("report-state", "citizen/report.html", REPORT_ANSWER),
    Sample("stored", "citizen/stored.html", STORED, "licences"),
    Sample("settings", "citizen/settings.html", SETTINGS, "settings"),
    Sample("verify", "citizen/verify.html", VERIFY, "verify"),
    Sample("proof", "citizen/verify.html", PROOF, "verify"),
    Sample("proof-ended", "citizen/verify.html", PROOF_ENDED, "verify"),
    Sample("login", "citizen/entry.html", LOGIN),
    Sample("refusal", "refusal.html", REFUSED),
)
PLAIN = ("404.html", "403.html", "403_csrf.html", "500.html")
