#!/usr/bin/env python3
"""Makes a HEIC of tiles, as phones write them: each tile coded by itself, a grid that puts them together, and a last
column and row of which only a part is shown (ISO/IEC 23008-12, 6.6.2.3).

Nothing of it comes from a real person. The output is committed; this is only needed to change it, and needs pillow-heif:
`python3 -m venv V && V/bin/pip install pillow-heif && V/bin/python tests/it/make/heic_grid.py`.
"""

import io
import struct
from pathlib import Path

import pillow_heif
from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parents[3] / "samples" / "image"
TILE = 64
COLUMNS, ROWS = 3, 2
SIZE = (150, 100)


def picture():
    """Each tile in a shade of its own, and a dark corner at the lower right, in what is left of the last tile."""
    whole = Image.new("L", (TILE * COLUMNS, TILE * ROWS), 255)
    draw = ImageDraw.Draw(whole)
    for row in range(ROWS):
        for column in range(COLUMNS):
            shade = 90 + 30 * (row * COLUMNS + column)
            draw.rectangle((column * TILE, row * TILE, column * TILE + TILE - 1, row * TILE + TILE - 1), fill=shade)
    draw.rectangle((SIZE[0] - 16, SIZE[1] - 16, whole.width, whole.height), fill=0)
    return whole.convert("RGB")


def boxes(data, start=0, end=None):
    """Name, and where the content begins and ends, of each box."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        length, name = struct.unpack(">I4s", data[start:start + 8])
        yield name, start + 8, start + length
        start += length


def find(data, path, start=0, end=None):
    name, rest = path[0], path[1:]
    for found, begin, stop in boxes(data, start, end):
        if found == name:
            inner = begin + (4 if name == b"meta" else 0)
            return find(data, rest, inner, stop) if rest else (begin, stop)
    raise KeyError(name)


def coded(tile):
    """The configuration of the decoder, and the coded pixels, of one tile."""
    out = io.BytesIO()
    pillow_heif.from_pillow(tile).save(out, quality=80)
    data = out.getvalue()
    begin, end = find(data, [b"meta", b"iprp", b"ipco", b"hvcC"])
    pixels_begin, pixels_end = find(data, [b"mdat"])
    return data[begin:end], data[pixels_begin:pixels_end]


def box(name, *parts):
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def full(name, version, flags, *parts):
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def meta(tiles, offsets):
    """Item 1 is the grid; items 2 and on are the tiles, row by row."""
    numbers = range(2, 2 + len(tiles))
    infos = [full(b"infe", 2, 0, struct.pack(">HH4s", 1, 0, b"grid"), b"\0")]
    infos += [full(b"infe", 2, 1, struct.pack(">HH4s", number, 0, b"hvc1"), b"\0") for number in numbers]
    grid = struct.pack(">BBBBHH", 0, 0, ROWS - 1, COLUMNS - 1, *SIZE)
    places = struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(grid))
    for number, (_, pixels), offset in zip(numbers, tiles, offsets):
        places += struct.pack(">HHHHII", number, 0, 0, 1, offset, len(pixels))
    properties = box(b"ipco", box(b"hvcC", tiles[0][0]), full(b"ispe", 0, 0, struct.pack(">II", TILE, TILE)),
                     full(b"ispe", 0, 0, struct.pack(">II", *SIZE)))
    of_items = struct.pack(">I", 1 + len(tiles)) + struct.pack(">HBB", 1, 1, 3)
    of_items += b"".join(struct.pack(">HBBB", number, 2, 0x80 | 1, 2) for number in numbers)
    return full(
        b"meta", 0, 0,
        full(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"pict"), b"\0"),
        full(b"pitm", 0, 0, struct.pack(">H", 1)),
        full(b"iinf", 0, 0, struct.pack(">H", len(infos)), *infos),
        full(b"iref", 0, 0, box(b"dimg", struct.pack(f">HH{len(tiles)}H", 1, len(tiles), *numbers))),
        box(b"iprp", properties, full(b"ipma", 0, 0, of_items)),
        box(b"idat", grid),
        full(b"iloc", 1, 0, struct.pack(">BBH", 0x44, 0, 1 + len(tiles)), places),
    )


def main():
    whole = picture()
    corners = [(column * TILE, row * TILE) for row in range(ROWS) for column in range(COLUMNS)]
    tiles = [coded(whole.crop((x, y, x + TILE, y + TILE))) for x, y in corners]
    assert all(configuration == tiles[0][0] for configuration, _ in tiles), "one configuration for all tiles"
    kind = box(b"ftyp", b"heic", b"\0\0\0\0", b"mif1", b"heic")
    start = len(kind) + len(meta(tiles, [0] * len(tiles))) + 8
    offsets = [start + sum(len(pixels) for _, pixels in tiles[:at]) for at in range(len(tiles))]
    file = kind + meta(tiles, offsets) + box(b"mdat", *(pixels for _, pixels in tiles))
    (HERE / "grid.heic").write_bytes(file)
    # What another decoder makes of it.
    seen = pillow_heif.open_heif(io.BytesIO(file)).to_pillow().convert("L")
    assert seen.size == SIZE and seen.getpixel((SIZE[0] - 8, SIZE[1] - 8)) < 20 and seen.getpixel((10, 10)) > 70
    print(len(file), "bytes;", [seen.getpixel((x + 8, y + 8)) for x, y in corners])


if __name__ == "__main__":
    main()
