// The search page. Pagefind's index is asked in the browser; what is looked for stays in the part of the address after
// «#», which no server is sent. Filters are those of story pages: topic, language, outlet, year.

import { confirms, normalise } from "./query.js";

const AT_ONCE = 20;
const form = document.getElementById("search");
const status = document.getElementById("status");
const list = document.getElementById("results");
const more = document.getElementById("more");
const fields = [...form.elements].filter((field) => field.name);
const filters = fields.filter((field) => field.name !== "q");

let index = null;
let asked = 0;
let waiting = [];
let query = "";

function wanted() {
  const said = new URLSearchParams();
  for (const field of fields) if (field.value.trim()) said.set(field.name, field.value.trim());
  return said.toString();
}

function fill() {
  const said = new URLSearchParams(location.hash.slice(1));
  for (const field of fields) field.value = said.get(field.name) ?? "";
}

// An excerpt is escaped HTML with <mark> in it: it is read as text, never put into the page as HTML.
function excerpt(html) {
  const paragraph = document.createElement("p");
  paragraph.className = "said";
  paragraph.dir = "auto";
  html.split(/<\/?mark>/).forEach((piece, place) => {
    const text = new DOMParser().parseFromString(`<p>${piece}`, "text/html").body.textContent;
    const node = place % 2 ? document.createElement("mark") : document.createTextNode(text);
    if (place % 2) node.textContent = text;
    paragraph.append(node);
  });
  return paragraph;
}

function day(date) {
  const written = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return date ? new Date(date).toLocaleDateString(document.documentElement.lang, written) : "";
}

function row(found) {
  const item = document.createElement("li");
  const title = document.createElement("h2");
  const link = document.createElement("a");
  const about = document.createElement("p");
  const retracted = document.createElement("p");
  item.className = "brief";
  link.href = "story/" + (/story\/(\d+)\.html/.exec(found.url)?.[1] ?? "") + ".html"; // of this page's language
  const headline = found.meta.retracted ? link.appendChild(document.createElement("s")) : link;
  headline.textContent = found.meta.title ?? "";
  retracted.className = "retracted";
  retracted.textContent = `${form.dataset.retracted}: ${found.meta.retracted}`;
  title.dir = "auto";
  title.append(link);
  about.className = "meta";
  about.textContent = [day(found.meta.date), ...(found.filters?.outlet ?? [])].filter(Boolean).join(" · ");
  item.append(title, ...(found.meta.retracted ? [retracted] : []), excerpt(found.excerpt), about);
  return item;
}

// Pagefind also finds words that a query only begins with: what is shown has been looked at again.
async function show(turn) {
  let missing = AT_ONCE;
  while (waiting.length && missing > 0) {
    const read = await Promise.all(waiting.splice(0, missing).map((result) => result.data()));
    if (turn !== asked) return;
    const shown = read.filter((found) => confirms(query, found));
    list.append(...shown.map(row));
    missing -= shown.length;
  }
  const count = list.children.length;
  status.textContent = count ? `${form.dataset.found} ${count}${waiting.length ? "+" : ""}` : form.dataset.none;
  more.hidden = !waiting.length;
}

async function search() {
  const turn = ++asked;
  fill();
  list.replaceChildren();
  more.hidden = true;
  status.textContent = "";
  if (!location.hash.slice(1)) return;
  try {
    index ??= await import(new URL(form.dataset.index, document.baseURI).href);
    const narrowed = Object.fromEntries(filters.filter((f) => f.value).map((f) => [f.name, f.value]));
    query = normalise(form.elements.q.value);
    const { results } = await index.search(query || null, { filters: narrowed, sort: { date: "desc" } });
    if (turn !== asked) return;
    waiting = results;
    await show(turn);
  } catch {
    status.textContent = form.dataset.broken;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (location.hash.slice(1) === wanted()) search();
  else location.hash = wanted();
});
for (const filter of filters) filter.addEventListener("change", () => form.requestSubmit());
more.addEventListener("click", () => show(asked));
addEventListener("hashchange", search);
form.querySelector("fieldset").disabled = false;
search();
