#!/usr/bin/env python3
"""Pages read per CPU second, and words found, beside tesseract run plainly on the same pages.

    benches/reading.py CASEGATE SCAN.pdf=ORIGINAL.pdf...

Each SCAN is a document of pictures, each ORIGINAL the same pages with their digital text. Plainly: `pdftoppm -r 300 -gray`,
then `tesseract -l eng`, one thread, CPU of tesseract alone counted. Casegate: `ingest --until read` into a new site, less
the CPU of `ingest --until filed` with reading turned off, so that what is counted is drawing, preparing, reading, telling
languages and filing again; children count. Words: of each original's distinct words of four letters and more, the share
that stands in tesseract's text, and the share that Casegate's search finds in that scan.
"""
import json, os, re, resource, subprocess, sys, tempfile, unicodedata

PATIENT = 'given = "A"\nfamily = "B"\nbirth_date = "2019-03-14"\n'

def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

def run(*command, **options):
    before = cpu()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode not in (0, 1):
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout, cpu() - before

def words(text):
    return {word.lower() for word in re.findall(r"[^\W\d_]{4,}", unicodedata.normalize("NFC", text))}

def plainly(scans, folder):
    pages, seconds, texts = 0, 0.0, []
    for scan in scans:
        run("pdftoppm", "-r", "300", "-gray", scan, os.path.join(folder, "page"))
        text = ""
        for name in sorted(os.listdir(folder)):
            picture = os.path.join(folder, name)
            said, used = run("tesseract", picture, "-", "-l", "eng", env={**os.environ, "OMP_THREAD_LIMIT": "1"})
            text, seconds, pages = text + said, seconds + used, pages + 1
            os.remove(picture)
        texts.append(words(text))
    return pages, seconds, texts

class Site:
    def __init__(self, program, folder, configuration):
        self.folder, self.program = folder, program
        for name, text in ("site.toml", configuration), ("patient.toml", PATIENT):
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        self.do("init", "--no-recovery")
        said, _ = self.do("case", "open", "--json", "--programme", "cincinnati", "--patient", os.path.join(folder, "patient.toml"))
        self.case = json.loads(said)["case"]

    def do(self, *arguments):
        data, config = os.path.join(self.folder, "data"), os.path.join(self.folder, "site.toml")
        return run(self.program, "--data", data, "--config", config, *arguments)

    def take(self, scans, until):
        _, used = self.do("ingest", "--case", self.case, "--json", "--until", until, *scans)
        return used

    def found(self, scan, word):
        said, _ = self.do("search", "--case", self.case, "--reason", "bench", "--json", "--limit", "1000", f'"{word}"')
        return any(json.loads(line)["path"] == os.path.basename(scan) for line in said.splitlines())

def main():
    program = os.path.abspath(sys.argv[1])
    pairs = [pair.split("=", 1) for pair in sys.argv[2:]]
    scans = [os.path.abspath(scan) for scan, _ in pairs]
    truths = [words(run("pdftotext", original, "-")[0]) for _, original in pairs]
    with tempfile.TemporaryDirectory() as pictures:
        pages, plain, texts = plainly(scans, pictures)
    with tempfile.TemporaryDirectory() as off, tempfile.TemporaryDirectory() as on:
        base = Site(program, off, "[reading]\nmode = \"off\"\n").take(scans, "filed")
        site = Site(program, on, "")
        read = site.take(scans, "read") - base
        sample = [(scan, word, text) for scan, truth, text in zip(scans, truths, texts) for word in sorted(truth)[::5]]
        ours = sum(site.found(scan, word) for scan, word, _ in sample)
    theirs = sum(word in text for _, word, text in sample)
    count = len(sample)
    print(f"| tesseract, plainly | {plain:.1f} | {pages / plain:.2f} | 1 | {theirs / count:.3f} |")
    print(f"| casegate | {read:.1f} | {pages / read:.2f} | {plain / read:.2f} | {ours / count:.3f} |")
    print(f"{pages} pages, {count} words asked for")

main()
