// Pressing "publish" while the editor saves the draft by itself would make the same page twice. So the press waits for
// the draft, and while a press is on its way the editor begins no draft of its own.

const LONGEST_WAIT_MS = 10000;
const waiting = new WeakMap(); // form -> the button that was pressed, or null while nothing was
const leaving = new WeakSet();

document.addEventListener('w-autosave:save', (event) => {
  if (leaving.has(event.target)) event.preventDefault();
  else if (!waiting.has(event.target)) waiting.set(event.target, null);
});

const settled = (event) => {
  const form = event.target;
  const pressed = waiting.get(form);
  waiting.delete(form);
  if (pressed) pressed.send();
};
document.addEventListener('w-autosave:success', settled);
document.addEventListener('w-autosave:error', settled);

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.id !== 'page-edit-form' && !form.matches('[data-controller~="w-autosave"]')) return;
  if (!waiting.has(form)) {
    leaving.add(form);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (waiting.get(form)) return;
  // The draft's answer may put new buttons in place of the pressed one: what it said is kept apart from it.
  const { name, value } = event.submitter ?? {};
  const timer = setTimeout(() => settled({ target: form }), LONGEST_WAIT_MS);
  waiting.set(form, {
    send: () => {
      clearTimeout(timer);
      const field = Object.assign(document.createElement('input'), { type: 'hidden', name, value });
      if (name) form.append(field);
      form.requestSubmit();
      field.remove(); // the form is read by now; whoever comes back to it presses another button
    },
  });
}, true);
