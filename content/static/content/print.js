// Shows the print button where printing is possible. Without JavaScript the browser's own menu prints the same page.
const buttons = document.querySelectorAll("[data-print]");
if (typeof window.print === "function") {
  for (const button of buttons) button.hidden = false;
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
