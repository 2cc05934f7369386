/* Two windows, one child: both versions side by side, and the teacher says which one is right. Nothing is merged unseen. */
export function showConflict(child, current, { signs, saving, changed }) {
  const element = document.getElementById("conflict").content.firstElementChild.cloneNode(true);
  const there = { answers: new Map(Object.entries(current.answers)), considered: current.considered, note: current.note };
  list(element.querySelector("[data-here]"), child, child, signs);
  list(element.querySelector("[data-there]"), there, child, signs);
  element.querySelector("[data-at]").textContent = current.saved_at;
  element.addEventListener("click", (event) => {
    const keep = event.target.closest("[data-keep]");
    if (!keep) return;
    element.remove();
    child.row.classList.remove("open");
    saving.decided(child, current, { here: keep.dataset.keep === "here" });
    child.show();
    changed();
    child.cells[0].focus();
  });
  child.conflict = element;
  child.row.after(element);
  child.row.classList.add("open");
  element.scrollIntoView({ block: "nearest" });
}

function list(place, { answers, considered, note }, child, signs) {
  const lines = [...answers].map(([code, option]) => {
    const sign = signs.querySelector(`[data-code=${code}]`);
    return `${sign.textContent}（${signs.querySelectorAll(`ol[data-scale=${sign.dataset.scale}] > li`)[option].textContent}）`;
  });
  if (!lines.length) lines.push(considered === "absent" ? child.words.wordAbsent : considered ? child.words.wordFine : child.words.wordNone);
  if (note) lines.push(`“${note}”`);
  for (const line of lines) place.appendChild(document.createElement("li")).textContent = line;
}
