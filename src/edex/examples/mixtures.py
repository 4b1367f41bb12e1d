"""Absorption spectra of mixtures of three dyes, made up so that the truth is known.

The absorbance of a solution is linear in what is in it, the Beer-Lambert law,

    A(lambda) = d * sum_k c_k * epsilon_k(lambda),

with the path length d = 1 cm, concentrations c_k in mol/L and molar absorption coefficients
epsilon_k in L/(mol cm). A spectrum has many wavelengths but only three degrees of freedom, and the
bands overlap: the case for least squares, for ridge regression and for principal components. The
dyes are no real substances; place, width and height of their bands are like those of real ones.

References
----------
D. F. Swinehart, J. Chem. Educ. 39, 333 (1962), doi 10.1021/ed039p333: the law.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edex.examples.arguments import finite_array, require_count, require_number

__all__ = ["Mixtures", "absorption_bands", "simulate_mixtures"]

_PATH_LENGTH = 1.0  # cm
_MAX_CONCENTRATION = 3e-5  # mol/L
_FIRST, _LAST = 400.0, 700.0  # nm

# Bands of each dye: centre nm, width (standard deviation) nm, height L/(mol cm). The smaller band
# stands for the vibrational shoulder that most dyes have on the blue side.
_DYES = (
    ((470.0, 26.0, 2.4e4), (438.0, 20.0, 0.9e4)),
    ((510.0, 30.0, 1.8e4), (472.0, 22.0, 0.6e4)),
    ((555.0, 28.0, 3.0e4), (518.0, 22.0, 1.0e4)),
)


@dataclass(frozen=True)
class Mixtures:
    """Spectra of mixtures, and what was in them.

    Parameters
    ----------
    wavelengths : ndarray of shape (n_wavelengths,)
        From 400 to 700 nm.
    concentrations : ndarray of shape (n_samples, 3)
        Of the three dyes, mol/L.
    absorbance : ndarray of shape (n_samples, n_wavelengths)
        Measured in a cell of 1 cm, with noise; decadic, no unit.
    bands : ndarray of shape (3, n_wavelengths)
        True molar absorption coefficients, L/(mol cm).
    """

    wavelengths: np.ndarray
    concentrations: np.ndarray
    absorbance: np.ndarray
    bands: np.ndarray


def absorption_bands(wavelengths: npt.ArrayLike) -> np.ndarray:
    """Give the molar absorption coefficients of the three dyes.

    Parameters
    ----------
    wavelengths : array-like of shape (n,)
        In nm; the bands lie from 400 to 700 nm.

    Returns
    -------
    ndarray of shape (3, n)
        In L/(mol cm).

    Raises
    ------
    InputError
        If a wavelength is no finite number.

    Examples
    --------
    >>> absorption_bands([470.0, 700.0]).round(-2)
    array([[26500.,     0.],
           [13400.,     0.],
           [ 1200.,     0.]])
    """
    places = np.atleast_1d(finite_array("wavelengths", wavelengths, "nm"))
    return np.array(
        [
            sum(
                height * np.exp(-0.5 * ((places - centre) / width) ** 2)
                for centre, width, height in dye
            )
            for dye in _DYES
        ]
    )


def simulate_mixtures(
    n_samples: int,
    *,
    n_wavelengths: int = 120,
    noise: float = 0.005,
    random_state: int,
) -> Mixtures:
    """Measure the spectra of random mixtures of the three dyes.

    Parameters
    ----------
    n_samples : int
        Number of mixtures; each concentration is uniform from 0 to 3e-5 mol/L.
    n_wavelengths : int, default 120
        Number of wavelengths, evenly from 400 to 700 nm.
    noise : float, default 0.005
        Standard deviation of the normal noise of the absorbance, the same at all wavelengths.
    random_state : int
        Seed of the concentrations and the noise.

    Returns
    -------
    Mixtures

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> mixtures = simulate_mixtures(5, random_state=0)
    >>> mixtures.absorbance.shape, mixtures.concentrations.shape
    ((5, 120), (5, 3))
    """
    samples = require_count("n_samples", n_samples)
    wavelengths = np.linspace(_FIRST, _LAST, require_count("n_wavelengths", n_wavelengths, least=2))
    spread = require_number("noise", noise, "units of absorbance")
    generator = np.random.default_rng(random_state)
    bands = absorption_bands(wavelengths)
    concentrations = generator.uniform(0.0, _MAX_CONCENTRATION, (samples, len(bands)))
    absorbance = _PATH_LENGTH * concentrations @ bands
    absorbance += generator.normal(0.0, spread, absorbance.shape)
    return Mixtures(wavelengths, concentrations, absorbance, bands)
