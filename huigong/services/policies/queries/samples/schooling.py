"""金秋助学: children of workers in need who begin or go on with their studies."""

from huigong.services.policies.queries.samples.sample import ACCOUNT, BANK, HOUSEHOLD, INCOME_PAPERS, Sample

_NOT_FILED = {"id": "filed", "answers": ["否"]}

SCHOOLING = Sample(
    key="schooling",
    note="困难职工家庭的子女升学、在读，申请助学金。先由单位核实，审定后公示 5 个工作日。",
    title="金秋助学",
    intro=(
        "困难职工家庭有子女考上学校或正在读书的，可以申请助学。\n"
        "请准备：录取通知书或学生证、户口簿。还没有建立困难职工档案的，再准备收入材料。\n"
        "同一名学生，每学年申请一次。"
    ),
    questions=(
        {
            "id": "student",
            "kind": "text",
            "label": "学生姓名",
            "required": True,
            "private": True,
            "section": "学生",
            "why": "学生的个人信息，只给办理人看",
        },
        {
            "id": "relation",
            "kind": "single",
            "label": "与您的关系",
            "required": True,
            "options": ["儿子", "女儿", "本人", "其他由我抚养的人"],
        },
        {
            "id": "stage",
            "kind": "single",
            "label": "读哪一个阶段",
            "required": True,
            "options": ["普通高中", "中等职业学校（含技工学校）", "大专（高职）", "本科", "研究生"],
        },
        {
            "id": "school",
            "kind": "text",
            "label": "学校和专业",
            "required": True,
            "help": "写学校全称；高中不用写专业",
        },
        {
            "id": "entering",
            "kind": "single",
            "label": "是今年考上的，还是在读",
            "required": True,
            "options": ["今年考上", "在读"],
        },
        {
            "id": "admission",
            "kind": "files",
            "label": "录取通知书",
            "required": True,
            "max": 3,
            "only_if": {"id": "entering", "answers": ["今年考上"]},
        },
        {
            "id": "student_card",
            "kind": "files",
            "label": "学生证或在读证明",
            "required": True,
            "help": "学生证拍有注册章的页",
            "max": 3,
            "only_if": {"id": "entering", "answers": ["在读"]},
        },
        {
            "id": "tuition",
            "kind": "number",
            "label": "每学年学费和住宿费（元）",
            "required": True,
            "min": 0,
            "max": 500_000,
        },
        {
            "id": "other_aid",
            "kind": "yes_no",
            "label": "本学年是否得到过别的资助",
            "required": True,
            "why": "统筹安排，得到过别的资助也可以申请",
        },
        {
            "id": "other_aid_what",
            "kind": "text",
            "label": "是哪一项，多少钱",
            "required": True,
            "help": "例如：国家助学金，3300 元；生源地助学贷款，12000 元",
            "only_if": {"id": "other_aid", "answers": ["是"]},
        },
        {
            "id": "filed",
            "kind": "yes_no",
            "label": "您家是否已建立困难职工档案",
            "required": True,
            "section": "家庭情况",
            "help": "已建档的不用再交收入材料",
        },
        {
            "id": "family_size",
            "kind": "number",
            "label": "家里一共几口人",
            "required": True,
            "min": 1,
            "max": 20,
        },
        {
            "id": "income",
            "kind": "number",
            "label": "最近 12 个月全家收入（元）",
            "required": True,
            "private": True,
            "why": "了解家庭负担，只给办理人看",
            "min": 0,
            "max": 10_000_000,
            "only_if": _NOT_FILED,
        },
        INCOME_PAPERS | {"only_if": _NOT_FILED},
        HOUSEHOLD,
        {
            "id": "reason",
            "kind": "long_text",
            "label": "家庭困难情况",
            "required": True,
            "private": True,
            "why": "了解困难在哪里，只给办理人看",
        },
        ACCOUNT,
        BANK,
    ),
)
