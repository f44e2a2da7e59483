#!/usr/bin/env python3
"""Makes the family's upload of `make demo`: one child's papers, as families send them, with what is wrong with them.

Nothing of it comes from a real person. The outputs are committed; this is only needed to change them, and needs
reportlab, pillow and pydicom: `python3 -m venv V && V/bin/pip install reportlab pillow pydicom && V/bin/python make.py`.
The same run gives the same bytes but for the locked letter, whose encryption is salted.
"""

import hashlib
import io
import random
import shutil
import struct
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen import canvas

HERE = Path(__file__).resolve().parent
UPLOAD = HERE / "upload"
CHILD = "Marlo FERNWICK"
BORN = "2017-04-09"
NUMBER = "FW-204417"
HEAD = ["Larkhill General Hospital", "Department of Paediatric Cardiology", "14 Mill Rise, Larkhill"]

DISCHARGE = [
    """Patient: Marlo FERNWICK     Date of birth: 04/09/2017     MRN: FW-204417
Admitted: 03/02/2026     Discharged: 03/05/2026

Dear colleague,

Thank you for looking after Marlo, who was admitted with a racing heart and two episodes of
feeling faint at school. The recordings on the ward showed a supraventricular arrhythmia of
about 210 beats per minute that stopped by itself within minutes. Between the episodes the
tracing was normal, and no delta wave was seen.

Examination: a well child of 27 kg, heart sounds normal, no murmur, pulses equal on both
sides, liver not enlarged, oxygen saturation 99 percent in room air.

Tests: blood count, electrolytes, magnesium and thyroid values were within the normal range
for her age. The echocardiogram showed a heart of normal size and good function. A magnetic
resonance scan of the heart was made on the day before discharge, and the disc is enclosed.""",
    """Patient: Marlo FERNWICK     Date of birth: 04/09/2017     MRN: FW-204417

Treatment: propranolol was begun at a low dose and has been tolerated well. The parents were
taught how to help Marlo hold her breath and bear down when an episode begins, and when to
call for help.

Plan: a recording over seven days in four weeks, then a visit to our clinic. We discussed
an electrophysiological study with the family, who would like a second opinion first.

Question to the specialists: would you wait with ablation until Marlo is older, given that the
episodes are rare and well tolerated?

With kind regards,

Dr. Ines Calloway
Consultant in Paediatric Cardiology""",
]

SPANISH = """Paciente: Marlo FERNWICK     Fecha de nacimiento: 09/04/2017     Historia: FW-204417

Estimada familia:

Les escribimos después de la consulta de su hija en nuestra unidad de cardiología infantil.
Durante la visita la niña se encontraba bien, sin fiebre y con buen apetito. La familia refiere
que en el último mes ha tenido tres episodios de palpitaciones, siempre en reposo, que cedieron
sin tratamiento en menos de diez minutos.

La exploración fue normal y el electrocardiograma no mostró alteraciones. Recomendamos seguir
con la medicación a la misma dosis, evitar las bebidas con cafeína y volver a la consulta dentro
de tres meses, o antes si los episodios son más frecuentes o más largos.

Con un cordial saludo,

Dra. Pilar Montenegro
Unidad de Cardiología Infantil, Hospital de la Ribera"""

BLOOD = """Patient: Marlo FERNWICK     Date of birth: 04/09/2017     MRN: FW-204417

Sodium 139 mmol/L     Potassium 4.2 mmol/L     Magnesium 0.86 mmol/L
Haemoglobin 12.9 g/dL     White cells 7.4     Platelets 288
All values lie within the range for the age of the child."""

NOTE = """Questions for the doctors

Marlo Fernwick, born April 9, 2017

1. Does she need the ablation now, or
   can we wait until she is older?
2. May she swim with her class?
3. What should her school know?

Thank you for reading all of this!
(her parents)"""


def letter(name, pages, heading, password=None):
    """A letter as a word processor prints it."""
    lock = StandardEncryption(password, ownerPassword="owner-" + password, strength=128) if password else None
    page = canvas.Canvas(str(UPLOAD / name), pagesize=LETTER, invariant=1, encrypt=lock)
    page.setTitle(Path(name).stem)
    for number, body in enumerate(pages, start=1):
        text = page.beginText(inch, LETTER[1] - inch)
        text.setFont("Helvetica-Bold", 12)
        text.textLines(heading)
        text.setFont("Helvetica", 10.5)
        text.setLeading(15)
        text.textLine("")
        text.textLines(body.splitlines())
        page.drawText(text)
        page.drawRightString(LETTER[0] - inch, 0.7 * inch, f"Page {number} of {len(pages)}")
        page.showPage()
    page.save()


def photo(name, chance):
    """A sheet of paper on a table, taken with a telephone: turned, uneven in light, a little noisy."""
    sheet = Image.new("RGB", (900, 1160), (250, 248, 240))
    ImageDraw.Draw(sheet).multiline_text((90, 110), NOTE, (28, 32, 70), ImageFont.load_default(40), spacing=22)
    table = Image.new("RGB", (1200, 1500), (112, 84, 60))
    turned = sheet.rotate(3.1, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=(112, 84, 60))
    table.paste(turned, (120, 150))
    shade = Image.linear_gradient("L").resize(table.size).point(lambda value: 255 - value // 4)
    table = Image.composite(table, ImageEnhance.Brightness(table).enhance(0.55), shade)
    grain = Image.frombytes("L", (300, 375), chance.randbytes(300 * 375)).resize(table.size)
    table = Image.blend(table, Image.merge("RGB", [grain] * 3), 0.05).filter(ImageFilter.GaussianBlur(0.6))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Example", "Telephone", 6
    exif[0x0132] = "2026:03:09 19:41:07"
    # Held on its side: stored turned, with the orientation that says so.
    table.transpose(Image.Transpose.ROTATE_90).save(UPLOAD / name, quality=62, exif=exif)


def slice_of(number, chance):
    """One slice of a small heart scan: a bright ring that grows, on noise."""
    data = Dataset()
    data.SpecificCharacterSet = "ISO_IR 192"
    data.SOPClassUID, data.SOPInstanceUID = MRImageStorage, uid("slice", number)
    data.StudyInstanceUID, data.SeriesInstanceUID = uid("study"), uid("series")
    data.FrameOfReferenceUID = uid("frame")
    data.PatientName, data.PatientID, data.IssuerOfPatientID = "FERNWICK^Marlo", NUMBER, "Larkhill General"
    data.PatientBirthDate, data.PatientSex = BORN.replace("-", ""), "F"
    data.StudyDate = data.SeriesDate = "20260304"
    data.StudyTime, data.AccessionNumber, data.StudyID = "101500", "LG-88213", "1"
    data.StudyDescription, data.SeriesDescription, data.Modality = "MR heart", "Short axis", "MR"
    data.SeriesNumber, data.InstanceNumber = 4, number
    data.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    data.ImageOrientationPatient, data.PixelSpacing = [1, 0, 0, 0, 1, 0], [4.0, 4.0]
    data.ImagePositionPatient, data.SliceThickness = [-128, -128, -40 + 8.0 * number], 8.0
    side, radius = 64, 10 + number
    pixels = bytearray()
    for y in range(side):
        for x in range(side):
            away = ((x - side / 2) ** 2 + (y - side / 2) ** 2) ** 0.5
            value = (700 if abs(away - radius) < 4 else 120) + chance.randrange(60)
            pixels += struct.pack("<H", value)
    data.Rows = data.Columns = side
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.PixelData = bytes(pixels)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, MRImageStorage
    meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta = meta
    return data


def uid(*of):
    return generate_uid(entropy_srcs=["casegate sample", *map(str, of)])


def disc(name, chance, scratch):
    """A hospital's disc, zipped by the family, with the viewer that came on it. One image of six was lost on the way."""
    images = FileSet()
    images.UID, images.ID = uid("file-set"), "LARKHILL"
    for number in range(1, 7):
        images.add(slice_of(number, chance))
    images.write(scratch)
    lost = sorted(path for path in scratch.rglob("*") if path.is_file() and path.name != "DICOMDIR")[3]
    lost.unlink()
    viewer = {
        "AUTORUN.INF": b"[autorun]\r\nopen=VIEWER\\VIEWER.EXE\r\nicon=VIEWER\\VIEWER.EXE,0\r\n",
        # Headers of a program that does nothing: enough to be known for one.
        "VIEWER/VIEWER.EXE": b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", 0x14C) + bytes(402),
        "VIEWER/README.TXT": b"Start VIEWER.EXE to look at the pictures on this disc.\r\n",
    }
    members = {str(path.relative_to(scratch)): path.read_bytes() for path in scratch.rglob("*") if path.is_file()}
    with zipfile.ZipFile(UPLOAD / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in sorted((members | viewer).items()):
            entry = zipfile.ZipInfo(member, (2026, 3, 5, 9, 30, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)


def slides():
    """A manifest of two slides, of which one is there."""
    slide = (HERE.parent / "slide" / "pyramid.svs").read_bytes()
    (UPLOAD / "slides/FW-26-1102-A1.svs").write_bytes(slide)
    rows = [
        "slide_id,accession,block,stain,file,size_bytes,md5",
        f"FW-26-1102-A1,FW-26-1102,A,H&E,FW-26-1102-A1.svs,{len(slide)},{hashlib.md5(slide).hexdigest()}",
        "FW-26-1102-A2,FW-26-1102,A,Masson trichrome,FW-26-1102-A2.svs,48211034,5b1f0d77c0c52d0c2f1f0c9a4be7a1d2",
    ]
    (UPLOAD / "slides/slides.csv").write_text("\r\n".join(rows) + "\r\n")


def leavings():
    """What computers add by themselves."""
    (UPLOAD / "photos/.DS_Store").write_bytes(b"\0\0\0\1Bud1" + struct.pack(">II", 4096, 2048) + bytes(1012))
    (UPLOAD / "photos/Thumbs.db").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1528))
    (UPLOAD / "letters/echo report.pdf").write_bytes(b"")
    original = UPLOAD / "letters/discharge letter.pdf"
    shutil.copyfile(original, UPLOAD / "letters/discharge letter (1).pdf")


def main():
    import tempfile

    shutil.rmtree(UPLOAD, ignore_errors=True)
    for folder in ("letters", "photos", "slides"):
        (UPLOAD / folder).mkdir(parents=True)
    chance = random.Random(20260309)
    letter("letters/discharge letter.pdf", DISCHARGE, HEAD)
    letter("letters/carta de cardiología.pdf", [SPANISH], ["Hospital de la Ribera", "Unidad de Cardiología Infantil"])
    letter("letters/blood results (locked).pdf", [BLOOD], HEAD, password="fernwick2017")
    photo("photos/IMG_2041.jpg", chance)
    with tempfile.TemporaryDirectory() as scratch:
        disc("heart MRI disc.zip", chance, Path(scratch) / "disc")
    slides()
    leavings()


if __name__ == "__main__":
    main()
