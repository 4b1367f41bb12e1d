"""The sputtering laboratory whose truth is known."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.examples import film_signal, simulate_films

N_FILMS = 4000


@pytest.fixture(scope="module")
def films():
    """Return many films with the noise and correlation of the lecture."""
    return simulate_films(N_FILMS, random_state=1)


def test_the_noise_has_the_size_that_was_asked_for(films):
    noise = films.log10_resistivity - films.signal
    assert noise.std() == pytest.approx(0.3, rel=5 / np.sqrt(2 * N_FILMS))
    assert noise.mean() == pytest.approx(0.0, abs=5 * 0.3 / np.sqrt(N_FILMS))


def test_a_polynomial_fit_finds_the_planted_effects(films):
    z = (films.settings - films.settings.mean()) / films.settings.std()
    terms = [z["temperature"], z["oxygen"], z["pressure"] * z["thickness"], z["chamber"]]
    design = np.column_stack([np.ones(N_FILMS), *terms])
    found, *_ = np.linalg.lstsq(design, films.signal, rcond=None)
    np.testing.assert_allclose(found, [2.0, -0.4, 0.3, 0.3, 0.1], atol=0.02)


@pytest.mark.parametrize("column", ["holder_temperature", "humidity", "run_number"])
def test_bystanders_change_nothing(films, column):
    turned = films.settings.assign(**{column: films.settings[column] + 100})
    np.testing.assert_array_equal(film_signal(turned), films.signal)


@pytest.mark.parametrize("column", ["temperature", "oxygen", "pressure", "thickness", "chamber"])
def test_causes_change_the_film(films, column):
    turned = films.settings.assign(**{column: films.settings[column].to_numpy()[::-1]})
    assert np.abs(film_signal(turned) - films.signal).max() > 0.1


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95, 1.0])
def test_the_second_thermometer_follows_as_closely_as_was_asked(correlation):
    settings = simulate_films(N_FILMS, correlation=correlation, random_state=2).settings
    found = np.corrcoef(settings["temperature"], settings["holder_temperature"])[0, 1]
    assert found == pytest.approx(correlation, abs=5 / np.sqrt(N_FILMS))


def test_other_settings_are_not_correlated(films):
    table = films.settings.drop(columns="holder_temperature").corr().to_numpy()
    assert np.abs(table - np.eye(7)).max() < 5 / np.sqrt(N_FILMS)


def test_each_run_has_its_own_number(films):
    assert sorted(films.settings["run_number"]) == list(range(1, N_FILMS + 1))


def test_the_same_seed_gives_the_same_films():
    one, two = (simulate_films(20, random_state=3) for _ in range(2))
    assert one.settings.equals(two.settings)
    np.testing.assert_array_equal(one.log10_resistivity, two.log10_resistivity)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_films": 0}, "n_films is 0"),
        ({"n_films": 5, "correlation": 1.5}, "correlation is 1.5"),
        ({"n_films": 5, "noise": -0.1}, "noise is -0.1"),
    ],
)
def test_impossible_laboratories_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        simulate_films(options.pop("n_films"), **options)


def test_missing_settings_are_named(films):
    with pytest.raises(InputError, match="lack pressure"):
        film_signal(films.settings.drop(columns="pressure"))
