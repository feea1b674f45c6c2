"""The county scale: as many unions, members and activities as a real county reports, written in bulk."""

from huigong.demo.county.growth import COUNTY, Size, grow

__all__ = ["COUNTY", "Size", "grow"]
