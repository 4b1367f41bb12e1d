"""The library of polymers: the monomers are those of their names, and the chemistry is right."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from edex.datasets import load_gas_permeability
from edex.errors import InputError
from edex.membranes import (
    POLYMER_CLASSES,
    canonical_repeat_unit,
    load_monomers,
    make_polymer_library,
    merge_polymers,
    parse_repeat_unit,
)
from edex.membranes.library import _make, _plans

MONOMERS = load_monomers()
# All polymers before they are made, so that a test can make one.
PLANS = [plan for name in POLYMER_CLASSES for plan in _plans(name)]
# How often each kind of monomer has the group by which it reacts.
GROUPS = {
    "dianhydride": ("[#8;r5,r6;$([#8]([#6]=O)[#6]=O)]", 2),
    "diamine": ("[NX3;H2;!$(N[#6]=O)]", 2),
    "diacid": ("[CX3](=O)[OX2H1]", 2),
    "bisphenol": ("[OX2H1]c", 2),
    "diol": ("[OX2H1][CX4]", 2),
    "diisocyanate": ("N=C=O", 2),
    "carbonyl": ("Cl[CX3](=O)Cl", 1),
    "biscatechol": ("[OX2H1]cc[OX2H1]", 2),
    "tetraamine": ("[NX3;H2]cc[NX3;H2]", 2),
    "bisaminophenol": ("[NX3;H2]cc[OX2H1]", 2),
    "dihalide": ("[F,Cl]c", None),
    "tetrahalide": ("[F,Cl]c", None),
    "vinyl": ("[CH2]=[CX3]", 1),
    "diene": ("[CH2]=CC=[CH2]", 1),
    "acetylene": ("C#C", 1),
    "norbornene": ("[C;R]=[C;R]", 1),
    "dichlorosilane": ("Cl[Si]", 2),
    "phenol": ("[OX2H1]c", 1),
}
# Molecular formulas as chemical catalogues print them.
FORMULAS = {
    "PMDA": "C10H2O6", "BPDA": "C16H6O6", "a-BPDA": "C16H6O6", "BTDA": "C17H6O7",
    "ODPA": "C16H6O7", "DSDA": "C16H6O8S", "6FDA": "C19H6F6O6", "BPADA": "C31H20O8",
    "HQDPA": "C22H10O8", "NTDA": "C14H4O6", "CBDA": "C8H4O6", "HPMDA": "C10H8O6",
    "BTA": "C12H8O6", "TMEG": "C20H10O10", "TAHQ": "C24H10O10", "CpODA": "C21H20O7",
    "DOCDA": "C13H12O6", "TDA": "C16H12O6", "6FCDA": "C19H4F6O7",
    "p-phenylenediamine": "C6H8N2", "4,4'-ODA": "C12H12N2O", "MDA": "C13H14N2",
    "TFMB": "C14H10F6N2", "durene diamine": "C10H16N2", "DAM": "C9H14N2", "DABA": "C7H8N2O2",
    "6FpDA": "C15H12F6N2", "bisAPAF": "C15H12F6N2O2", "BAPP": "C27H26N2O2",
    "HFBAPP": "C27H20F6N2O2", "BAPS": "C24H20N2O4S", "4,4'-DDS": "C12H12N2O2S",
    "DAPI": "C18H22N2", "9,9-bis(4-aminophenyl)fluorene": "C25H20N2", "MOCA": "C13H12Cl2N2",
    "DETDA": "C11H18N2", "isophorone diamine": "C10H22N2", "PACM": "C13H26N2",
    "MACM": "C15H30N2", "bisaniline P": "C24H28N2", "2,6-diaminotriptycene": "C20H16N2",
    "terephthalic acid": "C8H6O4", "5-tert-butylisophthalic acid": "C12H14O4",
    "2,5-furandicarboxylic acid": "C6H4O5", "sebacic acid": "C10H18O4",
    "camphoric acid": "C10H16O4", "phenylindane dicarboxylic acid": "C20H20O4",
    "4,4'-(hexafluoroisopropylidene)bis(benzoic acid)": "C17H10F6O4",
    "bisphenol A": "C15H16O2", "bisphenol AF": "C15H10F6O2", "bisphenol AP": "C20H18O2",
    "bisphenol Z": "C18H20O2", "bisphenol TMC": "C21H26O2", "bisphenol S": "C12H10O4S",
    "bisphenol M": "C24H26O2", "bisphenol C-dichloride": "C14H10Cl2O2",
    "tetrabromobisphenol A": "C15H12Br4O2", "phenolphthalein": "C20H14O4",
    "1,1'-bi-2-naphthol": "C20H14O2", "6,6'-dihydroxyspirobisindane": "C21H24O2",
    "isosorbide": "C6H10O4", "1,4-cyclohexanedimethanol": "C8H16O2",
    "tricyclodecanedimethanol": "C12H20O2", "hydrogenated bisphenol A": "C15H28O2",
    "MDI": "C15H10N2O2", "2,4-TDI": "C9H6N2O2", "IPDI": "C12H18N2O2", "H12MDI": "C15H22N2O2",
    "TTSBI": "C21H24O4", "tetrafluoroterephthalonitrile": "C8F4N2",
    "4,4'-difluorobenzophenone": "C13H8F2O", "4,4'-dichlorodiphenyl sulfone": "C12H8Cl2O2S",
    "3,3'-diaminobenzidine": "C12H14N4", "4,6-diaminoresorcinol": "C6H8N2O2",
    "styrene": "C8H8", "methyl methacrylate": "C5H8O2", "N-vinylcarbazole": "C14H11N",
    "3-[tris(trimethylsiloxy)silyl]propyl methacrylate": "C16H38O5Si4", "myrcene": "C10H16",
    "isobornyl methacrylate": "C14H22O2", "1-trimethylsilyl-1-propyne": "C6H12Si",
    "norbornene": "C7H10", "tetracyclododecene": "C12H16", "2,6-dimethylphenol": "C8H10O",
}  # fmt: skip
# Repeat units as textbooks draw them.
KNOWN = [
    ("Kapton", "PMDA + 4,4'-ODA", "*c1ccc(Oc2ccc(N3C(=O)c4cc5C(=O)N(*)C(=O)c5cc4C3=O)cc2)cc1"),
    ("Ultem", "BPADA + m-phenylenediamine",
     "*c1cccc(c1)N1C(=O)c2ccc(cc2C1=O)Oc1ccc(cc1)C(C)(C)c1ccc(cc1)Oc1ccc2C(=O)N(*)C(=O)c2c1"),
    ("Matrimid", "BTDA + DAPI",
     "*N1C(=O)c2ccc(cc2C1=O)C(=O)c1ccc2C(=O)N(C(=O)c2c1)c1ccc2c(c1)C(C)(C)CC2(C)c1ccc(*)cc1"),
    ("6FDA-durene", "6FDA + durene diamine",
     "*c1c(C)c(C)c(c(C)c1C)N1C(=O)c2ccc(cc2C1=O)C(C(F)(F)F)(C(F)(F)F)c1ccc2C(=O)N(*)C(=O)c2c1"),
    ("nylon 6,6", "adipic acid + hexamethylenediamine", "*NCCCCCCNC(=O)CCCCC(*)=O"),
    ("Kevlar", "terephthalic acid + p-phenylenediamine", "*Nc1ccc(cc1)NC(=O)c1ccc(cc1)C(*)=O"),
    ("Nomex", "isophthalic acid + m-phenylenediamine", "*Nc1cccc(c1)NC(=O)c1cccc(c1)C(*)=O"),
    ("PET", "terephthalic acid + ethylene glycol", "*OCCOC(=O)c1ccc(cc1)C(*)=O"),
    ("PEN", "2,6-naphthalenedicarboxylic acid + ethylene glycol",
     "*OCCOC(=O)c1ccc2cc(ccc2c1)C(*)=O"),
    ("Lexan", "phosgene + bisphenol A", "*Oc1ccc(cc1)C(C)(C)c1ccc(cc1)OC(*)=O"),
    ("PEEK", "hydroquinone + 4,4'-difluorobenzophenone",
     "*Oc1ccc(cc1)Oc1ccc(cc1)C(=O)c1ccc(*)cc1"),
    ("Udel", "bisphenol A + 4,4'-dichlorodiphenyl sulfone",
     "*Oc1ccc(cc1)C(C)(C)c1ccc(cc1)Oc1ccc(cc1)S(=O)(=O)c1ccc(*)cc1"),
    ("Radel", "4,4'-biphenol + 4,4'-dichlorodiphenyl sulfone",
     "*Oc1ccc(cc1)-c1ccc(cc1)Oc1ccc(cc1)S(=O)(=O)c1ccc(*)cc1"),
    ("PES", "bisphenol S + 4,4'-dichlorodiphenyl sulfone", "*Oc1ccc(cc1)S(=O)(=O)c1ccc(*)cc1"),
    ("PIM-1", "TTSBI + tetrafluoroterephthalonitrile",
     "*Oc1cc2c(cc1O*)C1(CC2(C)C)CC(C)(C)c2cc3c(cc21)Oc1c(C#N)c(*)c(*)c(C#N)c1O3"),
    ("PBI", "3,3'-diaminobenzidine + isophthalic acid",
     "*c1nc2cc(ccc2[nH]1)-c1ccc2[nH]c(nc2c1)-c1cccc(*)c1"),
    ("Zylon", "4,6-diaminoresorcinol + terephthalic acid", "*c1nc2cc3nc(oc3cc2o1)-c1ccc(*)cc1"),
    ("MDI-butanediol", "MDI + 1,4-butanediol", "*OCCCCOC(=O)Nc1ccc(cc1)Cc1ccc(cc1)NC(*)=O"),
    ("polyurea", "HDI + hexamethylenediamine", "*NCCCCCCNC(*)=O"),
    ("polyethylene", "ethylene", "*CC*"),
    ("polystyrene", "styrene", "*CC(*)c1ccccc1"),
    ("PMMA", "methyl methacrylate", "*CC(*)(C)C(=O)OC"),
    ("natural rubber", "isoprene", "*CC(C)=CC*"),
    ("PTMSP", "1-trimethylsilyl-1-propyne", "*C(C)=C(*)[Si](C)(C)C"),
    ("polynorbornene", "norbornene", "*C1C(*)C2CCC1C2"),
    ("Norsorex", "norbornene", "*C=CC1CCC(*)C1"),
    ("PDMS", "dichlorodimethylsilane", "*[Si](C)(C)O*"),
    ("PPO", "2,6-dimethylphenol", "*Oc1c(C)cc(*)cc1C"),
]  # fmt: skip
# What leaves when the monomers of a class react; X is a marked halogen.
WATER = Counter(H=2, O=1)
LEAVING = {
    **{name: 2 * [WATER] for name in ("polyimide", "polyamide", "polyarylate", "polyester")},
    "polybenzimidazole": 4 * [WATER],
    "polybenzoxazole": 4 * [WATER],
    "polycarbonate": 2 * [Counter(H=1, Cl=1)],
    "poly(arylene ether)": 2 * [Counter(H=1, X=1)],
    "ladder polymer": 4 * [Counter(H=1, X=1)],
    "polysiloxane": [*2 * [Counter(H=1, Cl=1)], Counter(H=-2, O=-1)],
    "poly(phenylene oxide)": [Counter(H=2)],
}


def atoms_in(smiles):
    """Count the atoms of a molecule; marked halogens are called X, dummy atoms left out."""
    found = Counter()
    for atom in Chem.AddHs(Chem.MolFromSmiles(smiles)).GetAtoms():
        found["X" if atom.GetAtomMapNum() else atom.GetSymbol()] += 1
    del found["*"]
    return found


@pytest.fixture(scope="module")
def sample():
    """Some polymers of every class."""
    few = [make_polymer_library(classes=[name], n=6) for name in POLYMER_CLASSES]
    return [row for table in few for row in table.itertuples(index=False)]


@pytest.mark.parametrize("kind", sorted(set(MONOMERS["kind"])))
def test_a_monomer_has_the_groups_by_which_it_reacts(kind):
    smarts, expected = GROUPS[kind]
    table = MONOMERS[MONOMERS["kind"] == kind]
    assert table["name"].is_unique
    names = [Chem.CanonSmiles(smiles) for smiles in table["smiles"]]
    assert len(set(names)) == len(names)
    for name, smiles in zip(table["name"], table["smiles"], strict=True):
        mol = Chem.MolFromSmiles(smiles)
        groups = mol.GetSubstructMatches(Chem.MolFromSmarts(smarts))
        if expected is None:
            marked = {atom.GetIdx() for atom in mol.GetAtoms() if atom.GetAtomMapNum()}
            assert len(marked) == {"dihalide": 2, "tetrahalide": 4}[kind], name
            assert marked <= {halogen for halogen, _ in groups}, name
        else:
            assert len(groups) == expected, name


@pytest.mark.parametrize("name", FORMULAS)
def test_a_monomer_has_the_formula_of_its_name(name):
    found = MONOMERS.loc[MONOMERS["name"] == name, "smiles"]
    assert {CalcMolFormula(Chem.MolFromSmiles(smiles)) for smiles in found} == {FORMULAS[name]}


@pytest.mark.parametrize(("name", "monomers", "smiles"), KNOWN, ids=[known[0] for known in KNOWN])
def test_a_known_polymer_is_made_from_its_monomers(name, monomers, smiles):
    made = [_make(*plan) for plan in PLANS if " + ".join(m for m, _ in plan[1]) == monomers]
    assert canonical_repeat_unit(smiles) in made, name


def test_pim_1_is_the_polymer_of_the_measured_table():
    ladders = make_polymer_library(classes=["ladder polymer"])
    pim_1 = ladders.loc[ladders["monomers"] == "TTSBI + tetrafluoroterephthalonitrile", "smiles"]
    table = load_gas_permeability()
    ladders_measured = table["smiles"][table["smiles"].str.count(r"\*") == 4]
    assert pim_1.item() in {canonical_repeat_unit(smiles) for smiles in ladders_measured}


def test_every_polymer_is_a_canonical_repeat_unit(sample):
    for smiles, name, _ in sample:
        assert canonical_repeat_unit(smiles) == smiles
        assert parse_repeat_unit(smiles).is_ladder == (name == "ladder polymer")


def test_what_does_not_leave_is_in_the_repeat_unit(sample):
    for smiles, name, monomers in sample:
        # Some fluoroarenes can lose two atoms of fluorine or four.
        other = "dihalide" if name == "ladder polymer" else "tetrahalide"
        smiles_of = MONOMERS[MONOMERS["kind"] != other].groupby("name")["smiles"].first()
        expected = Counter()
        for monomer in monomers.split(" + "):
            expected.update(atoms_in(smiles_of[monomer]))
        for group in LEAVING.get(name, []):
            expected.subtract(group)
        expected = +expected
        found = atoms_in(smiles)
        # The shortest repeat unit can be a part of what the monomers make: half of PES.
        parts, rest = divmod(expected.total(), found.total())
        assert rest == 0
        assert Counter({symbol: parts * count for symbol, count in found.items()}) == expected
        assert parts <= 2


@settings(max_examples=10)
@given(st.integers(1, 30), st.integers(0, 1000))
def test_a_draw_has_as_many_different_polymers_as_asked_for_and_can_be_repeated(n, seed):
    classes = ["vinyl polymer", "polysiloxane", "polydiene"]
    table = make_polymer_library(n=n, classes=classes, random_state=seed)
    assert len(table) == table["smiles"].nunique() == n
    assert set(table["polymer_class"]) <= set(classes)
    again = make_polymer_library(n=n, classes=classes, random_state=seed)
    assert again.equals(table)


@pytest.mark.slow
def test_several_processes_make_the_same_library():
    options = {"classes": ["polyester", "polyurethane"]}
    one = make_polymer_library(**options)
    assert make_polymer_library(**options, n_jobs=2).equals(one)
    assert len(one) > 500


def test_excluded_polymers_are_left_out_however_they_are_written():
    every = make_polymer_library(classes=["vinyl polymer"])
    written = ["*C(c1ccccc1)C*", "*C(*)(C)CC(C)C*", "no polymer"]
    fewer = make_polymer_library(classes=["vinyl polymer"], exclude=written)
    gone = set(every["smiles"]) - set(fewer["smiles"])
    assert gone == {canonical_repeat_unit("*CC(*)c1ccccc1")}
    twice = make_polymer_library(classes=["vinyl polymer"], exclude=every["smiles"])
    assert len(twice) == 0
    assert list(twice.columns) == ["smiles", "polymer_class", "monomers"]


def test_all_may_be_asked_for_but_not_one_more():
    every = make_polymer_library(classes=["polydiene"])
    drawn = make_polymer_library(classes=["polydiene"], n=len(every), random_state=3)
    assert set(drawn["smiles"]) == set(every["smiles"])
    with pytest.raises(InputError, match=rf"n is {len(every) + 1}.*at most {len(every)} different"):
        make_polymer_library(classes=["polydiene"], n=len(every) + 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ["polyimid"]}, r"'polyimid' is no class.*Perhaps 'polyimide'"),
        ({"classes": [7]}, r"7 is no class"),
        ({"classes": "polyimide"}, r"must be a sequence"),
        ({"classes": []}, r"at least one name"),
        ({"n": 0}, r"n is 0; it must be a whole number"),
        ({"n": 2.5}, r"n is 2.5; it must be a whole number"),
        ({"n": True}, r"n is True; it must be a whole number"),
        ({"n": 5, "exclude": "*CC*"}, r"one text, '\*CC\*'"),
    ],
)
def test_an_odd_request_is_refused_with_a_next_step(options, message):
    with pytest.raises(InputError, match=message):
        make_polymer_library(**options)


@pytest.mark.slow
def test_the_whole_library_is_large_different_and_canonical():
    library = make_polymer_library()
    assert len(library) >= 12_000
    assert library["smiles"].is_unique
    assert set(library["polymer_class"]) == set(POLYMER_CLASSES)
    wrong = [smiles for smiles in library["smiles"] if canonical_repeat_unit(smiles) != smiles]
    assert wrong == []
    # Polymers that were drawn by others for measured films: the chemistry gives the same ones.
    measured = set(merge_polymers(load_gas_permeability()).table["smiles"])
    assert library["smiles"].isin(measured).sum() >= 200
