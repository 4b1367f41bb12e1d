"""The two pictures of the lessons."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from edex.errors import InputError
from edex.membranes import draw_membrane, draw_polymers


def test_fewer_molecules_have_crossed_the_membrane_and_fewer_large_ones():
    ax = draw_membrane()
    places = [group.get_offsets()[:, 0] for group in ax.collections]
    before, behind = [
        [
            int(np.sum((x > low) & (x < low + 1)))
            for x in places
            if np.any((x > low) & (x < low + 1))
        ]
        for low in (-1, 1)
    ]
    assert before[0] == before[1]
    assert behind[0] > behind[1]
    assert sum(behind) < sum(before)
    texts = [text.get_text() for text in ax.texts]
    assert any("dissolve" in text for text in texts)
    assert any("diffuse" in text for text in texts)
    plt.close("all")


def test_each_polymer_gets_a_frame_with_its_name_and_something_in_it():
    fig = draw_polymers({"PE": "*CC*", "PS": "*CC(*)c1ccccc1", "PVC": "*CC(*)Cl"}, n_columns=2)
    assert [ax.get_title() for ax in fig.axes] == ["PE", "PS", "PVC", ""]
    inks = [float(np.mean(ax.images[0].get_array()[..., :3] < 0.5)) for ax in fig.axes[:3]]
    assert 0 < inks[0] < inks[1]
    assert not fig.axes[3].images
    plt.close("all")


@pytest.mark.parametrize(
    ("polymers", "words"), [({}, "no polymer to draw"), ({"ethane": "CC"}, "no attachment point")]
)
def test_what_cannot_be_drawn_is_refused(polymers, words):
    with pytest.raises(InputError, match=words):
        draw_polymers(polymers)
    plt.close("all")
