/* Bringing each child to the server: one request at a time, tried again until it is there, nothing dropped on the way.

   What is not there yet is also kept in this tab's own memory, for this person only, so that it survives a login or a reload;
   it is removed as soon as the server has it. */
const SOON = 700, LONGEST_PAUSE = 30_000, PATIENCE = 15_000;

export class Saving {
  #waiting = new Set(); #timer = 0; #pause = 0; #busy = false; #stopped = false; #settled = [];

  constructor(form, { onConflict, onSaved }) {
    Object.assign(this, { onConflict, onSaved, owner: form.dataset.owner });
    this.status = document.querySelector("[data-status]");
    this.place = `xinqiao-first-pass-${form.dataset.classForm}`;
    const again = () => { if (this.#waiting.size) { this.#stopped = false; this.#pause = 0; this.#in(0); } };
    addEventListener("online", again);
    addEventListener("focus", again);
    document.addEventListener("visibilitychange", again);
    addEventListener("beforeunload", (event) => { if (this.#waiting.size) event.preventDefault(); });
    // Back by the browser's own memory: the page may be older than what was submitted since.
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  get clean() { return !this.#waiting.size; }

  /* After a moment without another change. */
  soon(child) { this.#add(child); if (!this.#pause) this.#in(SOON); }

  now(child) { this.#add(child); if (!this.#pause) this.#in(0); }

  /* Resolves once all is there. */
  settled() {
    if (this.clean) return Promise.resolve();
    if ([...this.#waiting].some((child) => child.conflict)) this.say("choose");
    this.#stopped = false;
    this.#in(0);
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  /* What an earlier page of this tab could not send. Its versions go with it, so what changed meanwhile is a conflict. */
  takeUp(children) {
    const kept = JSON.parse(sessionStorage.getItem(this.place) || "{}");
    for (const child of children) {
      const row = kept[child.id];
      if (!row) continue;
      child.version = row.version;
      child.considered = row.answers.length ? "marked" : row.considered;
      child.answers = new Map(row.answers);
      if (row.note !== null) child.note = row.note;
      this.now(child);
    }
  }

  say(name, { link = "", href = "", count = 0, at = "", text = "" } = {}) {
    const { dataset } = this.status, said = JSON.stringify([name, href, count, at, text]);
    if (said === this.said) return; // A link that is being pressed stays the same link.
    this.said = said;
    const warn = !["saved", "saving"].includes(name);
    this.status.classList.toggle("warn", warn);
    // Whoever waits in a dialog must see what is wrong.
    if (warn && name !== "wait") document.querySelector("dialog[open]")?.close("trouble");
    this.status.textContent = (text || dataset[name]).replace("{time}", at).replace("{n}", count);
    if (!link) return;
    const anchor = Object.assign(document.createElement("a"), { href, textContent: dataset[link] });
    if (name === "login") anchor.target = "_blank";
    this.status.append(" ", anchor);
  }

  #add(child) {
    this.#waiting.add(child);
    child.row.classList.add("unsaved");
    this.#keep();
    if (!this.#stopped) this.say("saving");
  }

  #remove(child) {
    this.#waiting.delete(child);
    child.row.classList.remove("unsaved");
    child.tried = [];
    this.#keep();
    if (this.clean) for (const resolve of this.#settled.splice(0)) resolve();
  }

  #keep() {
    const rows = [...this.#waiting].map((child) => [child.id, { version: child.version, ...child.content }]);
    if (rows.length) sessionStorage.setItem(this.place, JSON.stringify(Object.fromEntries(rows)));
    else sessionStorage.removeItem(this.place);
  }

  #in(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pump(), pause);
  }

  async #pump() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let child; !this.#stopped && (child = [...this.#waiting].find((each) => !each.conflict)); ) {
        if (!(await this.#send(child))) break;
      }
    } finally {
      this.#busy = false;
    }
  }

  /* True when the next one may be sent at once. */
  async #send(child) {
    const sent = child.content;
    const body = new URLSearchParams({ version: child.version, considered: sent.considered });
    if (sent.note !== null) body.set("note", sent.note);
    for (const [code, option] of sent.answers) body.set(`s-${code}`, option);
    child.tried.push(JSON.stringify(sent));
    const control = new AbortController();
    const giveUp = setTimeout(() => control.abort(), PATIENCE);
    let response, answer;
    try {
      response = await fetch(child.url, {
        method: "POST", body, signal: control.signal, keepalive: true,
        headers: { Accept: "application/json", "X-CSRFToken": token(), "X-Form-Owner": this.owner },
      });
      answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
    } catch {
      return this.#later();
    } finally {
      clearTimeout(giveUp);
    }
    if (response.ok && answer.version) return this.#arrived(child, sent, answer);
    if (answer.conflict) return this.#conflict(child, answer);
    if (answer.login) return this.#stop("login", { link: "loginLink", href: answer.login });
    if (response.status === 403 && answer.csrf) { renew(answer.csrf); return true; }
    if (answer.refused) return this.#stop("refused", { text: answer.refused, link: "reloadLink", href: location.pathname });
    if (response.status >= 500 || response.status === 429) return this.#later();
    return this.#stop("reload", { link: "reloadLink", href: location.pathname });
  }

  #arrived(child, sent, answer) {
    this.#pause = 0;
    child.version = answer.version;
    child.told = answer.told;
    if (sent.note !== null) child.noteSaved = sent.note;
    // Changed again while it was on its way: it goes once more.
    if (JSON.stringify(child.content) === JSON.stringify({ ...sent, note: null })) this.#remove(child);
    this.onSaved(child);
    if (this.clean) this.say("saved", { at: answer.saved_at });
    return true;
  }

  #conflict(child, current) {
    const theirs = contentOf(current);
    const ours = child.tried.map((text) => JSON.parse(text)).find((tried) => same(tried, theirs) && (tried.note === null || tried.note.trim() === current.note));
    if (ours) { // An earlier try of this page did arrive, only its answer was lost.
      child.version = current.version;
      child.told = current.told;
      child.noteSaved = current.note;
      if (same(child.content, theirs) && child.content.note === null) this.#remove(child);
      return true;
    }
    this.say("choose");
    this.onConflict(child, current);
    return true;
  }

  /* The person has chosen: `here` is sent over the other, `there` is taken as it is. */
  decided(child, current, { here }) {
    child.conflict = null;
    child.tried = [];
    if (here) { child.version = current.version; child.noteSaved = current.note; this.now(child); return; }
    child.take(current);
    this.#remove(child);
    if (this.clean) this.say("saved", { at: current.saved_at }); else this.#in(0);
  }

  #later() {
    this.#pause = Math.min(this.#pause * 2 || 2000, LONGEST_PAUSE);
    this.say("retry", { count: this.#waiting.size });
    this.#in(this.#pause);
    return false;
  }

  #stop(name, words) {
    this.#stopped = true;
    this.say(name, words);
    return false;
  }
}

/* The server's row, said as a row of this page says it. */
function contentOf({ considered, answers }) {
  const said = { group: "confirmed", marked: "" }[considered] ?? considered;
  return { considered: said, answers: Object.entries(answers).map(([code, option]) => [code, String(option)]).sort() };
}

function same(one, other) {
  return one.considered === other.considered && JSON.stringify(one.answers) === JSON.stringify(other.answers);
}

function token() { return document.querySelector("input[name=csrfmiddlewaretoken]").value; }

/* A login in another tab has changed the token of every form of this page. */
function renew(value) {
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = value;
}
