"""Accelerators and their peak speed, dense, per chip and number format.

The ceiling of a run is chips × time × peak, and the peak depends on the number format that the run
used: H100 logs of MLPerf Training v5.0 read against the BF16 peak come out at 64–87 % utilisation
because the runs computed in FP8. So a peak is always asked for by format. Vendors also print
figures with 2:1 structured sparsity; those are twice the dense ones and never stand here.

All figures in FLOP/s (INT8: OP/s). One fused multiply-add counts as two operations.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_TERA = Decimal(10) ** 12

PRECISIONS = ("fp32", "tf32", "fp16", "bf16", "fp8", "int8", "fp4")
"""Number formats, from wide to narrow."""


@dataclass(frozen=True)
class Chip:
    """One accelerator: dense peaks in FLOP/s by number format, and where they are published."""

    name: str
    peaks: dict[str, Decimal]
    source: str

    @property
    def usual(self) -> str:
        """The format in which models are trained on it unless something else is stated."""
        return "bf16" if "bf16" in self.peaks else "fp16"

    @property
    def ceiling(self) -> Decimal:
        """The highest peak that it has in any format, in FLOP/s."""
        return max(self.peaks.values())


def _chip(name: str, source: str, **tera: str) -> Chip:
    return Chip(name, {form: Decimal(peak) * _TERA for form, peak in tera.items()}, source)


_ARCHITECTURE = "NVIDIA H100 Tensor Core GPU Architecture whitepaper"
_BLACKWELL = "NVIDIA Blackwell datasheet (HGX B200, GB200), dense figures = half the sparse ones"
_A100 = "NVIDIA A100 Tensor Core GPU datasheet"
_V100 = "NVIDIA V100 Tensor Core GPU datasheet"

CHIPS: tuple[Chip, ...] = (
    _chip("V100 SXM", _V100, fp32="15.7", fp16="125"),
    _chip("V100 PCIe", _V100, fp32="14", fp16="112"),
    _chip("A100", _A100, fp32="19.5", tf32="156", fp16="312", bf16="312", int8="624"),
    _chip("A800", _A100 + " (same compute)", tf32="156", fp16="312", bf16="312", int8="624"),
    _chip(
        "H100 SXM",
        _ARCHITECTURE,
        fp32="66.9",
        tf32="494.7",
        fp16="989.4",
        bf16="989.4",
        fp8="1978.9",
        int8="1978.9",
    ),
    _chip(
        "H100 PCIe",
        "NVIDIA H100 PCIe datasheet, half the sparse figures",
        fp32="51",
        tf32="378",
        fp16="756",
        bf16="756",
        fp8="1513",
        int8="1513",
    ),
    _chip(
        "H800 SXM",
        _ARCHITECTURE + " (same compute as H100 SXM, slower links)",
        fp16="989.4",
        bf16="989.4",
        fp8="1978.9",
        int8="1978.9",
    ),
    _chip("H20", "NVIDIA HGX H20 product brief", fp32="44", tf32="74", bf16="148", int8="296"),
    _chip(
        "H200 SXM",
        "NVIDIA H200 datasheet, half the sparse figures",
        fp32="67",
        tf32="494.5",
        fp16="989.5",
        bf16="989.5",
        fp8="1979",
        int8="1979",
    ),
    _chip(
        "GH200",
        "NVIDIA GH200 Grace Hopper datasheet, half the sparse figures",
        fp32="67",
        tf32="494.5",
        bf16="989.5",
        fp8="1979",
        int8="1979",
    ),
    _chip("B200", _BLACKWELL, tf32="1125", fp16="2250", bf16="2250", fp8="4500", fp4="9000"),
    _chip("GB200", _BLACKWELL, tf32="1250", fp16="2500", bf16="2500", fp8="5000", fp4="10000"),
    _chip("MI250X", "AMD Instinct MI250X datasheet", fp16="383", bf16="383", int8="383"),
    _chip(
        "MI300X",
        "AMD Instinct MI300X datasheet",
        fp32="163.4",
        tf32="653.7",
        fp16="1307.4",
        bf16="1307.4",
        fp8="2614.9",
        int8="2614.9",
    ),
    _chip(
        "MI325X",
        "AMD Instinct MI325X datasheet",
        fp32="163.4",
        tf32="653.7",
        fp16="1307.4",
        bf16="1307.4",
        fp8="2614.9",
        int8="2614.9",
    ),
    _chip("TPU v2", "Norrie et al., IEEE Micro 41(2), 2021", bf16="46"),
    _chip("TPU v3", "Google Cloud TPU documentation, TPU v3", bf16="123"),
    _chip("TPU v4", "Google Cloud TPU documentation, TPU v4", bf16="275", int8="275"),
    _chip("TPU v5e", "Google Cloud TPU documentation, TPU v5e", bf16="197", int8="393"),
    _chip("TPU v5p", "Google Cloud TPU documentation, TPU v5p", bf16="459", int8="918"),
    _chip("TPU v6e", "Google Cloud TPU documentation, TPU v6e", bf16="918", int8="1836"),
    _chip("Trainium2", "AWS Neuron documentation, Trainium2", bf16="667", fp8="1299"),
)

_MEMORY = re.compile(r"\b\d+ ?gb\b")
_FORM = re.compile(r"sxm\d$")
_NOISE = {"nvidia", "amd", "google", "aws", "instinct", "tesla", "gpu"}

# What people write when they mean the part that most training runs used. H100 SXM has the higher
# peak of the two, so the ceiling that follows is never too low.
_SHORT = {"v100": "V100 SXM", "h100": "H100 SXM", "h800": "H800 SXM", "h200": "H200 SXM"}


def _key(name: str) -> str:
    """Case, spaces and hyphens do not matter; nor do maker and memory size."""
    word = _MEMORY.sub(" ", name.casefold().replace("-", " ").replace("_", " "))
    return _FORM.sub("sxm", "".join(part for part in word.split() if part not in _NOISE))


_BY_KEY = {_key(chip.name): chip for chip in CHIPS}
_BY_KEY |= {short: _BY_KEY[_key(name)] for short, name in _SHORT.items()}
_BY_KEY |= {f"{name}{form}": _BY_KEY[name] for name in ("a100", "a800") for form in ("sxm", "pcie")}


def find_chip(name: str) -> Chip | None:
    """The accelerator called ``name``, however it is spelled; None if it is not in the table."""
    return _BY_KEY.get(_key(name))
