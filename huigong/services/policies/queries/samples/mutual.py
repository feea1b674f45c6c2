"""互助保障: a claim of a member of the mutual aid plan."""

from huigong.services.policies.queries.samples.sample import ACCOUNT, BANK, Sample

_HOSPITAL = {"id": "plan", "answers": ["住院医疗", "重大疾病", "女职工特殊疾病"]}
_ACCIDENT = {"id": "plan", "answers": ["意外伤害"]}

MUTUAL = Sample(
    key="mutual",
    note="参加了职工互助保障的会员，生病、受伤后申请互助金。单位经办人先核实，不公示。",
    title="职工互助保障理赔",
    intro=(
        "参加了职工互助保障、在保障期内生病或受伤的会员可以申请。\n"
        "请准备：诊断证明或出院小结、医疗费用结算单和发票；受伤的再准备事故说明。\n"
        "能领多少，按您参加的那一项互助保障计划的规定计算。"
    ),
    notice_days=0,
    questions=(
        {
            "id": "plan",
            "kind": "single",
            "label": "参加的是哪一项保障",
            "required": True,
            "section": "保障",
            "help": "不清楚可以问单位工会的经办人",
            "options": ["住院医疗", "重大疾病", "意外伤害", "女职工特殊疾病"],
        },
        {
            "id": "certificate",
            "kind": "text",
            "label": "保障证或参保编号",
            "help": "手里没有可以不填，由单位经办人补",
        },
        {
            "id": "happened_on",
            "kind": "date",
            "label": "哪一天确诊或受伤",
            "required": True,
            "why": "要在保障期内",
            "section": "病情或伤情",
        },
        {
            "id": "diagnosis",
            "kind": "text",
            "label": "医院诊断",
            "required": True,
            "private": True,
            "why": "确认属于哪一项保障；只给办理人看",
        },
        {"id": "hospital", "kind": "text", "label": "就诊医院", "required": True},
        {
            "id": "days",
            "kind": "number",
            "label": "住院天数",
            "help": "没有住院填 0",
            "required": True,
            "min": 0,
            "max": 366,
        },
        {
            "id": "accident",
            "kind": "long_text",
            "label": "受伤的经过",
            "required": True,
            "private": True,
            "why": "确认是不是保障范围里的意外",
            "only_if": _ACCIDENT,
        },
        {
            "id": "at_work",
            "kind": "yes_no",
            "label": "是不是上班时或上下班路上受的伤",
            "required": True,
            "why": "可能构成工伤：单位应在三十日内申请工伤认定，您也可以在一年内自己申请",
            "only_if": _ACCIDENT,
        },
        {
            "id": "total_cost",
            "kind": "number",
            "label": "医疗费总额（元）",
            "required": True,
            "private": True,
            "section": "费用",
            "why": "计算互助金",
            "min": 0,
            "max": 10_000_000,
        },
        {
            "id": "reimbursed",
            "kind": "number",
            "label": "医保已经报销（元）",
            "required": True,
            "private": True,
            "why": "计算互助金",
            "min": 0,
            "max": 10_000_000,
        },
        {
            "id": "medical_papers",
            "kind": "files",
            "label": "诊断证明、出院小结",
            "required": True,
            "private": True,
            "section": "材料",
            "why": "核对诊断和住院天数",
            "max": 5,
        },
        {
            "id": "bills",
            "kind": "files",
            "label": "费用结算单和发票",
            "required": True,
            "private": True,
            "why": "核对费用",
            "max": 5,
        },
        {
            "id": "pathology",
            "kind": "files",
            "label": "病理或检查报告",
            "private": True,
            "why": "重大疾病、女职工特殊疾病要凭报告确认",
            "help": "申请重大疾病、女职工特殊疾病的请传上",
            "max": 3,
            "only_if": _HOSPITAL,
        },
        {
            "id": "accident_papers",
            "kind": "files",
            "label": "事故说明",
            "required": True,
            "help": "单位证明、交警认定书或其他能说明经过的材料",
            "max": 3,
            "only_if": _ACCIDENT,
        },
        ACCOUNT,
        BANK,
    ),
)
