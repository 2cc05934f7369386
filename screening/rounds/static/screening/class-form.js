/* The class form: a row a child, signs opened in place, each child saved by itself, the class submitted once. Without this
   script the same page is a list of links and buttons; nothing here is the only way. */
import { Child } from "./class-form/child.js";
import { showConflict } from "./class-form/conflict.js";
import { Finder } from "./class-form/find.js";
import { Saving } from "./class-form/saving.js";
import { Panel } from "./class-form/signs.js";
import { Whole } from "./class-form/whole.js";

const root = document.querySelector("[data-class-form]");
if (root) start(root);

function start(form) {
  const signs = document.getElementById("signs").content;
  const children = [...form.querySelectorAll(".child")].map((row) => new Child(row, { words: form.dataset, signs }));
  const whole = new Whole(form, children);
  const saving = new Saving(form, {
    onConflict: (child, current) => {
      if (panel.child === child) panel.close();
      showConflict(child, current, { signs, saving, changed: whole.count });
    },
    onSaved: (child) => { if (panel.child === child) panel.answered(); },
  });
  const panel = new Panel(signs, {
    changed: (child) => { child.show(); whole.count(); saving.soon(child); },
  });
  whole.guard(saving);
  new Finder(form, children, () => panel.close());

  form.querySelector("[data-confirm]").addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const child = children.find((each) => each.row.contains(event.target));
    if (!child) return;
    if (child.conflict) { child.conflict.querySelector("button").focus(); return; }
    const cell = event.target.closest(".cell");
    if (cell) panel.toggle(child, cell.dataset.domain);
    else if (event.target.closest(".state")) {
      child.confirm();
      child.show();
      if (panel.child === child) panel.close();
      whole.count();
      saving.now(child);
    }
  });
  saving.takeUp(children);
  for (const child of children) child.show();
  whole.count();
}
