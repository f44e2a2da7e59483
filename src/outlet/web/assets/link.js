// Makes the page of a link better where script runs: files go by resumable uploads with progress and pause, whole folders
// can be dropped, and the lists renew themselves. Without script the form does the same work.
"use strict";
(() => {
  const form = document.getElementById("send");
  if (!form || !window.tus || !tus.isSupported) return;
  const AT_ONCE = 3;
  const RETRIES = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
  const endpoint = location.pathname.replace(/\/$/, "") + "/files";
  const element = (id) => document.getElementById(id);
  const [drop, box, words, bar, pause, problems, hint] =
    ["drop", "progress", "progress-words", "progress-bar", "pause", "progress-problems", "progress-hint"].map(element);
  const state = { waiting: [], running: new Set(), paused: false, files: 0, done: 0, failed: 0, total: 0, sent: new Map(), begun: 0 };

  const nameOf = (file) => file.path || file.webkitRelativePath || file.name;

  function add(files) {
    if (files.length === 0) return;
    if (state.running.size === 0 && state.waiting.length === 0) {
      Object.assign(state, { files: 0, done: 0, failed: 0, total: 0, begun: Date.now() });
      state.sent.clear();
      problems.replaceChildren();
    }
    for (const file of files) {
      state.waiting.push(file);
      state.files += 1;
      state.total += file.size;
    }
    box.hidden = false;
    next();
    show();
  }

  function next() {
    while (!state.paused && state.running.size < AT_ONCE && state.waiting.length > 0) begin(state.waiting.shift());
    show();
  }

  function begin(file) {
    const metadata = { filename: file.name, filetype: file.type || "application/octet-stream" };
    const path = nameOf(file);
    if (path !== file.name) metadata.relativePath = path;
    const upload = new tus.Upload(file, {
      endpoint, metadata, retryDelays: RETRIES, removeFingerprintOnSuccess: true,
      onProgress: (bytes) => { state.sent.set(file, bytes); show(); },
      onSuccess: () => end(upload, () => { state.done += 1; state.sent.set(file, file.size); }),
      onError: (error) => end(upload, () => fail(file, error)),
    });
    state.running.add(upload);
    upload.findPreviousUploads().then((known) => {
      if (known.length > 0) upload.resumeFromPreviousUpload(known[0]);
      if (!state.paused) upload.start();
    });
  }

  function end(upload, note) {
    state.running.delete(upload);
    note();
    next();
    if (state.running.size === 0 && state.waiting.length === 0) { form.reset(); renew(); }
  }

  function fail(file, error) {
    state.failed += 1;
    let why = "The connection did not work. Choose this file again to go on where it stopped.";
    try { why = JSON.parse(error.originalResponse.getBody()).detail || why; } catch { /* no answer at all */ }
    const line = document.createElement("li");
    line.textContent = `${nameOf(file)}: ${why}`;
    problems.append(line);
  }

  function show() {
    const sent = [...state.sent.values()].reduce((sum, bytes) => sum + bytes, 0);
    const share = state.total > 0 ? sent / state.total : (state.files > 0 ? state.done / state.files : 0);
    bar.value = share;
    const open = state.running.size + state.waiting.length > 0;
    pause.hidden = hint.hidden = !open;
    pause.textContent = state.paused ? "Go on" : "Pause";
    words.textContent = open ? going(share) : ended();
  }

  function going(share) {
    const count = `${state.done} of ${state.files} ${state.files === 1 ? "file" : "files"} received, ${Math.floor(share * 100)}\u00a0%`;
    if (state.paused) return `Paused. ${count}`;
    const seconds = (Date.now() - state.begun) / 1000;
    if (share < 0.02 || seconds < 5) return `Sending. ${count}`;
    const minutes = Math.ceil(seconds * (1 - share) / share / 60);
    return `Sending. ${count}, about ${minutes} ${minutes === 1 ? "minute" : "minutes"} left`;
  }

  function ended() {
    const received = state.done === 1 ? "1 file was received and is safe." : `${state.done} files were received and are safe.`;
    return state.failed > 0 ? `${received} ${state.failed} did not arrive: see below.` : `${received} You can send more or close this page.`;
  }

  // The server writes the lists, here as well: one place decides what is shown and how it is escaped.
  let renewing = false, again = false;
  async function renew() {
    if (renewing) { again = true; return; }
    renewing = true;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
        const live = element("live");
        const open = new Set([...live.querySelectorAll("details[open] > summary .name")].map((name) => name.textContent));
        for (const name of fresh ? fresh.querySelectorAll("summary .name") : []) {
          if (open.has(name.textContent)) name.closest("details").open = true;
        }
        if (fresh) live.replaceChildren(...fresh.childNodes);
      }
    } catch { /* offline: the next event tells again */ }
    renewing = false;
    if (again) { again = false; renew(); }
  }

  async function walk(entry, path, found) {
    if (entry.isFile) {
      const file = await new Promise((take, refuse) => entry.file(take, refuse));
      file.path = path + file.name;
      found.push(file);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((take, refuse) => reader.readEntries(take, refuse));
      if (some.length === 0) return;
      for (const one of some) await walk(one, `${path}${entry.name}/`, found);
    }
  }

  async function dropped(event) {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    for (const entry of entries) {
      try { await walk(entry, "", found); } catch {
        const line = document.createElement("li");
        line.textContent = `${entry.name}: This could not be read. Try “Files or photos” instead.`;
        problems.append(line);
        box.hidden = false;
      }
    }
    add(found);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add([...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]));
  });
  pause.addEventListener("click", () => {
    state.paused = !state.paused;
    for (const upload of state.running) { if (state.paused) upload.abort(); else upload.start(); }
    next();
  });
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", dropped);
  drop.querySelector(".drop-hint").hidden = false;
  // What it says of waiting is said beside the progress here.
  element("form-hint").hidden = true;
  new EventSource(location.pathname.replace(/\/$/, "") + "/events").addEventListener("status", renew);
})();
