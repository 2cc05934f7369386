/* Finding a child by name, number, pinyin or its initials: rows that do not fit are hidden, nothing is asked of the server. */
export class Finder {
  constructor(form, children, before) {
    const input = form.querySelector(".find");
    const nobody = form.querySelector("[data-nobody]");
    input.hidden = false;
    input.addEventListener("input", () => {
      before();
      const wanted = input.value.trim().toLowerCase().replaceAll(" ", "");
      for (const child of children) {
        const words = `${child.row.querySelector("a").textContent} ${child.row.dataset.find}`.split(" ");
        child.row.hidden = Boolean(wanted) && !words.some((word) => word.startsWith(wanted)) && !words[0].includes(wanted);
      }
      nobody.hidden = children.some((child) => !child.row.hidden);
    });
  }
}
