// Says the reason of a chosen option aloud; showing it needs no script. One listener, so it works after an HTMX swap.
document.addEventListener("change", (event) => {
  const check = event.target.closest?.("[data-check]");
  if (!check) return;
  const why = event.target.closest(".opt-pair").querySelector(".why");
  check.querySelector("[data-check-said]").textContent = event.target.checked ? why.textContent.trim() : "";
});
