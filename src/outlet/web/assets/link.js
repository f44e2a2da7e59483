// Makes the page of a link better where script runs: files go by resumable uploads with progress and pause, whole folders
// can be dropped, and the lists renew themselves. Without script the form does the same work.
"use strict";
(() => {
  const form = document.getElementById("send");
  if (!form || !window.tus || !tus.isSupported) return;
  const AT_ONCE = 3;
  // What is wrong with the world passes, so that it is waited for over hours; what is wrong with a file does not.
  const RETRIES = [0, 1000, 3000, 5000, 10000, 20000, ...Array(480).fill(30000)];
  const FAULTS_MAX = 8;
  // More than the server and everything between hold before they say that it cannot be stored: what goes beyond is stored.
  const STORED = 32 * 1024 * 1024;
  const FULL = "There is no room left just now where your files are kept. What was received is safe. " +
    "This page tries again by itself. If this lasts, tell the people who gave you this link.";
  const AWAY = "We cannot be reached just now. What was received is safe. " +
    "Check that you are online; sending goes on by itself as soon as we can be reached.";
  const endpoint = location.pathname.replace(/\/$/, "") + "/files";
  const element = (id) => document.getElementById(id);
  const [drop, box, words, bar, pause, problems, hint] =
    ["drop", "progress", "progress-words", "progress-bar", "pause", "progress-problems", "progress-hint"].map(element);
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const state = {
    waiting: [], running: new Set(), paused: false, trouble: "", note: "",
    files: 0, done: 0, failed: 0, total: 0, sent: new Map(), begun: 0,
  };

  const nameOf = (file) => file.path || file.webkitRelativePath || file.name;
  const markOf = (file) => [nameOf(file), file.type, file.size, file.lastModified].join("\n");
  const isOpen = () => state.running.size + state.waiting.length > 0;
  const chosen = () => inputs.flatMap((input) => [...input.files]);

  // What is chosen leaves the form at once: pressing twice sends nothing twice, and what is chosen next is not lost with it.
  function take(found) {
    const files = [...found, ...chosen()];
    form.reset();
    if (files.length > 0) add(files);
    else if (!isOpen()) say("Choose one or more files first, then press “Send”.");
  }

  function say(note) {
    state.note = note;
    show();
  }

  function add(files) {
    if (!isOpen()) {
      Object.assign(state, { paused: false, trouble: "", note: "", files: 0, done: 0, failed: 0, total: 0, begun: Date.now() });
      state.sent.clear();
      problems.replaceChildren();
    }
    const known = new Set([...state.waiting, ...[...state.running].map((task) => task.file)].map(markOf));
    for (const file of files) {
      if (known.has(markOf(file))) continue;
      state.waiting.push(file);
      state.files += 1;
      state.total += file.size;
    }
    next();
  }

  function next() {
    while (!state.paused && state.running.size < AT_ONCE && state.waiting.length > 0) begin(state.waiting.shift());
    show();
  }

  function begin(file) {
    const metadata = { filename: file.name, filetype: file.type || "application/octet-stream" };
    const path = nameOf(file);
    if (path !== file.name) metadata.relativePath = path;
    const task = { file, stopped: false, stands: 0 };
    task.upload = new tus.Upload(file, {
      endpoint, metadata, retryDelays: RETRIES, removeFingerprintOnSuccess: true,
      // With its folders: slices of a series often share name, size and time.
      fingerprint: () => Promise.resolve(`casegate\n${endpoint}\n${markOf(file)}`),
      onUploadUrlAvailable: () => { if (state.paused) stop(task); },
      onAfterResponse: (request, answer) => heard(task, answer),
      onShouldRetry: (error, attempt) => retry(task, error, attempt),
      onProgress: (bytes) => {
        if (bytes > task.stands + STORED) state.trouble = "";
        state.sent.set(file, bytes);
        show();
      },
      onSuccess: () => end(task, () => { state.done += 1; state.sent.set(file, file.size); }),
      onError: (error) => end(task, () => fail(file, error)),
    });
    state.running.add(task);
    const taken = ({ uploadUrl }) => [...state.running].some((other) => other.upload.url === uploadUrl);
    task.upload.findPreviousUploads().catch(() => []).then((known) => {
      const previous = known.find((one) => !taken(one));
      if (previous) task.upload.resumeFromPreviousUpload(previous);
      if (state.paused) task.stopped = true;
      else task.upload.start();
    });
  }

  // An upload whose creation is not answered yet has no address: stopped now, nobody could ever go on with it.
  function stop(task) {
    if (!task.upload.url) return;
    task.stopped = true;
    task.upload.abort();
  }

  function goOn(task) {
    if (!task.stopped) return;
    task.stopped = false;
    task.upload.start();
  }

  // We are reached; where there was no room, there is some once more is stored than before.
  function heard(task, answer) {
    if (answer.getStatus() >= 300) return;
    const stands = Number(answer.getHeader("Upload-Offset"));
    if (state.trouble !== FULL || stands > task.stands) state.trouble = "";
    task.stands = stands;
  }

  function retry(task, error, attempt) {
    const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
    if (status === 507) state.trouble = FULL;
    else if ([0, 502, 503, 504].includes(status)) state.trouble = AWAY;
    else return (status >= 500 || [409, 423, 429].includes(status)) && attempt < FAULTS_MAX;
    show();
    // A file that was changed or is gone breaks a request like a dead line does.
    if (status === 0) task.file.slice(0, 1).arrayBuffer().catch(() => giveUp(task));
    return true;
  }

  function giveUp(task) {
    if (!state.running.has(task)) return;
    // Nobody can go on with it: it is ended at the other end as well.
    task.upload.abort(true).catch(() => {});
    state.trouble = "";
    end(task, () => complain(task.file, "This file was changed or is gone. Choose it again."));
  }

  function end(task, note) {
    state.running.delete(task);
    note();
    next();
    if (!isOpen()) renew();
  }

  function fail(file, error) {
    let why = "The connection did not work. Choose this file again to go on where it stopped.";
    try { why = JSON.parse(error.originalResponse.getBody()).detail || why; } catch { /* no answer at all */ }
    complain(file, why);
  }

  function complain(file, why) {
    state.failed += 1;
    const line = document.createElement("li");
    line.textContent = `${nameOf(file)}: ${why}`;
    problems.append(line);
  }

  function show() {
    const sent = [...state.sent.values()].reduce((sum, bytes) => sum + bytes, 0);
    const share = state.total > 0 ? sent / state.total : (state.files > 0 ? state.done / state.files : 0);
    const open = isOpen();
    bar.value = share;
    box.hidden = false;
    bar.hidden = state.files === 0;
    pause.hidden = hint.hidden = !open;
    pause.textContent = state.paused ? "Go on" : "Pause";
    box.classList.toggle("troubled", open && !state.paused && state.trouble !== "");
    words.textContent = open ? going(share) : state.note || ended();
  }

  function going(share) {
    const count = `${state.done} of ${state.files} ${state.files === 1 ? "file" : "files"} received, ${Math.floor(share * 100)}\u00a0%`;
    if (state.paused) return `Paused. ${count}`;
    if (state.trouble) return `${state.trouble} ${count}`;
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
    const [found, unread] = [[], []];
    for (const entry of entries) {
      try { await walk(entry, "", found); } catch { unread.push(entry.name); }
    }
    if (found.length > 0 || unread.length === 0) take(found);
    for (const name of unread) complain({ name }, "This could not be read. Try “Files or photos” instead.");
    show();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take([]);
  });
  form.addEventListener("change", () => {
    if (isOpen()) take([]);
    else if (!box.hidden && chosen().length > 0) say("Press “Send” to send what you chose.");
  });
  pause.addEventListener("click", () => {
    state.paused = !state.paused;
    state.running.forEach(state.paused ? stop : goOn);
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
