// Uploads every file below a folder with tus-js-client: node upload.mjs ENDPOINT FOLDER
import fs from "node:fs";
import path from "node:path";
import { Upload } from "tus-js-client";

const [endpoint, folder] = process.argv.slice(2);
const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
  .sort();

for (const file of files) {
  const relativePath = path.relative(folder, file);
  await new Promise((resolve, reject) => {
    const upload = new Upload(fs.createReadStream(file), {
      endpoint,
      uploadSize: fs.statSync(file).size,
      chunkSize: 64 * 1024,
      metadata: { filename: path.basename(file), relativePath },
      onSuccess: resolve,
      onError: reject,
    });
    upload.start();
  });
}
