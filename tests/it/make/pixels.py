#!/usr/bin/env python3
"""Makes one small page in many codings: all of them show the same words, so whatever draws them must draw the same.

Nothing of it comes from a real person. The outputs are committed; this is only needed to change them, and needs
pillow with libtiff: `python3 -m venv V && V/bin/pip install pillow && V/bin/python tests/it/make/pixels.py`.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parents[3] / "samples" / "pixels"
SIZE = (240, 160)


def page(second=False):
    """Dark words on white, the upper left corner marked, so that a turn shows."""
    image = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=26)
    lines = ["Second page", "of the fax"] if second else ["Ferritin 402", "CRP 18 mg/L"]
    for number, line in enumerate(lines):
        draw.text((24, 50 + 40 * number), line, fill=0, font=font)
    draw.rectangle((8, 8, 40, 24), fill=0)
    return image


def two_valued(image):
    return image.point(lambda shade: 255 if shade >= 128 else 0).convert("1", dither=Image.Dither.NONE)


def main():
    grey = page()
    two = two_valued(grey)
    colour = Image.merge("RGB", (grey, grey, grey))
    grey.save(HERE / "page.png")
    two.save(HERE / "page-two-valued.png")

    def tiff(name, image, **how):
        image.save(HERE / name, "TIFF", **how)

    tiff("group4.tif", two, compression="group4", dpi=(204, 196))
    tiff("group3.tif", two, compression="group3", dpi=(204, 196))
    tiff("run-lengths.tif", two, compression="tiff_ccitt", dpi=(204, 196))
    # As standard fax machines write: half the rows.
    low = two.resize((SIZE[0], SIZE[1] // 2), Image.Resampling.NEAREST)
    tiff("standard-fax.tif", low, compression="group3", dpi=(204, 98))
    tiff("two-pages.tif", two, compression="group4", dpi=(204, 196), save_all=True,
         append_images=[two_valued(page(second=True))])
    tiff("plain-bits.tif", two)
    tiff("lzw.tif", grey, compression="tiff_lzw")
    tiff("deflate.tif", grey, compression="tiff_adobe_deflate")
    tiff("jpeg.tif", colour, compression="jpeg", quality=95)
    tiff("cmyk.tif", colour.convert("CMYK"), compression="tiff_lzw")
    tiff("sixteen-bits.tif", grey.convert("I").point(lambda shade: shade * 257).convert("I;16"))
    tiff("white-is-zero.tif", two, tiffinfo={262: 0}, compression="group4")
    # Lies on its left side; the tag says so.
    turned = grey.transpose(Image.Transpose.ROTATE_90)
    tiff("orientation-6.tif", turned, tiffinfo={274: 6})
    exif = Image.Exif()
    exif[274] = 6
    turned.save(HERE / "orientation-6.jpg", quality=95, exif=exif, dpi=(150, 150))
    colour.convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
    # Black ink on nothing: what shines through is paper.
    clear = Image.merge("LA", (Image.new("L", SIZE, 0), grey.point(lambda shade: 255 - shade)))
    clear.save(HERE / "transparent.png", dpi=(150, 150))
    grey.convert("I").point(lambda shade: shade * 257).convert("I;16").save(HERE / "sixteen-bits.png")
    colour.save(HERE / "page.webp", lossless=True)
    colour.save(HERE / "page.bmp")
    grey.save(HERE / "page.gif")


if __name__ == "__main__":
    main()
