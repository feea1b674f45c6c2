"""What a letter begins with: by kind and by cause, from the law, and with nothing of what the author told.

The handler goes on from here. Neither the story nor the evidence nor the number of people flows in, since a small
unit knows by those who complained.
"""

from typing import NamedTuple

from huigong.services.complaints.models import Case, Letter
from huigong.services.complaints.queries.terms import issuer

_UNION_LAW = (
    "《中华人民共和国工会法》第二十三条：用人单位违反劳动法律法规规定，侵犯职工劳动权益的，工会应当代表职工与其交涉，"
    "要求其采取措施予以改正；用人单位应当予以研究处理，并向工会作出答复。"
)


class Topic(NamedTuple):
    """What is wrong with a cause, which law says so, and what is asked for."""

    finding: str
    law: str
    demand: str


_TOPICS = {
    Case.Cause.WAGES: Topic(
        "未按时足额支付劳动报酬",
        "《中华人民共和国劳动法》第五十条：工资应当以货币形式按月支付给劳动者本人，不得克扣或者无故拖欠。\n"
        "《中华人民共和国劳动合同法》第三十条：用人单位应当按照劳动合同约定和国家规定，向劳动者及时足额支付劳动报酬。",
        "足额补发拖欠的劳动报酬，今后按月支付",
    ),
    Case.Cause.OVERTIME: Topic(
        "安排加班未依法支付加班工资或者安排补休",
        "《中华人民共和国劳动法》第四十一条、第四十四条：延长工作时间应当与工会和劳动者协商；安排加班的，按规定支付高于"
        "正常工作时间工资的工资报酬，休息日可以安排补休。\n"
        "《中华人民共和国劳动合同法》第三十一条：用人单位不得强迫或者变相强迫劳动者加班；安排加班的，应当支付加班费。",
        "核对考勤，依法支付加班工资或者安排补休，今后安排加班先与工会和劳动者协商",
    ),
    Case.Cause.CONTRACT: Topic(
        "未依法与劳动者订立书面劳动合同",
        "《中华人民共和国劳动合同法》第十条：建立劳动关系，应当订立书面劳动合同；未同时订立的，应当自用工之日起一个月内订立。\n"
        "《中华人民共和国劳动合同法》第八十二条：超过一个月不满一年未订立书面劳动合同的，应当每月支付二倍的工资。",
        "与全体劳动者订立书面劳动合同，并将合同文本交劳动者一份",
    ),
    Case.Cause.DISMISSAL: Topic(
        "解除劳动合同不符合法定程序或者未支付经济补偿",
        "《中华人民共和国劳动合同法》第四十三条：用人单位单方解除劳动合同，应当事先将理由通知工会。\n"
        "《中华人民共和国劳动合同法》第四十六条、第四十七条、第四十八条：依法支付经济补偿；违法解除的，劳动者可以要求继续"
        "履行，或者由用人单位支付赔偿金。",
        "重新审查解除劳动合同的理由和程序，不符合规定的予以纠正，应当支付的补偿依法支付",
    ),
    Case.Cause.INSURANCE: Topic(
        "未依法为劳动者办理社会保险登记或者足额缴纳社会保险费",
        "《中华人民共和国社会保险法》第五十八条：用人单位应当自用工之日起三十日内为其职工申请办理社会保险登记。\n"
        "《中华人民共和国社会保险法》第六十条：用人单位应当自行申报、按时足额缴纳社会保险费。",
        "为全体劳动者办理社会保险登记，补缴应缴的社会保险费",
    ),
    Case.Cause.INJURY: Topic(
        "未依法申请工伤认定或者落实工伤、职业病待遇",
        "《工伤保险条例》第十七条：职工发生事故伤害或者被诊断为职业病，所在单位应当自事故伤害发生之日或者诊断之日起三十日内"
        "提出工伤认定申请。\n"
        "《工伤保险条例》第三十三条：停工留薪期内原工资福利待遇不变，由所在单位按月支付。",
        "依法申请工伤认定，落实停工留薪期等待遇，并排查同类风险",
    ),
    Case.Cause.SAFETY: Topic(
        "劳动安全卫生条件不符合国家规定",
        "《中华人民共和国劳动法》第五十四条：用人单位必须为劳动者提供符合国家规定的劳动安全卫生条件和必要的劳动防护用品。\n"
        "《中华人民共和国劳动法》第五十六条：劳动者对管理人员违章指挥、强令冒险作业，有权拒绝执行。",
        "立即消除隐患，隐患消除前停止相关作业，配齐劳动防护用品",
    ),
    Case.Cause.WOMEN: Topic(
        "未落实女职工特殊劳动保护",
        "《女职工劳动保护特别规定》第五条：用人单位不得因女职工怀孕、生育、哺乳降低其工资、予以辞退、与其解除劳动合同。\n"
        "《女职工劳动保护特别规定》第六条：女职工在孕期不能适应原劳动的，用人单位应当予以减轻劳动量或者安排其他能够适应的劳动。",
        "按规定调整女职工的岗位和工时，落实孕期、产期、哺乳期待遇",
    ),
    Case.Cause.RESPECT: Topic(
        "未采取合理措施防止和处理工作场所的欺凌、骚扰或者歧视",
        "《中华人民共和国劳动法》第十二条：劳动者就业，不因民族、种族、性别、宗教信仰不同而受歧视。\n"
        "《中华人民共和国民法典》第一千零一十条：机关、企业、学校等单位应当采取合理的预防、受理投诉、调查处置等措施，防止和"
        "制止利用职权、从属关系等实施性骚扰。",
        "建立预防、受理和处置的制度并告知全体劳动者，对已经发生的依规处理",
    ),
    Case.Cause.UNION: Topic(
        "未依法落实职工代表大会或者其他民主管理制度",
        "《中华人民共和国工会法》第二十条：企业、事业单位、社会组织违反职工代表大会制度和其他民主管理制度，工会有权要求纠正。\n"
        "《中华人民共和国劳动合同法》第四条：直接涉及劳动者切身利益的规章制度或者重大事项，应当经职工代表大会或者全体职工"
        "讨论，与工会或者职工代表平等协商确定。",
        "按规定召开职工代表大会，涉及劳动者切身利益的事项依法协商确定",
    ),
    Case.Cause.OTHER: Topic(
        "用工管理不符合劳动法律法规的规定",
        "《中华人民共和国劳动法》第三条、第四条：劳动者依法享有各项劳动权利；用人单位应当依法建立和完善规章制度，保障劳动者"
        "享有劳动权利和履行劳动义务。",
        "改正不符合规定的做法",
    ),
}


def first_words(case: Case, kind: Letter.Kind) -> dict[str, str]:
    """The fields of a new letter of that kind. Needs no vault: the case is in hand."""
    employer = case.unseal("content", case.content_sealed)["employer"]
    topic = _TOPICS[Case.Cause(case.cause)]
    opening, demand = _BY_KIND[kind]
    return {
        "addressee": _authority() if kind == Letter.Kind.PROPOSAL else employer,
        "findings": opening.format(employer=employer, finding=topic.finding),
        "basis": f"{_UNION_LAW}\n{topic.law}",
        "demand": demand.format(employer=employer, demand=topic.demand),
    }


_BY_KIND = {
    Letter.Kind.REMINDER: (
        "本会在开展劳动法律监督中注意到，你单位可能存在{finding}的情况。",
        "请你单位对照上述规定自查，{demand}。",
    ),
    Letter.Kind.OPINION: (
        "经本会调查，你单位存在{finding}的情况。",
        "一、{demand}。\n二、查找原因，完善制度，防止再次发生。",
    ),
    Letter.Kind.PROPOSAL: (
        "本会在开展劳动法律监督中发现，{employer}存在{finding}的情况，本会提出意见后仍未改正。",
        "建议贵单位依法查处，责令{employer}{demand}。",
    ),
}


def _authority() -> str:
    """The authority of the county for labour, to which a proposal goes."""
    return issuer().removesuffix("总工会") + "人力资源和社会保障局"
