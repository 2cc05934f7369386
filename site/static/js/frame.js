/* The frame's few behaviours: dialogs by button, toasts that can be put away, menus that close. Delegated, so HTMX swaps change nothing. */
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  const opener = target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog instanceof HTMLDialogElement) { event.preventDefault(); dialog.showModal(); }
  }
  const closer = target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  target.closest("[data-dismiss]")?.closest(".toast")?.remove();
  if (target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary")?.focus(); }
});
/* A word of thanks goes by itself, unless somebody is on it; what asks for something stays until it is put away. */
for (const toast of document.querySelectorAll(".toasts:not(.still) .toast.success")) {
  const leave = () => { if (toast.matches(":hover, :focus-within")) setTimeout(leave, 3000); else toast.remove(); };
  setTimeout(leave, 10_000);
}
/* Without a network the browser's error page would take the place of a form: it stays, and that is said. */
document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented || event.target.method !== "post") return;
  event.preventDefault();
  document.querySelector(".toast.offline")?.remove();
  const toast = document.createElement("div");
  toast.className = "toast warning offline";
  toast.append(Object.assign(document.createElement("span"), { textContent: document.body.dataset.offline }));
  document.querySelector(".toasts")?.append(toast);
});
addEventListener("online", () => document.querySelector(".toast.offline")?.remove());
/* HTMX puts the CSRF token of the page on what it sends. */
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});
