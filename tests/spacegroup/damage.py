"""Damage the content of a file as editors, disks and people do."""

SNIPPETS = [b"\0", b"\xff\xfe", b"nan", b"-", b"1e999", b"#", b",", b";", b"\r", b"\n\n", b"D",
            b"0.1 0.2 0.3", b"qmax = ", b"#### start data", b"\xc3", b"_", b"'", b"=", b"1" * 400,
            b"\x85", b"[PDF]", b"-0.0", b"inf"]  # fmt: skip


def mutate(data, rng):
    """Damage a file in one to five places."""
    data = bytearray(data)
    for _ in range(rng.integers(1, 6)):
        place = int(rng.integers(0, len(data) + 1))
        kind = rng.integers(0, 6)
        if kind == 0:
            data[place:place] = SNIPPETS[rng.integers(len(SNIPPETS))]
        elif kind == 1:
            del data[place : place + int(rng.integers(1, 40))]
        elif kind == 2:
            data = data[:place]
        elif kind == 3 and place < len(data):
            data[place] = int(rng.integers(0, 256))
        elif kind == 4:
            data[place:place] = data[: int(rng.integers(0, 300))]
        else:
            data += data[place : place + 200]
    return bytes(data)
