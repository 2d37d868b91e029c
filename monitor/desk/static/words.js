// While a word is typed: its forms at once, then what it would change, then what is doubtful. Without script the form
// leads to a page that shows the same.
for (const form of document.querySelectorAll("form[data-live]")) {
  const shown = form.parentElement.querySelector(".live");
  const parts = ["forms", "trial", "doubts"].map((name) => {
    const box = shown.appendChild(document.createElement("div"));
    return { name, box };
  });
  let wait = 0;
  let running = new AbortController();

  const fill = async ({ name, box }, query, signal) => {
    query.set("part", name);
    const answer = await fetch(`/words/edit?${query}`, { signal });
    box.innerHTML = answer.redirected || !answer.ok ? "" : await answer.text();
  };

  const show = async () => {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const query = new URLSearchParams(new FormData(form));
    if (!query.get("word").trim()) {
      parts.forEach(({ box }) => { box.textContent = ""; });
      return;
    }
    try {
      for (const part of parts) {
        if (part.name !== "forms") part.box.textContent = "Смотрю…";
        await fill(part, query, signal);
      }
    } catch (error) {
      if (error.name !== "AbortError") parts.forEach(({ box }) => { box.textContent = ""; });
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(show, 350);
  });
  show(); // a word may stand there already: typed before this ran, or put back by the browser
  shown.addEventListener("click", async (event) => {
    const onward = event.target.closest("a.onward");
    if (!onward) return;
    event.preventDefault();
    const box = onward.closest("p");
    box.textContent = "Смотрю…";
    const query = new URL(onward.href).searchParams;
    const further = document.createElement("div");
    box.replaceWith(further);
    await fill({ name: "trial", box: further }, query, running.signal).catch(() => { further.textContent = ""; });
  });
}
