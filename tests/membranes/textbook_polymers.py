"""Polymers of many kinds, and ways to write each of them differently."""

from itertools import pairwise

from rdkit import Chem

# One text each: vinyl, ethers, amides, imides, siloxanes, acetylenes, rings in the chain, charges.
CHAINS = [
    "*C*",
    "*CC(*)C",
    "*CC(*)c1ccccc1",
    "*CC(*)(C)C(=O)OC",
    "*CCO*",
    "*OCC(*)C",
    "*C=CCC*",
    "*CC=C(*)C",
    "*=CC1CCC(C=*)C1",
    "*C=CC1CCC(*)C1",
    "*C1CCC(*)CC1",
    "*C1CC1*",
    "*[Si](C)(C)O*",
    "*O[Si](C)(C)O[Si](*)(C)c1ccccc1",
    "*N=P(*)(OCC(F)(F)F)OCC(F)(F)F",
    "*C(C)=C(*)[Si](C)(C)C",
    "*C(c1ccccc1)=C(*)c1ccccc1",
    "*C#CC(*)(C)C",
    "*NCCCCCC(*)=O",
    "*C(=O)c1ccc(C(=O)Nc2cccc(N*)c2)cc1",
    "*Oc1ccc(C(C)(C)c2ccc(OC(*)=O)cc2)cc1",
    "*c1ccc(Oc2ccc(N3C(=O)c4ccc(C(c5ccc6c(c5)C(=O)N(*)C6=O)(C(F)(F)F)C(F)(F)F)cc4C3=O)cc2)cc1",
    "*c1ccc(-c2ccc(*)s2)cc1",
    "*c1ccc(*)[nH]1",
    "*=C1C=CC(=CC=*)C=C1",
    "*C=C=C*",
    "*=C=*",
    "*CC(*)S(=O)(=O)[O-]",
    "*C[N+](*)(C)C",
    "*C1C(*)C2CC1C1CC([Ge](C)(C)C)C21",
]
LADDERS = [
    "*Oc1cc2c(cc1O*)C1(CC2(C)C)CC(C)(C)c2cc3c(cc21)Oc1c(C#N)c(*)c(*)c(C#N)c1O3",
    "*CN1CN(*)Cc2cc3c(cc21)C1(C)CCC3(C)c2cc(*)c(*)cc21",
    "*C(=O)n1c(*)nc2cc3nc4c5ccc(*)c6c(*)ccc(c(=O)n4c3cc21)c65",
]
# No repeat unit: the text, and words that the message must have.
WRONG = [
    (None, "no text"),
    (float("nan"), "no text"),
    ("", "empty"),
    ("C=C", "no attachment point"),
    ("*C", "1 attachment point"),
    ("*CC(*)C*", "3 attachment points .* character 1, 5, 8"),
    ("*CCC*.[Na+]", "several molecules"),
    ("**", "without an atom"),
    ("C*C*", "2 neighbours at character 2"),
    ("*CC=*", "different bonds"),
    ("*CC(C*", "parenthesis is never closed at character 4"),
    ("*CC)*", "closed that was never opened at character 4"),
    ("*C()C*", "branch is empty at character 4"),
    ("*CC1CC*", "ring number 1 has no partner at character 4"),
    ("*C[Xx]C*", r"\[Xx\] is no atom at character 3"),
    ("*CH2*", "hydrogen stands outside brackets .* at character 3"),
    ("*C C*", "there is a space at character 3"),
    ("*CRC*", "'R' means nothing at character 3"),
    ("*C==C*", "two bonds follow each other at character 4"),
    ("*CC=", "leads nowhere at character 4"),
    ("*C(=)C*", "leads nowhere at character 5"),
    ("1CC*", "must be an atom first"),
    ("*C[C*", "bracket is never closed at character 3"),
    ("*CC(C)(C)(C)C*", "more bonds than it can have .* at character 3"),
    ("*c1cccc1*", "alternating double bonds begins at character 2"),
    ("*[H]*", "more bonds than it can have"),
    ("*C1C1*", "no SMILES that RDKit can read"),
    ("*" + "C" * 3000 + "*", "3002 characters"),
]


def written_by_chance(mol, rng):
    """Write a molecule with its atoms in a random order."""
    order = list(range(mol.GetNumAtoms()))
    rng.shuffle(order)
    return Chem.MolToSmiles(Chem.RenumberAtoms(mol, order), canonical=False)


def repeated(smiles, times):
    """Join several copies of a repeat unit, knowing nothing but that ends meet."""
    mol = Chem.MolFromSmiles(smiles)
    chain = Chem.RWMol(mol)
    for _ in range(times - 1):
        stars = [atom for atom in chain.GetAtoms() if atom.GetAtomicNum() == 0]
        size = chain.GetNumAtoms()
        chain.InsertMol(mol)
        added = [a.GetIdx() for a in chain.GetAtoms() if a.GetIdx() >= size]
        out = stars[1].GetIdx()
        into = next(i for i in added if chain.GetAtomWithIdx(i).GetAtomicNum() == 0)
        join(chain, out, into)
    Chem.SanitizeMol(chain)
    return chain.GetMol()


def join(mol, out, into):
    """Bond the neighbours of two dummy atoms, and remove the dummies."""
    bond = mol.GetAtomWithIdx(out).GetBonds()[0].GetBondType()
    first = mol.GetAtomWithIdx(out).GetNeighbors()[0].GetIdx()
    second = mol.GetAtomWithIdx(into).GetNeighbors()[0].GetIdx()
    mol.AddBond(first, second, bond)
    for index in sorted((out, into), reverse=True):
        mol.RemoveAtom(index)


def cut_elsewhere(mol, rng):
    """Close a chain to a ring, and open it at a bond of the ring chosen by chance."""
    ring = Chem.RWMol(mol)
    out, into = (atom.GetIdx() for atom in ring.GetAtoms() if atom.GetAtomicNum() == 0)
    path = Chem.GetShortestPath(mol, out, into)
    bridges = [
        (a, b) for a, b in pairwise(path[1:-1]) if not mol.GetBondBetweenAtoms(a, b).IsInRing()
    ]
    if not bridges:
        return mol
    a, b = rng.choice(bridges)
    order = ring.GetBondBetweenAtoms(a, b).GetBondType()
    ring.RemoveBond(a, b)
    for atom in (a, b):
        ring.AddBond(atom, ring.AddAtom(Chem.Atom(0)), order)
    join(ring, out, into)
    Chem.SanitizeMol(ring)
    return ring.GetMol()


def ring_name(smiles, n_units):
    """Name the closed ring of some repeat units: what does not know of a cut."""
    chain = Chem.RWMol(repeated(smiles, n_units))
    out, into = (atom.GetIdx() for atom in chain.GetAtoms() if atom.GetAtomicNum() == 0)
    join(chain, out, into)
    Chem.Kekulize(chain, clearAromaticFlags=True)
    return Chem.MolToSmiles(chain)
