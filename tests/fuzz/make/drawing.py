#!/usr/bin/env python3
"""Makes the small pages that fuzzing of the drawing path begins with: one page of 72 by 42 pixels in every coding.

Nothing of it comes from a real person. The outputs are committed; this is only needed to change them, and needs
pillow with libtiff and OpenJPEG: `python3 -m venv V && V/bin/pip install pillow && V/bin/python tests/fuzz/make/drawing.py`.
Standards: ISO 32000-1, 7.4 and 8.9 (PDF), T.88, 7.2 to 7.4 (JBIG2), PS3.5, 7 and A (DICOM).
"""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parents[1] / "corpus"
SIZE = (72, 42)
WIDTH, HEIGHT = SIZE


def page():
    """Dark words on white."""
    image = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=14)
    draw.text((5, 3), "CRP 18", fill=0, font=font)
    draw.text((5, 21), "No fever", fill=0, font=font)
    return image


GREY = page()
TWO = GREY.point(lambda shade: 255 if shade >= 128 else 0).convert("1", dither=Image.Dither.NONE)
COLOUR = Image.merge("RGB", (GREY, GREY, GREY))


def saved(image, kind, **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def put(target, name, content):
    folder = HERE / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def strip_of(coded):
    """The only strip of a TIFF that pillow wrote."""
    image = Image.open(io.BytesIO(coded))
    (offset,), (length,) = image.tag_v2[273], image.tag_v2[279]
    return coded[offset:offset + length]


def fax(mode):
    return strip_of(saved(TWO, "TIFF", compression=mode, tiffinfo={278: SIZE[1]}))


# PDF

def pdf(objects):
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    table = ["0000000000 65535 f \n"]
    for number, content in enumerate(objects, 1):
        table.append(f"{len(out):010} 00000 n \n")
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(table)}\n{''.join(table)}trailer\n<< /Size {len(table)} /Root 1 0 R >>\n".encode()
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def stream(keys, content):
    return f"<< {keys} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def sheet(resources, content, more=(), box="0 0 24 14"):
    return pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << {resources} >> >>".encode(),
        stream("", content),
        *more,
    ])


def picture(keys, content, more=()):
    """A page that is one picture."""
    head = f"/Type /XObject /Subtype /Image /Width {SIZE[0]} /Height {SIZE[1]} {keys}"
    return sheet("/XObject << /Im 5 0 R >>", b"q 24 0 0 14 0 0 cm /Im Do Q", [stream(head, content), *more])


GREY_KEYS = "/ColorSpace /DeviceGray /BitsPerComponent 8"
BIT_KEYS = "/ColorSpace /DeviceGray /BitsPerComponent 1"


def segment(number, kind, content, pages=1):
    return struct.pack(">IBBBI", number, kind, 0, pages, len(content)) + content


def jbig2(generic):
    info = segment(0, 48, struct.pack(">IIIIBH", *SIZE, 0, 0, 0, 0))
    region = struct.pack(">IIIIB", *SIZE, 0, 0, 0)
    return info + segment(1, 38, region + generic)


def pictures_in_pdf():
    raw = GREY.tobytes()
    fax_keys = f"{BIT_KEYS} /Filter /CCITTFaxDecode /DecodeParms << /K %d /Columns {SIZE[0]} /Rows {SIZE[1]} >>"
    put("draw_pdf", "flate.pdf", picture(f"{GREY_KEYS} /Filter /FlateDecode", zlib.compress(raw)))
    above = bytes(WIDTH) + raw
    rows = b"".join(b"\x02" + bytes((raw[at + x] - above[at + x]) & 255 for x in range(WIDTH))
                    for at in range(0, len(raw), WIDTH))
    put("draw_pdf", "predictor.pdf", picture(
        f"{GREY_KEYS} /Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns {WIDTH} >>", zlib.compress(rows)))
    put("draw_pdf", "jpeg.pdf", picture(f"{GREY_KEYS} /Filter /DCTDecode", saved(GREY, "JPEG", quality=60)))
    put("draw_pdf", "jpeg2000.pdf", picture("/Filter /JPXDecode", saved(GREY, "JPEG2000", quality_layers=[20])))
    put("draw_pdf", "jpeg2000-colour.pdf", picture(
        "/Filter /JPXDecode", saved(COLOUR, "JPEG2000", quality_layers=[30], irreversible=True, tile_size=(48, 32))))
    put("draw_pdf", "group4.pdf", picture(fax_keys % -1, fax("group4")))
    put("draw_pdf", "group3.pdf", picture(fax_keys % 0, fax("group3")))
    put("draw_pdf", "jbig2-mmr.pdf", picture(f"{BIT_KEYS} /Filter /JBIG2Decode", jbig2(b"\x01" + fax("group4"))))
    # Any bytes are arithmetic code for some noise; the adaptive pixels of template 0 stand where they usually do.
    noise = bytes((7 * i * i + 13 * i) & 255 for i in range(120))
    adaptive = struct.pack("8b", 3, -1, -3, -1, 2, -2, -2, -2)
    put("draw_pdf", "jbig2-arithmetic.pdf", picture(f"{BIT_KEYS} /Filter /JBIG2Decode", jbig2(b"\x00" + adaptive + noise)))
    symbols = segment(2, 0, struct.pack(">H", 0) + adaptive + struct.pack(">II", 3, 3) + noise)
    text = segment(3, 6, struct.pack(">IIIIBHI", *SIZE, 0, 0, 0, 0, 3) + noise)
    put("draw_pdf", "jbig2-symbols.pdf", picture(
        f"{BIT_KEYS} /Filter /JBIG2Decode /DecodeParms << /JBIG2Globals 6 0 R >>", jbig2(b"\x01" + fax("group4")) + text,
        [stream("", symbols)]))
    palette = " ".join("%02x%02x%02x" % ((shade,) * 3) for shade in (0, 90, 200, 255))
    quarters = bytes((a >> 6) << 6 | (b >> 6) << 4 | (c >> 6) << 2 | d >> 6
                     for a, b, c, d in zip(raw[::4], raw[1::4], raw[2::4], raw[3::4]))
    put("draw_pdf", "palette.pdf", picture(
        f"/ColorSpace [/Indexed /DeviceRGB 3 <{palette}>] /BitsPerComponent 2 /Filter [/ASCIIHexDecode /FlateDecode]",
        zlib.compress(quarters).hex().encode() + b">"))
    put("draw_pdf", "masked.pdf", picture(
        f"/ColorSpace /DeviceCMYK /BitsPerComponent 8 /SMask 6 0 R /Decode [1 0 1 0 1 0 1 0] /Filter /FlateDecode",
        zlib.compress(COLOUR.convert("CMYK").tobytes()),
        [stream(f"/Type /XObject /Subtype /Image /Width {WIDTH} /Height {HEIGHT} {GREY_KEYS} /Filter /RunLengthDecode",
                bytes([129, 255]) * 24 + b"\x80")]))


def drawings_in_pdf():
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    words = b"BT /F1 5 Tf 1 7 Td (CRP 18 mg) Tj ET 0.5 w 1 1 m 22 2 l S 1 0 0 rg 3 3 5 4 re f*"
    put("draw_pdf", "words.pdf", sheet("/Font << /F1 5 0 R >>", words, [font]))
    inline = b"q 24 0 0 14 0 0 cm BI /W 8 /H 2 /BPC 1 /CS /G /D [1 0] ID \xAA\x55 EI Q"
    put("draw_pdf", "inline.pdf", sheet("", inline))
    form = stream("/Type /XObject /Subtype /Form /BBox [0 0 20 12] /Matrix [1 .2 0 1 2 2] "
                  "/Group << /S /Transparency /I true /K false >> /Resources << /XObject << /Self 5 0 R >> >>",
                  b"0.5 g 0 0 10 6 re f /Self Do")
    put("draw_pdf", "form.pdf", sheet("/XObject << /Fm 5 0 R >> /ExtGState << /G << /ca .5 /BM /Multiply >> >>",
                                      b"/G gs /Fm Do", [form]))
    shading = b"<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 24 14] /Extend [true true] /Function 6 0 R >>"
    function = b"<< /FunctionType 2 /Domain [0 1] /C0 [1 1 1] /C1 [0 0 .2] /N 1.5 >>"
    put("draw_pdf", "shading.pdf", sheet("/Shading << /Sh 5 0 R >>", b"/Sh sh", [shading, function]))
    mesh = stream("/ShadingType 4 /ColorSpace /DeviceGray /BitsPerCoordinate 8 /BitsPerComponent 8 /BitsPerFlag 8 "
                  "/Decode [0 24 0 14 0 1]", bytes([0, 0, 0, 0, 0, 255, 0, 128, 0, 128, 255, 255, 1, 9, 250, 60]))
    put("draw_pdf", "mesh.pdf", sheet("/Shading << /Sh 5 0 R >>", b"/Sh sh", [mesh]))
    tiling = stream("/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 4 4] /XStep 4 /YStep 5 /Resources << >>",
                    b"0 0 2 2 re f")
    put("draw_pdf", "pattern.pdf", sheet("/Pattern << /P 5 0 R >>", b"/Pattern cs /P scn 0 0 24 14 re f", [tiling]))
    glyphs = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [.1 0 0 .1 0 0] /FirstChar 65 /LastChar 65 " \
             b"/Widths [9] /Encoding << /Differences [65 /a] >> /CharProcs << /a 6 0 R >> /Resources << >> >>"
    glyph = stream("", b"9 0 0 0 9 9 d1 1 1 7 7 re f")
    put("draw_pdf", "type3.pdf", sheet("/Font << /F1 5 0 R >>", b"BT /F1 9 Tf 2 5 Td (AAA) Tj ET", [glyphs, glyph]))


# DICOM

def element(group, number, representation, value):
    value += b"\0" * (len(value) % 2) if representation in ("UI", "OB") else b" " * (len(value) % 2)
    head = struct.pack("<HH2s", group, number, representation.encode())
    if representation in ("OB", "OW", "SQ", "UN"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def capture(syntax, pixels, photometric="MONOCHROME2", samples=1, bits=8, more=b""):
    """A secondary capture image (PS3.3, A.8)."""
    short = lambda group, number, value: element(group, number, "US", struct.pack("<H", value))
    sop = b"1.2.840.10008.5.1.4.1.1.7"
    meta = (element(2, 1, "OB", b"\0\1") + element(2, 2, "UI", sop) + element(2, 3, "UI", b"2.25.7")
            + element(2, 0x10, "UI", syntax.encode()))
    data = (element(8, 0x16, "UI", sop) + element(8, 0x18, "UI", b"2.25.7") + element(8, 0x60, "CS", b"OT")
            + element(0x10, 0x10, "PN", b"Sample^Ana") + short(0x28, 2, samples)
            + element(0x28, 4, "CS", photometric.encode()) + (short(0x28, 6, 0) if samples > 1 else b"")
            + short(0x28, 0x10, SIZE[1]) + short(0x28, 0x11, SIZE[0]) + short(0x28, 0x100, bits)
            + short(0x28, 0x101, bits) + short(0x28, 0x102, bits - 1) + short(0x28, 0x103, 0) + more + pixels)
    group = element(2, 0, "UL", struct.pack("<I", len(meta)))
    return bytes(128) + b"DICM" + group + meta + data


def fragments(*pieces):
    out = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    for piece in pieces:
        piece += b"\0" * (len(piece) % 2)
        out += struct.pack("<HHI", 0xFFFE, 0xE000, len(piece)) + piece
    return out + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def run_lengths(raw):
    """PS3.5, G.3: literal runs only."""
    out = b"".join(bytes([len(raw[at:at + 128]) - 1]) + raw[at:at + 128] for at in range(0, len(raw), 128))
    return struct.pack("<16I", 1, 64, *[0] * 14) + out


def captures():
    plain = "1.2.840.10008.1.2.1"
    raw = GREY.tobytes()
    put("draw_dicom", "plain.dcm", capture(plain, element(0x7FE0, 0x10, "OW", raw)))
    window = element(0x28, 0x1050, "DS", b"120") + element(0x28, 0x1051, "DS", b"90") \
        + element(0x28, 0x1052, "DS", b"-5") + element(0x28, 0x1053, "DS", b"1.5")
    put("draw_dicom", "inverted.dcm", capture(plain, element(0x7FE0, 0x10, "OW", raw), "MONOCHROME1", more=window))
    put("draw_dicom", "colour.dcm", capture(plain, element(0x7FE0, 0x10, "OW", COLOUR.tobytes()), "RGB", samples=3))
    put("draw_dicom", "run-lengths.dcm", capture("1.2.840.10008.1.2.5", fragments(run_lengths(raw))))
    put("draw_dicom", "jpeg.dcm", capture("1.2.840.10008.1.2.4.50", fragments(saved(GREY, "JPEG", quality=60))))
    codestream = saved(GREY, "JPEG2000", no_jp2=True)
    put("draw_dicom", "jpeg2000.dcm", capture("1.2.840.10008.1.2.4.90", fragments(codestream)))
    table = b"".join(element(0x28, 0x1101 + n, "US", struct.pack("<3H", 4, 0, 16)) for n in range(3)) \
        + b"".join(element(0x28, 0x1201 + n, "OW", struct.pack("<4H", 0, 20000, 40000, 65535)) for n in range(3))
    indices = bytes(shade >> 6 for shade in raw)
    put("draw_dicom", "palette.dcm", capture(plain, element(0x7FE0, 0x10, "OW", indices), "PALETTE COLOR", more=table))


# Pictures

def pictures():
    put("draw_picture", "grey.png", saved(GREY, "PNG", dpi=(150, 150)))
    put("draw_picture", "two.png", saved(TWO, "PNG"))
    put("draw_picture", "palette.png", saved(GREY.quantize(4), "PNG", bits=2))
    put("draw_picture", "alpha.png", saved(Image.merge("LA", (GREY, GREY)), "PNG"))
    exif = Image.Exif()
    exif[274] = 6
    put("draw_picture", "turned.jpg", saved(GREY, "JPEG", quality=50, exif=exif, dpi=(150, 150)))
    put("draw_picture", "progressive.jpg", saved(COLOUR, "JPEG", quality=50, progressive=True))
    put("draw_picture", "inks.jpg", saved(COLOUR.convert("CMYK"), "JPEG", quality=40))
    put("draw_picture", "page.gif", saved(GREY.quantize(8), "GIF"))
    put("draw_picture", "bits.bmp", saved(TWO, "BMP"))
    put("draw_picture", "palette.bmp", saved(GREY.resize((48, 28)).quantize(16), "BMP"))
    put("draw_picture", "lossless.webp", saved(COLOUR, "WEBP", lossless=True))
    put("draw_picture", "lossy.webp", saved(COLOUR, "WEBP", quality=40))


def tiffs():
    def tiff(name, image, **how):
        put("draw_tiff", name, saved(image, "TIFF", **how))

    tiff("group4.tif", TWO, compression="group4", dpi=(204, 196))
    tiff("group3.tif", TWO, compression="group3", dpi=(204, 98))
    tiff("run-lengths.tif", TWO, compression="tiff_ccitt")
    tiff("two-pages.tif", TWO, compression="group4", save_all=True, append_images=[TWO.rotate(180)])
    tiff("lzw.tif", GREY, compression="tiff_lzw", tiffinfo={317: 2})
    tiff("deflate.tif", COLOUR, compression="tiff_adobe_deflate")
    tiff("jpeg.tif", COLOUR, compression="jpeg", quality=40)
    tiff("packbits-palette.tif", GREY.quantize(16), compression="packbits")
    tiff("turned.tif", GREY.resize((48, 28)), tiffinfo={274: 6})
    tiff("inks.tif", COLOUR.convert("CMYK"), compression="tiff_lzw")


def main():
    pictures_in_pdf()
    drawings_in_pdf()
    captures()
    pictures()
    tiffs()


if __name__ == "__main__":
    main()
