/* The class as a whole: how many are considered, the rest confirmed by their names, the class submitted once all is saved. */
export class Whole {
  constructor(form, children) {
    Object.assign(this, { form, children, bar: document.querySelector(".form-bar") });
    this.count = this.count.bind(this);
  }

  get left() { return this.children.filter((child) => !child.considered); }

  count() {
    const left = this.left.length, marked = this.children.filter((child) => child.considered === "marked").length;
    const numbers = { left, marked, considered: this.children.length - left, confirmed: this.children.length - left - marked };
    for (const place of document.querySelectorAll("[data-n]")) place.textContent = numbers[place.dataset.n];
    this.bar.querySelector("progress").value = numbers.considered;
    this.bar.querySelector("[data-rest]").hidden = !left;
    this.bar.querySelector("[data-submit]").setAttribute("aria-disabled", String(left > 0));
  }

  /* Both acts wait until every child is saved, and go once. */
  guard(saving) {
    const rest = document.getElementById("rest-dialog"), submit = document.getElementById("submit-dialog");
    this.bar.addEventListener("click", (event) => {
      const link = event.target.closest("[data-rest], [data-submit]");
      if (!link) return;
      event.preventDefault();
      if ("rest" in link.dataset) { this.#names(rest.querySelector(".names")); rest.showModal(); }
      else if (this.left.length) this.#first(saving);
      else submit.showModal();
    });
    for (const form of document.querySelectorAll("[data-when-saved]")) {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = form.querySelector(".primary");
        if (button.disabled) return;
        button.disabled = true;
        if (!saving.clean) saving.say("wait");
        const gone = form.closest("dialog");
        const stopped = new Promise((resolve) => gone.addEventListener("close", () => resolve(true), { once: true }));
        const put = await Promise.race([saving.settled().then(() => false), stopped]);
        if (!put) { form.submit(); return; }
        button.disabled = false;
        if (gone.returnValue !== "trouble") return;
        // Trouble closed the dialog, not the person: once all is there, they are told that this act has not gone out.
        gone.returnValue = "";
        await saving.settled();
        saving.say("again");
      });
    }
  }

  #names(list) {
    list.replaceChildren(...this.left.map((child) => {
      const item = document.createElement("li");
      item.append(child.name, Object.assign(document.createElement("input"), { type: "hidden", name: "child", value: child.id }));
      return item;
    }));
  }

  #first(saving) {
    saving.say("left", { count: this.left.length });
    const [child] = this.left;
    child.row.hidden = false;
    child.row.scrollIntoView({ block: "center" });
    child.state.focus({ preventScroll: true });
  }
}
