#!/usr/bin/env python3
"""Makes one small slice in each compressed transfer syntax: all of them show the same disc on a slope of greys.

Nothing of it comes from a real person. The outputs are committed; this is only needed to change them:
`python3 -m venv V && V/bin/pip install pydicom numpy imagecodecs && V/bin/python tests/it/make/compressed.py`.
"""

from pathlib import Path

import imagecodecs
import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate

HERE = Path(__file__).resolve().parents[3] / "samples" / "compressed"
SIDE = 48
ROOT = "2.25.2740183659102734451"


def picture(bits):
    """A slope with a bright disc, some grain, and values up to `bits` bits."""
    y, x = numpy.mgrid[0:SIDE, 0:SIDE]
    grain = numpy.random.default_rng(7).integers(0, 5, (SIDE, SIDE))
    disc = ((x - 20) ** 2 + (y - 26) ** 2 < 150) * (1 << (bits - 2))
    values = (x + y) * (1 << (bits - 2)) // (2 * SIDE) + disc + grain
    return values.astype(numpy.uint8 if bits == 8 else numpy.uint16)


def run_lengths(image):
    """PS3.5 annex G: one segment a byte, the high bytes first, each row by itself as literal runs and repeats."""
    segments = []
    for plane in (image >> 8, image & 255) if image.itemsize == 2 else (image,):
        packed = b"".join(imagecodecs.packbits_encode(row.astype(numpy.uint8).tobytes()) for row in plane)
        segments.append(packed + b"\0" * (len(packed) % 2))
    head = [len(segments)]
    at = 64
    for segment in segments:
        head.append(at)
        at += len(segment)
    head += [0] * (16 - len(head))
    return numpy.array(head, "<u4").tobytes() + b"".join(segments)


def dicom(name, syntax, bits, codestream):
    image = Dataset()
    image.SpecificCharacterSet = "ISO_IR 192"
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    image.SOPInstanceUID = ROOT + ".70.101"
    image.StudyDate = "20260105"
    image.Modality = "CT"
    image.SeriesDescription = "Axial, packed"
    image.PatientName = "Sample^Ana Maria"
    image.PatientID = "SMP-0042"
    image.PatientBirthDate = "20190314"
    image.PatientSex = "F"
    image.SliceThickness = "5"
    image.StudyInstanceUID = ROOT + ".71"
    image.SeriesInstanceUID = ROOT + ".72"
    image.SeriesNumber = "7"
    image.InstanceNumber = "101"
    image.ImagePositionPatient = ["-40", "-40", "0101.0"]
    image.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    image.FrameOfReferenceUID = ROOT + ".73"
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows = image.Columns = SIDE
    image.PixelSpacing = ["5", "5"]
    image.BitsAllocated = 8 if bits == 8 else 16
    image.BitsStored, image.HighBit, image.PixelRepresentation = bits, bits - 1, 0
    image.PixelData = encapsulate([codestream], has_bot=True)
    image["PixelData"].VR = "OB"
    image["PixelData"].is_undefined_length = True
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = syntax
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.file_meta.ImplementationClassUID = ROOT
    image.save_as(HERE / name, implicit_vr=False, little_endian=True, enforce_file_format=True)


def main():
    eight, twelve = picture(8), picture(12)
    jpeg2000 = {"codecformat": "j2k"}
    dicom("rle.dcm", "1.2.840.10008.1.2.5", 12, run_lengths(twelve))
    dicom("jpeg-baseline.dcm", "1.2.840.10008.1.2.4.50", 8, imagecodecs.jpeg8_encode(eight, level=90))
    dicom("jpeg-lossless.dcm", "1.2.840.10008.1.2.4.70", 12, imagecodecs.ljpeg_encode(twelve, bitspersample=12))
    dicom("jpeg-ls.dcm", "1.2.840.10008.1.2.4.80", 12, imagecodecs.jpegls_encode(twelve))
    dicom("jpeg-2000.dcm", "1.2.840.10008.1.2.4.90", 12,
          imagecodecs.jpeg2k_encode(twelve, reversible=True, bitspersample=12, **jpeg2000))
    dicom("jpeg-2000-lossy.dcm", "1.2.840.10008.1.2.4.91", 12,
          imagecodecs.jpeg2k_encode(twelve, level=60, bitspersample=12, **jpeg2000))
    # pydicom knows no JPEG XL: written as another syntax whose UID is as long, and called by its own name then.
    jpeg_xl, as_long = "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.201"
    dicom("jpeg-xl.dcm", as_long, 8, imagecodecs.jpegxl_encode(eight, lossless=True))
    written = (HERE / "jpeg-xl.dcm").read_bytes()
    (HERE / "jpeg-xl.dcm").write_bytes(written.replace(as_long.encode(), jpeg_xl.encode()))


if __name__ == "__main__":
    main()
