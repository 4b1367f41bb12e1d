import pytest

from edex.errors import InputError
from edex.examples import FAMILIES, molecule_family

pytest.importorskip("rdkit")

KNOWN = {
    "alkane": ["C", "CC(C)C", "C1CCCCC1"],
    "alkene": ["C=C", "C=CC=C", "C1=CCCCC1", "C=C=C"],
    "alkyne": ["C#C", "CC#CC", "C#CC=C"],
    "aromatic": ["c1ccccc1", "C=Cc1ccccc1", "c1ccc2ccccc2c1", "CC#Cc1ccccc1"],
    "alcohol": ["CO", "OCCO", "Oc1ccccc1", "C=CCO", "OCC(O)CO"],
    "ether": ["COC", "c1ccccc1OC", "C1CO1", "C1COCCO1", "C=COC", "COCOC"],
    "ketone": ["CC(C)=O", "CC(=O)c1ccccc1", "O=C1CCCCC1", "O=C1C=CC(=O)C=C1", "CC(=O)C(C)=O"],
    "aldehyde": ["C=O", "CC=O", "O=Cc1ccccc1", "C=CC=O", "O=CC=O"],
    "acid": ["OC=O", "CC(=O)O", "OC(=O)c1ccccc1", "OC(=O)C(=O)O"],
    "ester": ["COC=O", "CC(=O)OCC", "O=C1CCCO1", "CC(=O)Oc1ccccc1", "CC(=O)OC=C"],
    "amine": ["CN", "CNC", "CN(C)C", "Nc1ccccc1", "C1CCNCC1", "NCCN"],
    "nitrile": ["CC#N", "N#Cc1ccccc1", "N#CCC#N", "C=CC#N"],
    "halide": ["CCl", "Clc1ccccc1", "FC(F)(F)Cl", "ClC=C", "BrCCI"],
    "other": [
        "OCCCl",  # two kinds
        "COCCO",
        "NCCO",
        "CC(=O)OC(C)=O",  # an anhydride: no rule knows its middle oxygen
        "COC(=O)OC",  # a carbonate
        "CC(=O)Cl",  # an acyl chloride
        "CC(N)=O",  # an amide
        "NC(N)=O",
        "CC(=O)CC(=O)OCC",  # ketone and ester
        "CS",
        "CSC",
        "c1ccncc1",
        "c1ccoc1",
        "c1cc[nH]c1",
        "COOC",  # a peroxide
        "NN",
        "CN=C=O",
        "O=C=C=C=O",
        "CC(C)=NO",
        "CON",
    ],
}


@pytest.mark.parametrize(
    ("smiles", "family"), [(smiles, family) for family in KNOWN for smiles in KNOWN[family]]
)
def test_a_molecule_gets_the_family_that_a_chemist_would_give(smiles, family):
    assert molecule_family(smiles) == family


def test_every_family_is_tried_here():
    assert set(KNOWN) == set(FAMILIES)


def test_how_a_molecule_is_written_does_not_matter():
    assert molecule_family("C1=CC=CC=C1") == molecule_family("c1ccccc1") == "aromatic"


@pytest.mark.parametrize("smiles", ["", "ethanol", "C1CC"])
def test_what_is_no_molecule_is_refused(smiles):
    with pytest.raises(InputError, match="no molecule that RDKit can read"):
        molecule_family(smiles)
