/* The slips of a class: one press says that all agree, and a line counts. Without this script the same form is filled row by row. */
const form = document.querySelector("[data-slips]");
if (form) start(form);

function start(form) {
  const all = form.querySelector("[data-all]"), count = form.querySelector("[data-count]");
  const chosen = (value) => form.querySelectorAll(`.slips input[type=radio][value="${value}"]:checked`).length;
  const show = () => {
    count.textContent = count.dataset.words
      .replace("{yes}", chosen("yes")).replace("{no}", chosen("no")).replace("{open}", chosen(""));
  };
  all.hidden = false;
  all.addEventListener("click", () => {
    for (const open of form.querySelectorAll('.slips input[type=radio][value=""]:checked')) {
      open.closest(".seg").querySelector('input[value="yes"]').checked = true;
    }
    show();
  });
  form.addEventListener("change", show);
  show();
}
