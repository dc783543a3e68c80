"""The table of accelerators, and how its names are found."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from holdshort.compute.chips import CHIPS, PRECISIONS, Chip, find_chip

EPOCH = (
    Path(__file__).resolve().parents[2].parent
    / "shared"
    / "data"
    / "compute"
    / "epoch_ml_hardware_2026-07-19.csv"
)

NAMES = {
    "V100 SXM": "NVIDIA Tesla V100 SXM2",
    "V100 PCIe": "NVIDIA Tesla V100 PCIe 32 GB",
    "A100": "NVIDIA A100",
    "A800": "NVIDIA A800 SXM",
    "H100 SXM": "NVIDIA H100 SXM5 80GB",
    "H100 PCIe": "NVIDIA H100 PCIe",
    "H800 SXM": "NVIDIA H800 SXM5",
    "H20": "NVIDIA HGX H20",
    "H200 SXM": "NVIDIA H200 SXM",
    "GH200": "NVIDIA GH200",
    "B200": "NVIDIA B200",
    "GB200": "NVIDIA GB200",
    "MI250X": "AMD Radeon Instinct MI250X",
    "MI300X": "AMD Instinct MI300X",
    "MI325X": "AMD Instinct MI325X",
    "TPU v2": "Google TPU v2",
    "TPU v3": "Google TPU v3",
    "TPU v4": "Google TPU v4",
    "TPU v5e": "Google TPU v5e",
    "TPU v5p": "Google TPU v5p",
    "TPU v6e": "Google TPU v6e Trillium",
    "Trainium2": "Amazon Trainium2",
}
COLUMNS = {
    "Tensor-FP16/BF16 performance (FLOP/s)": ("bf16", "fp16"),
    "FP8 performance (FLOP/s)": ("fp8",),
    "FP4 performance (FLOP/s)": ("fp4",),
    "TF32 (TensorFloat-32) performance (FLOP/s)": ("tf32",),
    "INT8 performance (OP/s)": ("int8",),
}


def test_every_chip_has_a_source_and_known_formats() -> None:
    for chip in CHIPS:
        assert chip.source
        assert set(chip.peaks) <= set(PRECISIONS)
        assert chip.usual in chip.peaks
        assert chip.ceiling >= chip.peaks[chip.usual]


@pytest.mark.skipif(not EPOCH.is_file(), reason=f"Epoch AI's hardware table is not at {EPOCH.name}")
@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip.name)
def test_peaks_agree_with_the_hardware_table_of_epoch_ai(chip: Chip) -> None:
    with EPOCH.open(newline="") as file:
        rows = {row["Hardware name"]: row for row in csv.DictReader(file)}
    row = rows[NAMES[chip.name]]
    compared = 0
    for column, formats in COLUMNS.items():
        for form in formats:
            if row[column] and form in chip.peaks:
                theirs = Decimal(row[column])
                assert abs(chip.peaks[form] - theirs) <= theirs / 100, (form, theirs)
                compared += 1
    assert compared


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("H100", "H100 SXM"),
        ("h100-80gb", "H100 SXM"),
        ("NVIDIA H100 SXM5 80GB", "H100 SXM"),
        ("H100 80 GB", "H100 SXM"),
        ("NVIDIA H100 PCIe", "H100 PCIe"),
        ("A100-40GB", "A100"),
        ("A100 SXM4 80GB", "A100"),
        ("Tesla V100", "V100 SXM"),
        ("tpu_v4", "TPU v4"),
        ("TPUv5p", "TPU v5p"),
        ("AMD Instinct MI300X", "MI300X"),
    ],
)
def test_a_chip_is_found_however_it_is_spelled(written: str, name: str) -> None:
    chip = find_chip(written)
    assert chip is not None
    assert chip.name == name


@pytest.mark.parametrize("written", ["", "GPU", "80GB", "H1000", "Ascend 910B"])
def test_what_is_not_in_the_table_is_not_found(written: str) -> None:
    assert find_chip(written) is None
