// Shows the print button where printing is possible; the frame prints. Without JavaScript the browser's own menu prints the same page.
if (typeof window.print === "function") {
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
}
