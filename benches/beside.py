#!/usr/bin/env python3
"""The fast path beside waiting readings: a study taken into a site, with and without a queue of unread scans in it.

    benches/beside.py CASEGATE STUDY ROUNDS SCAN...

In each round, a new site takes the study (`ingest --until filed`); another new site takes the scans first, of which most
are still unread when they are filed, and then the study. Printed are wall seconds, CPU seconds of the daemon's own process
(its children are inspectors and readers), and the pages still unread afterwards.
"""
import json, os, subprocess, sys, tempfile, time

PATIENT = 'given = "A"\nfamily = "B"\nbirth_date = "2019-03-14"\n'
TICKS = os.sysconf("SC_CLK_TCK")

def own_cpu(process):
    """Processor seconds of the process without its children, and its wall seconds, when it ends."""
    began, used = time.monotonic(), 0.0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            used = (int(fields[11]) + int(fields[12])) / TICKS
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.02)
    return used, time.monotonic() - began

class Site:
    def __init__(self, program, folder):
        self.folder, self.program = folder, program
        with open(os.path.join(folder, "patient.toml"), "w") as file:
            file.write(PATIENT)
        self.do("init", "--no-recovery")
        patient = os.path.join(folder, "patient.toml")
        said = self.do("case", "open", "--json", "--programme", "cincinnati", "--patient", patient)
        self.case = json.loads(said)["case"]

    def command(self, *arguments):
        return [self.program, "--data", os.path.join(self.folder, "data"), *arguments]

    def do(self, *arguments):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f"{arguments}: {done.stderr}")
        return done.stdout

    def take(self, *paths):
        command = self.command("ingest", "--case", self.case, "--json", "--until", "filed", *paths)
        with open(os.path.join(self.folder, "ledger"), "w") as ledger:
            return own_cpu(subprocess.Popen(command, stdout=ledger, stderr=subprocess.DEVNULL))

    def unread(self):
        rows = json.loads(self.do("case", "show", "--json", self.case))["rows"]
        codes = [reason["code"] for row in rows for reason in row["reasons"]]
        return codes.count("reading_pending")

def main():
    program, study, rounds = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), int(sys.argv[3])
    scans = [os.path.abspath(scan) for scan in sys.argv[4:]]
    print("| round | queue | CPU s, own | wall s | documents unread after |")
    for number in range(rounds):
        for queue in ([], scans):
            with tempfile.TemporaryDirectory() as folder:
                site = Site(program, folder)
                if queue:
                    site.take(*queue)
                used, wall = site.take(study)
                print(f"| {number + 1} | {len(queue)} | {used:.2f} | {wall:.1f} | {site.unread()} |", flush=True)

main()
