"""What a month's use costs by one price."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from .numeral import cut

MICRO = 10**6  # what is counted is held in millionths


@dataclass(frozen=True)
class Unit:
    """What a price is for: `of` counted things, seconds or pieces."""

    of: Fraction
    timed: bool
    rounding: str = "none"


@dataclass(frozen=True)
class Tier:
    """One tier: up to and including `up_to` units, without end where None."""

    up_to: Fraction | None
    per_unit: Fraction
    flat: Fraction


@dataclass(frozen=True)
class Scheme:
    """How a price turns units into money: kind is unit, flat, graduated, volume or package."""

    kind: str
    amount: Fraction = Fraction(0)
    tiers: tuple[Tier, ...] = ()
    size: Fraction = Fraction(1)
    free: Fraction = Fraction(0)
    minimum: Fraction | None = None
    maximum: Fraction | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is one number per unit, so that a bill shows a unit price."""
        return self.kind == "unit" and not self.free and not self.minimum and self.maximum is None


class Meter:
    """The fee of a month's use by one scheme, on whole numbers over one denominator.

    Units are whole numbers over `grain`, money over `denominator`; both are chosen so that every figure of the scheme
    is whole, so nothing is ever rounded here.
    """

    def __init__(self, scheme: Scheme, unit: Unit) -> None:
        self.scheme, self.unit = scheme, unit
        one = 1 / (unit.of * MICRO)  # units in one millionth of what is counted
        edges = [tier.up_to for tier in scheme.tiers if tier.up_to is not None]
        self.grain = lcm(*(value.denominator for value in (one, scheme.free, scheme.size, *edges)))
        self.step = int(one * self.grain)
        self.free = int(scheme.free * self.grain)
        self.size = int(scheme.size * self.grain)
        money = [scheme.amount, scheme.minimum or Fraction(0), scheme.maximum or Fraction(0)]
        money += [value for tier in scheme.tiers for value in (tier.per_unit, tier.flat)]
        coin = lcm(*(value.denominator for value in money))
        self.denominator = coin * self.grain
        self.per_unit = int(scheme.amount * coin)
        self.amount = self.per_unit * self.grain
        self.minimum = None if scheme.minimum is None else int(scheme.minimum * self.denominator)
        self.maximum = None if scheme.maximum is None else int(scheme.maximum * self.denominator)
        self.tiers = [
            (
                None if tier.up_to is None else int(tier.up_to * self.grain),
                int(tier.per_unit * coin),
                int(tier.flat * self.denominator),
            )
            for tier in scheme.tiers
        ]

    def fee(self, counted: int) -> int:
        """What `counted` millionths cost in a month, over `denominator`; nothing used is nothing charged."""
        if counted == 0:
            return 0
        units = self._rounded(counted * self.step)
        if self.free:
            units -= self.free
            if units <= 0:
                return 0
        fee = getattr(self, "_" + self.scheme.kind)(units)
        return fee if self.maximum is None or fee < self.maximum else self.maximum

    def shortfall(self, counted: int) -> int:
        """What the minimum adds to a month with that much use, over `denominator`."""
        return 0 if self.minimum is None else max(0, self.minimum - self.fee(counted))

    def charge(self, before: int, counted: int) -> int:
        """What `counted` adds after `before`, in whole 10^-8, the rest cut."""
        return cut((self.fee(before + counted) - self.fee(before)) * 10**8, self.denominator)

    def _rounded(self, units: int) -> int:
        whole, rest = divmod(units, self.grain)
        match self.unit.rounding:
            case "none":
                return units
            case "up":
                whole += rest > 0
            case "half_up":
                whole += 2 * rest >= self.grain
        return whole * self.grain

    def _unit(self, units: int) -> int:
        return units * self.per_unit

    def _flat(self, units: int) -> int:
        return self.amount

    def _package(self, units: int) -> int:
        return -(-units // self.size) * self.amount

    def _graduated(self, units: int) -> int:
        fee, below = 0, 0
        for up_to, per_unit, flat in self.tiers:
            if below and units <= below:
                break
            top = units if up_to is None or units < up_to else up_to
            fee += (top - below) * per_unit + flat
            below = top if up_to is None else up_to
        return fee

    def _volume(self, units: int) -> int:
        for up_to, per_unit, flat in self.tiers:
            if up_to is None or units <= up_to:
                return units * per_unit + flat
        raise AssertionError("the last tier has no end")
