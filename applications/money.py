"""How amounts are written and read: yuan in the database, 万元 for people. No Django.

Nothing is rounded away: an amount of n yuan and m fen is shown with as many decimals of 万元 as it
needs (six at most), and read back to the same fen.
"""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

WAN = Decimal(10_000)
FEN = Decimal("0.01")
LIMIT = Decimal(10) ** 14  # yuan; what numeric(16,2) can hold
MINUS = "−"


class AmountError(ValueError):
    """What was typed is not an amount; `.reason` is "number" or "fen" (finer than a fen)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def grouped(value: Decimal, places: int | None = None) -> str:
    """1,234,567.5: thousands in commas; `places` decimals (half up), or as many as are needed."""
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(value):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def wan(yuan: Decimal) -> str:
    """Yuan as 万元, exact to the fen: 24000000 → 2,400; 12345.67 → 1.234567."""
    return grouped(yuan.quantize(FEN, rounding=ROUND_HALF_UP) / WAN)


def wan_input(yuan: Decimal) -> str:
    """The same without commas, as a form shows it for editing: 24000000 → 2400."""
    return wan(yuan).replace(",", "").replace(MINUS, "-")


def yuan(value: Decimal) -> str:
    """Yuan with two decimals: 24,000,000.00."""
    return grouped(value, 2)


def in_words(value: Decimal, *, chinese: bool) -> str:
    """An amount with its unit in running text: 2,400 万元; CNY 24 million; CNY 86,500."""
    if chinese:
        return f"{wan(value)} 万元"
    if abs(value) >= 1_000_000:
        return f"CNY {grouped(value / 1_000_000)} million"
    return f"CNY {grouped(value)}"


def daxie(value: Decimal) -> str:
    """The amount in legal capitals, exact to the fen: 人民币贰仟肆佰万元整."""
    import cn2an  # takes a fifth of the start of every process that needs no amount in words

    fen = value.quantize(FEN, rounding=ROUND_HALF_UP)
    return f"人民币{cn2an.an2cn(f'{fen:f}', 'rmb')}"


def parse_wan(text: str) -> Decimal:
    """Yuan from what a person typed in 万元: "2,400", "２４００", "1.234567".

    Raises AmountError when it is not a plain decimal number below numeric(16,2), or is finer
    than a fen.
    """
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("，", "").strip()
    plain = plain.removesuffix("万元").strip().replace(MINUS, "-")
    if not plain or not set(plain) <= set("0123456789.+-") or len(plain) > 30:
        raise AmountError("number")
    try:
        amount = Decimal(plain) * WAN
    except InvalidOperation:
        raise AmountError("number") from None
    if abs(amount) >= LIMIT:
        raise AmountError("number")
    if amount != amount.quantize(FEN):
        raise AmountError("fen")
    return amount.quantize(FEN)
