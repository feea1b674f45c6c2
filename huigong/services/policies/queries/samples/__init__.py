"""Schemes ready to be used as they are: what to ask, in words that workers understand, and by what terms."""

from huigong.services.policies.queries.samples.hardship import HARDSHIP
from huigong.services.policies.queries.samples.legal import LEGAL
from huigong.services.policies.queries.samples.mutual import MUTUAL
from huigong.services.policies.queries.samples.sample import Sample
from huigong.services.policies.queries.samples.schooling import SCHOOLING

SAMPLES: dict[str, Sample] = {sample.key: sample for sample in (HARDSHIP, SCHOOLING, LEGAL, MUTUAL)}

__all__ = ["SAMPLES", "Sample"]
