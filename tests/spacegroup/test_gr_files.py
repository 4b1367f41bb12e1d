"""Measured PDFs: every header style is read, and what cannot be read is refused by name."""

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from damage import mutate

from edex.errors import DataError, EdexError, InputError
from edex.spacegroup.gr_files import MeasuredPdf, read_gr

FILES = Path(__file__).parents[1] / "data" / "gr"
REAL = Path(os.environ.get("EDEX_DATA_DIR", "/nonexistent")) / "pdf-experimental-pdfttp"
R = np.round(0.01 * np.arange(30), 2)
G = 0.8 * np.sin(2.5 * R) * np.exp(-R)  # what the small files hold
ROWS = [f"{r:g} {g:.6g}" for r, g in zip(R, G, strict=True)]

STYLES = {
    "pdfgetx3.gr": {"qmin": 0.8, "qmax": 24.5, "qmaxinst": 26.5, "rpoly": 0.9, "rmin": 0.0,
                    "rmax": 30.0, "rstep": 0.01, "wavelength": 0.1665, "bgscale": 1.0,
                    "composition": "Na Cl", "radiation": "xray"},
    "pdfgetx2.gr": {"qmin": 0.7, "qmax": 22.5, "temperature": 295.0, "radiation": "xray",
                    "composition": "Na0.5 Cl0.5"},
    "pdfgetn.gr": {"qmin": 0.9, "qmax": 35.0, "qdamp": 0.018, "radiation": "neutron"},
    "pdfgui.fgr": {},
    "decimal-comma.csv": {},
    "fortran.gr": {"qmax": 22.0},
}  # fmt: skip
WITH_ERRORS = {
    "pdfgetx2.gr": 0.01,
    "pdfgetn.gr": 0.02,
    "pdfgui.fgr": 0.5,
    "decimal-comma.csv": 0.01,
}


@pytest.fixture
def write(tmp_path):
    """Write lines, text or bytes into a file and give its path."""

    def write(content, name="a.gr"):
        if isinstance(content, list):
            content = "\n".join(content) + "\n"
        data = content if isinstance(content, bytes) else content.encode()
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


class TestHeaderStyles:
    @pytest.mark.parametrize("name", STYLES)
    def test_what_the_header_states_is_found(self, name):
        assert dict(read_gr(FILES / name).metadata) == STYLES[name]

    @pytest.mark.parametrize("name", STYLES)
    def test_the_curve_is_that_of_the_table(self, name):
        pdf = read_gr(FILES / name)
        start = 1 if name == "pdfgetn.gr" else 0
        np.testing.assert_allclose(pdf.r, R[start:], atol=1e-9)
        np.testing.assert_allclose(pdf.G, G[start:], atol=6e-4)
        assert pdf.name == name
        assert pdf.notes == ()

    @pytest.mark.parametrize("name", STYLES)
    def test_the_uncertainties_are_the_third_of_three_or_the_fourth_column(self, name):
        error = read_gr(FILES / name).G_error
        assert (error is not None) == (name in WITH_ERRORS)
        if error is not None:
            assert error[0] == WITH_ERRORS[name]

    def test_a_word_in_a_file_name_is_not_the_radiation(self):
        assert read_gr(FILES / "pdfgetx3.gr").metadata["radiation"] == "xray"  # of neutron_star/

    @pytest.mark.parametrize(
        ("header", "radiation"),
        [("mode = neutron", "neutron"), ("# radiation: X-ray", "xray"), ("[mode] = xrays", "xray"),
         ("mode = electron", "electron"), ("# PDFgetN 1.6", "neutron"), ("# made by hand", None),
         ("# x-ray and neutron", None), ("backgroundfile = my x-ray.chi", None),
         ("mode = neutron\n# PDFgetX3", "neutron")],
    )  # fmt: skip
    def test_the_radiation_is_the_stated_mode_or_a_word_that_leaves_no_doubt(
        self, write, header, radiation
    ):
        assert read_gr(write([header, *ROWS])).metadata.get("radiation") == radiation

    def test_qmax_is_not_taken_from_qmaxinst(self, write):
        assert read_gr(write(["qmaxinst = 30", *ROWS])).qmax is None

    @pytest.mark.skipif(not REAL.is_dir(), reason="EDEX_DATA_DIR holds no measured PDFs")
    def test_all_measured_files_are_read_as_their_list_says(self):
        import pandas as pd

        table = pd.read_csv(REAL / "index.csv")
        assert len(table) == len(list(REAL.glob("*.gr"))) > 8
        for row in table.itertuples():
            pdf = read_gr(REAL / row.file)
            assert len(pdf.r) == row.n_points
            assert (pdf.r[0], pdf.r_max) == (row.r_min, row.r_max)
            assert pdf.notes == ()
            if row.qmax_inv_angstrom == row.qmax_inv_angstrom:
                assert pdf.qmax == row.qmax_inv_angstrom


class TestWaysToWriteATable:
    @pytest.mark.parametrize(
        "change",
        [lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\n", "\r"),
         lambda t: "\ufeff" + t, lambda t: t + "\n\n  \n", lambda t: t.rstrip("\n"),
         lambda t: t.replace(" ", ","), lambda t: t.replace(" ", ", "),
         lambda t: t.replace(" ", ";"), lambda t: t.replace(" ", "\t"),
         lambda t: t.replace(" ", "   ").replace("\n", "\n  "),
         lambda t: t.replace("\n", "  # so it is\n"),
         lambda t: t.replace("\n", "\n# a remark\n! and another\n\n"),
         lambda t: "r,G\n" + t.replace(" ", ","), lambda t: "30\na title of 30 points\n" + t],
    )  # fmt: skip
    def test_they_all_mean_the_same(self, write, change):
        pdf = read_gr(write(change("\n".join(ROWS) + "\n").encode()))
        np.testing.assert_allclose(pdf.G, G, atol=1e-5)

    @pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "utf-8-sig"])
    def test_the_header_may_be_in_any_common_encoding(self, write, encoding):
        text = "\n".join(["# r in Å, für Größe", "qmax = 21", *ROWS])
        assert read_gr(write(text.encode(encoding))).qmax == 21

    @pytest.mark.parametrize(
        ("row", "value"),
        [("0.005 1.5e-3", 1.5e-3), ("0.005 1.5D-3", 1.5e-3), ("0.005 -.25d+01", -2.5),
         ("0.005 +7", 7.0), ("5e-3 7.", 7.0)],
    )  # fmt: skip
    def test_numbers_come_in_many_forms(self, write, row, value):
        assert read_gr(write([ROWS[0], row, *ROWS[1:]])).G[1] == value

    def test_falling_r_is_turned_round_with_a_note(self, write):
        pdf = read_gr(write(ROWS[::-1]))
        np.testing.assert_allclose(pdf.r, R)
        assert "turned round" in pdf.notes[0]

    def test_a_row_that_is_there_twice_is_taken_once_with_a_note(self, write):
        pdf = read_gr(write([*ROWS[:10], *ROWS[9:]]))
        np.testing.assert_allclose(pdf.r, R)
        assert pdf.notes == ("1 repeated rows were left out",)

    def test_a_row_without_a_value_is_left_out_with_a_note(self, write):
        pdf = read_gr(write([*ROWS, "0.30 nan"]))
        assert len(pdf.r) == 30
        assert "1 rows without a finite value" in pdf.notes[0]

    def test_impossible_uncertainties_are_left_out_with_a_note(self, write):
        pdf = read_gr(write([f"{row} {-1 if i else 1}" for i, row in enumerate(ROWS)]))
        assert pdf.G_error is None
        assert "uncertainties" in pdf.notes[0]


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "a.gr is empty"),
            (b" \r\n\n", "a.gr is empty"),
            ("qmax = 25\n#### start data\n#L r G\n", "holds no rows of numbers"),
            ("only\nwords\n", "holds no rows of numbers"),
            ("1 2\n" * 100, "holds 1 rows of numbers"),
            ("1 2\n" * 500_001, "has 500002 lines; up to 500000 are read"),
            ("\n".join(ROWS[:12]), "holds 12 rows of numbers; a PDF has 20 or more"),
            (bytes(range(256)) * 40, "a.gr is a binary file"),
            (b"\x1f\x8b" + b"x" * 100, "a.gr is compressed"),
            ([*ROWS, "the end"], r"line 31: 'the end' is not a row of 2 numbers"),
            ([*ROWS, "0.30"], r"line 31: '0.30' is not a row of 2 numbers"),
            ([*ROWS, "0.30 1 2"], r"line 31: '0.30 1 2' is not a row of 2 numbers"),
            ([*ROWS[:5], "0.045 1_0", *ROWS[5:]], "line 6: '0.045 1_0' is not a row"),
            (["#### start data", "r G", *ROWS[:20], *ROWS[:9]], "line 23: r goes back, from 0.19"),
            ([*ROWS[:20], "#S 2", *ROWS], "line 22: r goes back, from 0.19 to 0 Å"),
            ([*ROWS, "0.29 1.5"], "line 31: r repeats, from 0.29 to 0.29"),
            (["-0.01 2", *ROWS], "line 1: r is -0.01 Å; a distance is not negative"),
            ([*ROWS, "0.3 nan", "0.31 inf", "0.32 -inf"], "line 31: 3 of 33 rows hold NaN"),
            (["outputtype = sq", *ROWS], r"holds S\(Q\) \(outputtype = sq\), not G\(r\)"),
            (["outputtype = fq", *ROWS], r"holds F\(Q\)"),
            (["#L Q(1/A) S(Q)", *ROWS], r"the first column is called 'Q\(1/A\)', not r"),
            (["#L r(nm) G", *ROWS], "the first column is r in nm"),
            ([f"{r / 10:g} {g}" for r, g in zip(R, G, strict=True)], "as if it were in nm"),
        ],
    )
    def test_the_message_names_file_line_and_value(self, write, content, message):
        with pytest.raises(DataError, match=message) as caught:
            read_gr(write(content))
        assert "a.gr" in str(caught.value)
        assert str(caught.value).count(". ") >= 1  # and says what to do

    def test_a_missing_file_a_folder_and_a_device_are_named(self, tmp_path):
        with pytest.raises(InputError, match=r"There is no file .*none\.gr"):
            read_gr(tmp_path / "none.gr")
        with pytest.raises(InputError, match="is a folder"):
            read_gr(tmp_path)
        with pytest.raises(InputError, match=r"not an ordinary file|There is no file"):
            read_gr("/dev/zero")
        with pytest.raises(InputError, match="There is no file"):
            read_gr("a\0b.gr")
        with pytest.raises(InputError, match="cannot be read"):
            read_gr("a" * 5000)

    def test_a_huge_file_is_not_even_opened(self, tmp_path):
        path = tmp_path / "a.gr"
        with path.open("wb") as file:
            file.truncate(21_000_000)
        with pytest.raises(InputError, match="has 21 MB; up to 20 MB are read"):
            read_gr(path)


class TestMeasuredPdf:
    @pytest.mark.parametrize(
        ("r", "values", "message"),
        [([0, 1], [1], "r and G need one value for each point"),
         ([[0, 1]], [[1, 2]], "r has shape"), ([], [], "r has shape"),
         ([0, 1], [1, np.nan], "G holds nan"), ([0, 1], [1, -1e13], r"G holds -1e\+13"),
         ([1, 0], [1, 2], "r must increase"),
         ([-1, 0], [1, 2], "from 0 or above"), (["a"], [1], "r must be an array of numbers")],
    )  # fmt: skip
    def test_arrays_that_make_no_curve_are_refused(self, r, values, message):
        with pytest.raises(InputError, match=message):
            MeasuredPdf("mine", r, values)

    def test_it_cannot_be_changed(self):
        pdf = MeasuredPdf("mine", [0, 1], [2, 3], metadata={"qmax": 20})
        with pytest.raises(ValueError, match="read-only"):
            pdf.G[0] = 1
        with pytest.raises(TypeError):
            pdf.metadata["qmax"] = 3
        assert repr(pdf) == "<MeasuredPdf mine: 2 points to 1 Å>"


def read_damaged(n_files, seed, write):
    """Read damaged files; count those that could still be read."""
    rng = np.random.default_rng(seed)
    sources = [path.read_bytes() for path in sorted(FILES.iterdir())]
    n_read = 0
    for _ in range(n_files):
        path = write(mutate(sources[rng.integers(len(sources))], rng))
        with suppress(EdexError):
            pdf = read_gr(path)
            n_read += 1
            assert isinstance(pdf, MeasuredPdf)
            assert (np.diff(pdf.r) > 0).all()
            assert len(pdf.r) == len(pdf.G) >= 19
    return n_read


def test_damaged_files_are_read_or_refused(write):
    assert 10 < read_damaged(150, 0, write) < 140


@pytest.mark.slow
def test_many_damaged_files_are_read_or_refused(write):
    read_damaged(2000, 1, write)
