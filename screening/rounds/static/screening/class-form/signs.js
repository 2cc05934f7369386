/* The signs of one domain, opened below the child's row. One panel at a time; every change is told to `changed` at once. */
export class Panel {
  constructor(signs, { changed }) {
    Object.assign(this, { signs, changed, child: null, domain: "", element: null });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.child && !document.querySelector("dialog[open]")) this.close({ focus: true });
    });
  }

  toggle(child, domain) {
    const same = this.child === child && this.domain === domain;
    this.close({ focus: same });
    if (!same) this.open(child, domain);
  }

  open(child, domain) {
    Object.assign(this, { child, domain });
    this.element = document.getElementById("panel").content.firstElementChild.cloneNode(true);
    const set = this.signs.querySelector(`fieldset[data-domain=${domain}]`).cloneNode(true);
    set.querySelector("legend > b").textContent = child.name;
    for (const sign of [...set.querySelectorAll("p")]) sign.replaceWith(this.#sign(sign));
    this.element.prepend(set);
    const note = this.element.querySelector("textarea");
    note.value = child.note;
    note.addEventListener("input", () => { child.note = note.value; this.changed(child); });
    this.element.querySelector("[data-absent]").addEventListener("click", () => { child.absent(); this.#show(); this.changed(child); });
    this.element.querySelector("[data-done]").addEventListener("click", () => this.close({ focus: true }));
    child.row.after(this.element);
    child.row.classList.add("open");
    this.cell.setAttribute("aria-expanded", "true");
    this.#show();
    set.querySelector("input").focus({ preventScroll: true });
    child.row.scrollIntoView({ block: "nearest" });
    this.element.scrollIntoView({ block: "nearest" });
  }

  close({ focus = false } = {}) {
    if (!this.child) return;
    const { child, cell } = this;
    this.element.remove();
    child.row.classList.remove("open");
    cell.setAttribute("aria-expanded", "false");
    this.child = this.element = null;
    if (focus) cell.focus();
  }

  /* The server has answered: what it says of having told the counselor is shown. */
  answered() { this.#show(); }

  get cell() { return this.child.cells.find((cell) => cell.dataset.domain === this.domain); }

  #show() {
    const { child, element } = this;
    const absent = element.querySelector("[data-absent]");
    absent.setAttribute("aria-pressed", String(child.considered === "absent"));
    absent.disabled = child.answers.size > 0;
    const actNow = element.querySelector("[data-act-now]");
    const isNew = actNow.hidden && child.hasCritical;
    actNow.hidden = !child.hasCritical;
    if (isNew) actNow.scrollIntoView({ block: "nearest" });
    element.querySelector("[data-told]").hidden = !child.told || child.hasCritical;
  }

  #sign({ dataset: { code, scale }, textContent, attributes: { "data-critical": critical } }) {
    const { child } = this;
    const options = [...this.signs.querySelectorAll(`ol[data-scale=${scale}] > li`)].map((li) => li.textContent);
    const sign = make("div", "sign");
    const label = sign.appendChild(make("label"));
    const box = label.appendChild(Object.assign(make("input"), { type: "checkbox", checked: child.answers.has(code) }));
    const words = label.appendChild(make("span", "", textContent));
    if (critical) words.append(" ", make("em", "", child.words.wordTold));
    const choice = sign.appendChild(make("span", "seg"));
    choice.setAttribute("role", "radiogroup");
    choice.setAttribute("aria-label", child.words.wordOften);
    options.forEach((text, option) => {
      if (!option) return;
      const each = choice.appendChild(make("label"));
      const checked = child.answers.get(code) === String(option);
      each.append(Object.assign(make("input"), { type: "radio", name: `sign-${code}`, value: String(option), checked }), make("span", "", text));
    });
    const tell = () => {
      const chosen = choice.querySelector(":checked") || choice.querySelector("input");
      chosen.checked = box.checked;
      sign.classList.toggle("on", box.checked);
      child.mark(code, box.checked ? chosen.value : null);
      this.#show();
      this.changed(child);
    };
    sign.classList.toggle("on", box.checked);
    box.addEventListener("change", tell);
    choice.addEventListener("change", tell);
    return sign;
  }
}

function make(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
