/* One child's row: what is marked, and how that is shown. `version` is the server's; a save from an older one is a conflict. */
const NOTHING_UNUSUAL = new Set(["confirmed", "group"]);

export class Child {
  constructor(row, { words, signs }) {
    Object.assign(this, { row, words, signs, conflict: null, tried: [] });
    const link = row.querySelector("a");
    this.url = link.getAttribute("href");
    this.id = row.id.slice(1);
    this.name = link.firstChild.textContent.trim();
    this.version = Number(row.dataset.version);
    this.told = "told" in row.dataset;
    this.considered = row.dataset.considered || "";
    this.answers = new Map((row.dataset.answers || "").split(",").filter(Boolean).map((pair) => pair.split(":")));
    this.note = row.dataset.note || "";
    this.noteSaved = this.note;
    this.#build();
  }

  #build() {
    const domains = [...this.signs.querySelectorAll("fieldset")].map((set) => set.dataset.domain);
    this.cells = [...this.row.querySelectorAll(":scope > i")].map((place, at) => {
      const cell = document.createElement("button");
      Object.assign(cell, { type: "button", className: "cell" });
      cell.dataset.domain = domains[at];
      cell.setAttribute("aria-expanded", "false");
      place.replaceWith(cell);
      return cell;
    });
    this.state = document.createElement("button");
    this.state.type = "button";
    this.row.lastElementChild.replaceWith(this.state);
  }

  /* Signs marked in one domain. */
  marked(domain) {
    return [...this.signs.querySelectorAll(`[data-domain=${domain}] > p`)].filter((sign) => this.answers.has(sign.dataset.code));
  }

  get hasCritical() {
    return [...this.answers.keys()].some((code) => this.signs.querySelector(`[data-code=${code}]`)?.hasAttribute("data-critical"));
  }

  get fine() { return NOTHING_UNUSUAL.has(this.considered); }

  /* A sign is marked, changed (`option`), or taken back (no option). */
  mark(code, option) {
    if (option) this.answers.set(code, String(option)); else this.answers.delete(code);
    this.considered = this.answers.size ? "marked" : "";
  }

  /* The row's own button: nothing unusual, or that taken back. */
  confirm() { if (!this.answers.size) this.considered = this.considered ? "" : "confirmed"; }

  absent() { if (!this.answers.size) this.considered = this.considered === "absent" ? "" : "absent"; }

  show() {
    for (const cell of this.cells) {
      const legend = this.signs.querySelector(`[data-domain=${cell.dataset.domain}] > legend`).lastChild.textContent;
      const count = this.marked(cell.dataset.domain).length;
      cell.textContent = count || "—";
      cell.classList.toggle("on", count > 0);
      cell.setAttribute("aria-label", `${this.name}${legend} · ${count || this.words.wordNone}`);
    }
    const { state, considered, words } = this;
    state.className = `state ${considered && (this.fine ? "fine" : considered)}`;
    state.disabled = considered === "marked";
    state.textContent = considered === "marked" ? words.wordMarked : considered === "absent" ? words.wordAbsent : this.fine ? words.wordFine : words.wordConfirm;
    state.setAttribute("aria-label", `${this.name} · ${state.textContent}`);
    state.title = considered && considered !== "marked" ? words.wordUndo : "";
  }

  /* What is sent; the note only where it was touched. */
  get content() {
    return {
      considered: { group: "confirmed", marked: "" }[this.considered] ?? this.considered,
      answers: [...this.answers].sort(),
      note: this.note === this.noteSaved ? null : this.note,
    };
  }

  /* What the server holds is taken over. */
  take(current) {
    this.version = current.version;
    this.told = current.told;
    this.considered = current.considered;
    this.answers = new Map(Object.entries(current.answers).map(([code, option]) => [code, String(option)]));
    this.note = this.noteSaved = current.note;
    this.show();
  }
}
