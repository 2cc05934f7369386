// Ticking many colleagues at once; without script the boxes are ticked by hand.
function refresh(group) {
  const count = group.querySelectorAll("input[name=people]:checked").length;
  group.querySelector("[data-tick-count]").textContent = `${count} / ${group.querySelectorAll("input[name=people]").length}`;
}
function ready(root) {
  for (const group of root.querySelectorAll("[data-tick-all]")) {
    group.querySelector("[data-tick-bar]").hidden = false;
    refresh(group);
  }
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-tick]");
  if (!button) return;
  const group = button.closest("[data-tick-all]");
  for (const box of group.querySelectorAll("input[name=people]")) {
    box.checked = button.dataset.tick === "open" && "open" in box.dataset;
  }
  refresh(group);
});
document.addEventListener("change", (event) => {
  // Another course: the page again, with how far everybody is in that one.
  if (event.target.matches?.("#assign select[name=course]")) location.search = new URLSearchParams({ course: event.target.value });
  const group = event.target.closest?.("[data-tick-all]");
  if (group) refresh(group);
});
document.addEventListener("htmx:afterSwap", (event) => ready(event.target));
ready(document);
