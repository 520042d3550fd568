"""Numbers that describe a molecule: counted and calculated properties for the model, and a fingerprint for likeness."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

FINGERPRINT_BITS = 1024
FINGERPRINT_RADIUS = 2
LARGEST = 1e6
"""Beyond this a descriptor says no more than that the molecule is far from anything known."""

RANGED = ("exactmw", "CrippenClogP", "tpsa", "NumHBD", "NumRotatableBonds", "NumRings")
"""Properties whose range over the training compounds bounds the domain of the model."""


@dataclass(frozen=True)
class Description:
    """Molecules as arrays. features: (n, p). fingerprints: (n, 128) bytes of 8 bits. ranged: (n, 6), in the order of `RANGED`."""

    features: npt.NDArray[np.float32]
    fingerprints: npt.NDArray[np.uint8]
    ranged: npt.NDArray[np.float64]


FRAGMENTS = (
    "Al_COO",
    "Al_OH",
    "Ar_COO",
    "Ar_N",
    "Ar_NH",
    "Ar_OH",
    "COO2",
    "C_O",
    "NH0",
    "NH1",
    "NH2",
    "amide",
    "aniline",
    "bicyclic",
    "ester",
    "ether",
    "guanido",
    "halogen",
    "imidazole",
    "ketone",
    "lactam",
    "methoxy",
    "nitrile",
    "nitro",
    "phos_acid",
    "piperdine",
    "piperzine",
    "pyridine",
    "quatN",
    "sulfonamd",
    "sulfone",
    "tetrazole",
    "urea",
)
"""Groups that RDKit counts under these names; they add what surfaces and counts blur: acids, amines, amides."""


def describe(molecules: Iterable[Any]) -> Description:
    """Descriptors of the molecules: 43 properties, 42 quantum numbers (Nguyen 2009, doi:10.1002/cmdc.200900317), 36 surface areas
    by charge, refractivity and logP (Labute 2000, doi:10.1016/S1093-3263(00)00068-1), counts of groups; Morgan fingerprints (Rogers 2010,
    doi:10.1021/ci100050t). None of them sees stereo.
    """
    from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors

    properties = rdMolDescriptors.Properties()
    ranged = [list(properties.GetPropertyNames()).index(name) for name in RANGED]
    morgan = rdFingerprintGenerator.GetMorganGenerator(radius=FINGERPRINT_RADIUS, fpSize=FINGERPRINT_BITS)
    pairs = [(_describe_one(molecule, properties), morgan.GetFingerprintAsNumPy(molecule)) for molecule in molecules]
    features, bits = (np.array(column) for column in zip(*pairs, strict=True))
    return Description(
        features=np.clip(np.nan_to_num(features), -LARGEST, LARGEST).astype(np.float32),
        fingerprints=np.packbits(bits.astype(bool), axis=1),
        ranged=features[:, ranged],
    )


def _describe_one(molecule: Any, properties: Any) -> list[float]:
    from rdkit.Chem import Fragments, rdMolDescriptors

    groups = [getattr(Fragments, f"fr_{name}")(molecule) for name in FRAGMENTS]
    areas = [getattr(rdMolDescriptors, name)(molecule) for name in ("PEOE_VSA_", "SMR_VSA_", "SlogP_VSA_")]
    return [*properties.ComputeProperties(molecule), *rdMolDescriptors.MQNs_(molecule), *chain.from_iterable(areas), *groups]


def find_likeness(ones: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Tanimoto similarity (m, n) of packed fingerprints (m, w) with others (n, w): shared bits over bits in either."""
    left, right = (np.unpackbits(packed, axis=1).astype(np.float32) for packed in (ones, others))
    shared = left @ right.T
    either = left.sum(axis=1)[:, None] + right.sum(axis=1) - shared
    return np.where(either > 0, shared / np.maximum(either, 1), 1)
