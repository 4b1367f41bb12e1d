"""Named chemical motifs of membranes, and what a textbook expects each to do to permeability.

Gas moves through a glass of chains by jumps from hole to hole. With the free volume f that bad
packing leaves, diffusion, and with it permeability, goes as

    P = A exp(-B / f),

so stiff, kinked and bulky chains let more through (sign +1), and slim chains, or polar groups that
pull chains together (a high cohesive energy), let less through (sign -1); 0 where both act, or
neither. The signs in :data:`MOTIFS` are such expectations: they were fixed from chemistry before
any model was asked, and are not to be changed afterwards.

References
----------
M. H. Cohen, D. Turnbull, J. Chem. Phys. 31, 1164 (1959), doi 10.1063/1.1730566: free volume.
J. Y. Park, D. R. Paul, J. Membr. Sci. 125, 23 (1997): permeability from groups and free volume.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MOTIFS", "Motif"]


@dataclass(frozen=True)
class Motif:
    """A chemical motif.

    Attributes
    ----------
    name : str
    smarts : str
        Pattern; its first atom is what is counted.
    sign : int
        What a textbook expects of permeability: +1 raises, -1 lowers, 0 no clear expectation.
    reason : str
        Why, in one sentence.
    """

    name: str
    smarts: str
    sign: int
    reason: str


MOTIFS: tuple[Motif, ...] = (
    # Stiff, kinked, bulky: chains cannot pack.
    Motif(
        "spiro carbon",
        "[CX4;x4;R2]",
        +1,
        "Two rings at right angles share one atom: the chain is stiff, kinked, and packs badly.",
    ),
    Motif(
        "quaternary ring carbon",
        "[CX4;R;!$([x4;R2])]([#6])([#6])([#6])[#6]",
        +1,
        "A ring carbon without hydrogen is a crowded corner about which the chain hardly turns.",
    ),
    Motif(
        "isopropylidene",
        "[CX4;!R]([CH3])([CH3])(c)c",
        +1,
        "Two methyls at the hinge between two aromatic rings hinder their rotation and hold chains "
        "apart.",
    ),
    Motif(
        "hexafluoroisopropylidene",
        "[CX4;!R](C(F)(F)F)(C(F)(F)F)(c)c",
        +1,
        "Two bulky CF3 at the hinge stop rotation and packing, and fluorine attracts little.",
    ),
    Motif(
        "trifluoromethyl",
        "[CX4](F)(F)F",
        +1,
        "A bulky group with weak attraction to its neighbours opens free volume.",
    ),
    Motif(
        "tert-butyl",
        "[CX4]([CH3])([CH3])[CH3]",
        +1,
        "A ball of three methyls, as wide as a ring, props chains apart without attracting them.",
    ),
    Motif(
        "methyl",
        "[CH3]",
        +1,
        "A stub that is not polar: it spoils packing and adds no cohesion.",
    ),
    Motif(
        "silyl silicon",
        "[SiX4;!$([Si]O)][#6]",
        +1,
        "Silicon with carbon around it is a bulky, mobile side group with very weak cohesion.",
    ),
    Motif(
        "siloxane Si-O",
        "[OX2]([Si])[Si]",
        +1,
        "Long bonds and wide angles make Si-O-Si the most mobile of backbones: holes open fast.",
    ),
    Motif(
        "disubstituted acetylene",
        "[CX3;H0;!R](=[CX3;H0;!R])-[CX3;H0;!R]=[CX3;H0;!R]",
        +1,
        "Side groups on every carbon of an alternating chain make it a stiff, twisted rod.",
    ),
    Motif(
        "isolated C=C",
        "[CX3;!R;!$(C-[CX3]=C)](=[CX3;!R;!$(C-[CX3]=C)])[CX4]",
        +1,
        "Single bonds beside a double bond turn easily: such chains are mobile, as in rubber.",
    ),
    Motif(
        "norbornane",
        "[CX4]1~C2~C~C~C~1~C~C~2",
        +1,
        "A bridged bicycle cannot bend, and it is too bulky to pack.",
    ),
    Motif(
        "triptycene",
        "[CX4]12c3ccccc3[CX4](c3ccccc31)c1ccccc12",
        +1,
        "Three blades stand around an axis, and the space between them cannot be filled.",
    ),
    Motif(
        "Tröger's base",
        "[CH2]([NX3;R]c)[NX3;R]c",
        +1,
        "A rigid V of two bridged nitrogens turns the chain sharply and keeps it from packing.",
    ),
    Motif(
        "dibenzodioxane",
        "[#8;X2;R]1cc[#8;X2;R]cc1",
        +1,
        "Two strands between neighbouring rings forbid every rotation: a ladder keeps its holes.",
    ),
    Motif(
        "ortho-alkyl aryl",
        "[c;$(c[CH3]),$(c[CH2][CH3]),$(c[CH1]([CH3])[CH3]),$(cC([CH3])([CH3])[CH3]),$(cC(F)(F)F)]"
        ":[c;$(c-!@[#6&!$([CH3])&!$(C#N),#7,#8])]",
        +1,
        "An alkyl group beside the link of an aromatic ring twists that link and blocks rotation.",
    ),
    # Bulk and cohesion, or stiffness and cohesion, at once: no clear expectation.
    Motif(
        "imide ring",
        "[#7;X3;R]([#6;R]=O)[#6;R]=O",
        0,
        "Stiff, which opens space, but polar and prone to stack, which closes it.",
    ),
    Motif(
        "aromatic C-F",
        "Fc",
        0,
        "Fluorine on a ring is hardly larger than hydrogen and attracts as little.",
    ),
    Motif(
        "difluoromethylene",
        "[CX4;!$(C(F)(F)F)](F)F",
        0,
        "Weak cohesion, but regular CF2 chains crystallise.",
    ),
    Motif(
        "fused aromatic carbon",
        "[c;R2;!$(c:c=O)](:[c,n])(:[c,n]):[c,n]",
        0,
        "Fused rings are stiff, but flat, and flat things stack.",
    ),
    Motif(
        "pendant phenyl",
        "[c;$(c-!@*)]1[cH][cH][cH][cH][cH]1",
        0,
        "Bulky, but flat and easily stacked.",
    ),
    Motif(
        "alkyl ether O",
        "[OX2;!$(OC=O)]([CX4])[CX4]",
        0,
        "Its swivel keeps chains mobile, its dipole pulls them together.",
    ),
    Motif(
        "bromine",
        "[Br]",
        0,
        "Large, which stops packing, but easily polarised, which adds cohesion.",
    ),
    # Slim, flexible or polar: chains pack or hold together.
    Motif(
        "CH2 in a chain",
        "[CX4;H2;!R]([#6])[#6]",
        -1,
        "Slim and flexible: such chains pack closely and crystallise, as polyethylene does.",
    ),
    Motif(
        "1,4-phenylene",
        "[c;$(c-!@*)]1[cH][cH][c;$(c-!@*)][cH][cH]1",
        -1,
        "Flat, slim and straight without substituents: neighbouring chains lie close.",
    ),
    Motif(
        "aryl ether O",
        "[OX2;!R](c)c",
        -1,
        "A hinge that turns lets aromatic chains fold until they pack.",
    ),
    Motif(
        "ester carbonyl",
        "[CX3](=O)([#6])[OX2;H0]",
        -1,
        "Its dipole pulls chains together.",
    ),
    Motif(
        "ketone",
        "[CX3](=O)([#6])[#6]",
        -1,
        "Its dipole pulls chains together.",
    ),
    Motif(
        "amide NH",
        "[NX3;H1,H2][CX3](=O)[#6]",
        -1,
        "Hydrogen bonds tie chains together, as in nylon and aramid.",
    ),
    Motif(
        "urethane or urea NH",
        "[NX3;H1,H2][CX3](=O)[#7,#8]",
        -1,
        "Hydrogen bonds tie chains together into hard domains.",
    ),
    Motif(
        "amine or azole NH",
        "[#7;X3;H1,H2;!$(NC=[O,S])]",
        -1,
        "It gives hydrogen bonds, and they close the gaps between chains.",
    ),
    Motif(
        "hydroxyl",
        "[OX2;H1;!$(OC=O);!$(OS)]",
        -1,
        "Hydrogen bonds make it the group of the best dry oxygen barrier, poly(vinyl alcohol).",
    ),
    Motif(
        "carboxylic acid",
        "[CX3](=O)[OX2;H1]",
        -1,
        "Acids pair up by two hydrogen bonds.",
    ),
    Motif(
        "ion or sulfonic acid",
        "[$([+1,-1;!$([N+](=O)[O-]);!$([O-][N+]=O);!$(*~[N+]~[N-]);!$([N-]~[N+])]),$([OX2;H1]S(=O)=O)]",
        -1,
        "Charges and strong acids bind chains by the strongest forces that there are.",
    ),
    Motif(
        "chlorine",
        "[Cl]",
        -1,
        "Its dipole and polarisability bind chains: poly(vinylidene chloride) is a barrier.",
    ),
    Motif(
        "nitrile",
        "[CX2]#[NX1]",
        -1,
        "One of the strongest dipoles of any side group: polyacrylonitrile is a barrier.",
    ),
    Motif(
        "sulfone",
        "[SX4](=O)(=O)([#6])[#6]",
        -1,
        "A strong dipole in the backbone binds chains together.",
    ),
    Motif(
        "nitro",
        "[N+](=O)[O-]",
        -1,
        "A strong dipole, flat and compact.",
    ),
)
