"""Crystals of the textbooks, filled by gemmi: an independent source for the tests of structures.

Cells (Å, degrees) and coordinates are those of the literature: kyanite, Winter and Ghose, Am.
Mineral. 64, 573 (1979); baddeleyite, Howard et al., Acta Cryst. B44, 116 (1988); diopside, Cameron
et al., Am. Mineral. 58, 594 (1973); CaTiO3, Sasaki et al., Acta Cryst. C43, 1668 (1987); the
others, Wyckoff, Crystal Structures (1963).
"""

import gemmi
import numpy as np

from edex.spacegroup.crystal import Crystal

KYANITE = [
    ("Al", 0.3254, 0.7040, 0.4582), ("Al", 0.2974, 0.6989, 0.9505), ("Al", 0.0998, 0.3862, 0.6403),
    ("Al", 0.1120, 0.9175, 0.1649), ("Si", 0.2962, 0.0649, 0.7066), ("Si", 0.2910, 0.3317, 0.1892),
    ("O", 0.1095, 0.1468, 0.1288), ("O", 0.1230, 0.6856, 0.1812), ("O", 0.2747, 0.4545, 0.9547),
    ("O", 0.2831, 0.9354, 0.9353), ("O", 0.1084, 0.1520, 0.6669), ("O", 0.1219, 0.6307, 0.6389),
    ("O", 0.2822, 0.4453, 0.4288), ("O", 0.2915, 0.9467, 0.4659), ("O", 0.5008, 0.2749, 0.2440),
    ("O", 0.5015, 0.2312, 0.7553),
]  # fmt: skip
DIOPSIDE = [
    ("Ca", 0, 0.3015, 0.25), ("Mg", 0, 0.9082, 0.25), ("Si", 0.2862, 0.0933, 0.2293),
    ("O", 0.1156, 0.0873, 0.1422), ("O", 0.3611, 0.2500, 0.3180), ("O", 0.3505, 0.0176, 0.9953),
]  # fmt: skip
ZIRCONIA = [
    ("Zr", 0.2754, 0.0395, 0.2083), ("O", 0.0700, 0.3317, 0.3447), ("O", 0.4496, 0.7569, 0.4792),
]  # fmt: skip
TITANATE = [  # Pbnm
    ("Ca", 0.9935, 0.0356, 0.25), ("Ti", 0, 0.5, 0), ("O", 0.0711, 0.4838, 0.25),
    ("O", 0.7108, 0.2888, 0.0371),
]  # fmt: skip
SPINEL = [("Mg", 0.125, 0.125, 0.125), ("Al", 0.5, 0.5, 0.5), ("O", 0.2624, 0.2624, 0.2624)]
THIRD = 1 / 3

# name: number, symbol of the setting, cell, atoms of the asymmetric unit, atoms in the cell
TEXTBOOK = {
    "kyanite": (2, "P -1", (7.126, 7.852, 5.572, 89.99, 101.11, 106.03), KYANITE, 32),
    "baddeleyite": (14, "P 1 21/c 1", (5.1505, 5.2116, 5.3173, 90, 99.23, 90), ZIRCONIA, 12),
    "diopside": (15, "C 1 2/c 1", (9.746, 8.899, 5.251, 90, 105.63, 90), DIOPSIDE, 40),
    "perovskite": (62, "P b n m", (5.367, 5.4439, 7.6438, 90, 90, 90), TITANATE, 20),
    "BaZn2As2": (
        139, "I 4/m m m", (4.12, 4.12, 13.578, 90, 90, 90),
        [("Ba", 0, 0, 0), ("Zn", 0, 0.5, 0.25), ("As", 0, 0, 0.3635)], 10,
    ),
    "magnesium": (
        194, "P 63/m m c", (3.2094, 3.2094, 5.2107, 90, 90, 120), [("Mg", THIRD, 2 / 3, 0.25)], 2,
    ),
    "nickeline": (
        194, "P 63/m m c", (3.602, 3.602, 5.009, 90, 90, 120),
        [("Ni", 0, 0, 0), ("As", THIRD, 2 / 3, 0.25)], 4,
    ),
    "rock salt": (225, "F m -3 m", (5.6402,) * 3 + (90,) * 3,
                  [("Na", 0, 0, 0), ("Cl", 0.5, 0.5, 0.5)], 8),
    "fluorite": (225, "F m -3 m", (5.4626,) * 3 + (90,) * 3,
                 [("Ca", 0, 0, 0), ("F", 0.25, 0.25, 0.25)], 12),
    "Heusler": (225, "F m -3 m", (5.949,) * 3 + (90,) * 3,
                [("Mn", 0, 0, 0), ("Al", 0.5, 0.5, 0.5), ("Cu", 0.25, 0.25, 0.25)], 16),
    "copper": (225, "F m -3 m", (3.6149,) * 3 + (90,) * 3, [("Cu", 0, 0, 0)], 4),
    "diamond": (227, "F d -3 m:2", (3.567,) * 3 + (90,) * 3, [("C", 0.125, 0.125, 0.125)], 8),
    "spinel": (227, "F d -3 m:2", (8.0898,) * 3 + (90,) * 3, SPINEL, 56),
    "tungsten": (229, "I m -3 m", (3.165,) * 3 + (90,) * 3, [("W", 0, 0, 0)], 2),
    "caesium chloride": (221, "P m -3 m", (4.123,) * 3 + (90,) * 3,
                         [("Cs", 0, 0, 0), ("Cl", 0.5, 0.5, 0.5)], 2),
    "zinc blende": (216, "F -4 3 m", (5.4093,) * 3 + (90,) * 3,
                    [("Zn", 0, 0, 0), ("S", 0.25, 0.25, 0.25)], 8),
    "wurtzite": (186, "P 63 m c", (3.811, 3.811, 6.234, 90, 90, 120),
                 [("Zn", THIRD, 2 / 3, 0), ("S", THIRD, 2 / 3, 0.375)], 4),
    "rutile": (136, "P 42/m n m", (4.5937, 4.5937, 2.9587, 90, 90, 90),
               [("Ti", 0, 0, 0), ("O", 0.3053, 0.3053, 0)], 6),
    "corundum": (167, "R -3 c:H", (4.7589, 4.7589, 12.9919, 90, 90, 120),
                 [("Al", 0, 0, 0.3522), ("O", 0.3063, 0, 0.25)], 30),
    "quartz": (154, "P 32 2 1", (4.9134, 4.9134, 5.4052, 90, 90, 120),
               [("Si", 0.4697, 0, 2 / 3), ("O", 0.4133, 0.2672, 0.7855)], 9),
    "pyrite": (205, "P a -3", (5.418,) * 3 + (90,) * 3,
               [("Fe", 0, 0, 0), ("S", 0.3851, 0.3851, 0.3851)], 12),
}  # fmt: skip
OF_THE_COURSE = [name for name, entry in TEXTBOOK.items() if entry[0] in (2, 14, 15, 62, 139, 194, 225, 227)]  # fmt: skip  # noqa: E501


def textbook_crystal(name):
    """Fill the cell with gemmi; no label is set."""
    _, symbol, cell, atoms, _ = TEXTBOOK[name]
    structure = gemmi.SmallStructure()
    structure.cell = gemmi.UnitCell(*cell)
    structure.spacegroup = gemmi.SpaceGroup(symbol)
    structure.setup_cell_images()
    for number, (element, *place) in enumerate(atoms):
        site = gemmi.SmallStructure.Site()
        site.label, site.element = f"{element}{number}", gemmi.Element(element)
        site.fract, site.occ = gemmi.Fractional(*place), 1.0
        structure.add_site(site)
    sites = structure.get_all_unit_cell_sites()
    return Crystal(
        np.array(structure.cell.orth.mat.tolist()).T,
        [site.element.name for site in sites],
        [site.fract.tolist() for site in sites],
        source_id=name,
    )


def textbook_cif(name, **changes):
    """Write the CIF of a crystal; ``changes`` replace or add tags, ``""`` leaves one out."""
    _, symbol, cell, atoms, _ = TEXTBOOK[name]
    tags = dict(
        zip(("_cell_length_a", "_cell_length_b", "_cell_length_c"), map(str, cell[:3]), strict=True)
    )
    tags |= dict(
        zip(
            ("_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma"),
            map(str, cell[3:]),
            strict=True,
        )
    )
    tags["_space_group_name_H-M_alt"] = f"'{symbol}'"
    tags |= {"_" + tag: value for tag, value in changes.items()}
    lines = ["data_" + name.replace(" ", "_")]
    lines += [f"{tag} {value}" for tag, value in tags.items() if value != ""]
    lines += ["loop_", "_atom_site_label", "_atom_site_type_symbol"]
    lines += [f"_atom_site_fract_{axis}" for axis in "xyz"]
    lines += [
        f"{element}{number + 1} {element} {x:.5f} {y:.5f} {z:.5f}"
        for number, (element, x, y, z) in enumerate(atoms)
    ]
    return "\n".join(lines) + "\n"


def transformed(crystal, matrix, shift=(0, 0, 0), random_state=None):
    """Describe the same crystal with other cell vectors (L' = M L), origin and order of atoms.

    A matrix with determinant above 1 makes a supercell.
    """
    matrix = np.asarray(matrix)
    n_cells = round(abs(np.linalg.det(matrix)))
    inverse = np.linalg.inv(matrix)
    reach = int(np.abs(matrix).sum()) + 1
    corners = np.array(
        [(i, j, k) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)
         for k in range(-reach, reach + 1)]
    )  # fmt: skip
    inside = corners @ inverse
    cells = corners[((inside > -1e-9) & (inside < 1 - 1e-9)).all(axis=1)]
    assert len(cells) == n_cells
    coords = (crystal.frac_coords + np.asarray(shift))[:, None] + cells
    coords = (coords.reshape(-1, 3) @ inverse) % 1.0
    atoms = np.repeat(np.arange(len(crystal)), n_cells)
    order = np.arange(len(atoms)) if random_state is None else random_state.permutation(len(atoms))
    return Crystal(
        matrix @ crystal.lattice,
        [crystal.species[atoms[k]] for k in order],
        coords[order],
        crystal.occupancies[atoms[order]],
        source_id=crystal.source_id,
    )


def random_unimodular(random_state, steps=4):
    """Make a random change between two sets of vectors of one lattice."""
    matrix = np.eye(3, dtype=int)
    for _ in range(steps):
        i, j = random_state.choice(3, 2, replace=False)
        step = np.eye(3, dtype=int)
        step[i, j] = random_state.choice([-1, 1])
        matrix = step @ matrix
    return matrix[random_state.permutation(3)]


def random_rotation(random_state):
    """Make a proper rotation, uniform in orientation."""
    q, r = np.linalg.qr(random_state.normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    return q * np.linalg.det(q)
