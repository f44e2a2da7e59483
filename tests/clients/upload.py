"""Uploads every file below a folder with tuspy: python upload.py ENDPOINT FOLDER"""

import pathlib
import sys

from tusclient import client

endpoint, folder = sys.argv[1], pathlib.Path(sys.argv[2])
uploads = client.TusClient(endpoint)
for path in sorted(path for path in folder.rglob("*") if path.is_file()):
    with path.open("rb") as stream:
        metadata = {"filename": path.name, "relativePath": str(path.relative_to(folder))}
        uploads.uploader(file_stream=stream, chunk_size=64 * 1024, metadata=metadata, upload_checksum=True).upload()
