// A query made fit for the archive's search (Pagefind), and its findings checked. Pure functions; no page is touched.
//
//   normalise("«ҰҚК-нің» тергеушісі")   → "ұқк тергеуші"
//   confirms("стоматолог", data)        → false: Pagefind also finds «сто», the longest word that a query begins with
//
// How a page uses them:
//   const query = normalise(input.value);
//   const found = await pagefind.search(query, { sort: { date: "desc" } });
//   for (const one of found.results) { const data = await one.data(); if (confirms(query, data)) show(data); }

const LONGEST = 200; // characters of a query that count
const MOST_WORDS = 12;
const LEAST_STEM = 4; // letters that stay of a Kazakh word
const INVISIBLE = /[\u00ad\u0300-\u0304\u0307\u030a-\u036f\u0483-\u0487\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const LOOKS_CYRILLIC = { a: "а", b: "в", c: "с", e: "е", h: "н", i: "і", k: "к", m: "м", o: "о", p: "р", t: "т", x: "х", y: "у" };
const KAZAKH = /[әғқңөұүһі]/;
const CASES = "[ндт][ыі]ң|[ғгқк][ае]|[ндт][ае]н?|[ндт][ыі]|[мбп]ен|н|(?:н?[дт])[ае](?:[ғг][ыі])?|[ндт]ікі";
const PLURAL = "[лдт][ае]р", OWN = "с?[ыі]";
const ENDING = new RegExp(`^(?:${PLURAL})?(?:${OWN})?(?:${CASES})?$`);
const HYPHENED = new RegExp(`^([а-яәғқңөұүһі]{2,6})-(?:${PLURAL}|${OWN}|${CASES})+$`);

/** The query as the index has its words: small letters, ё as е, without quotes, stress marks and Kazakh endings. */
export function normalise(query) {
  const text = String(query).slice(0, LONGEST).normalize("NFD").replace(INVISIBLE, "").normalize("NFC").toLowerCase();
  const words = text.replace(/ё/g, "е").split(/[^\p{L}\p{N}-]+/u).map(word => normaliseWord(word));
  return words.filter(Boolean).slice(0, MOST_WORDS).join(" ");
}

/** Whether a found story (`await result.data()`) really has every word of a normalised query, as far as endings go. */
export function confirms(query, data) {
  const text = `${data.content ?? ""} ${Object.values(data.meta ?? {}).join(" ")}`.toLowerCase().replace(/ё/g, "е");
  const words = text.split(/[^\p{L}\p{N}]+/u);
  return query.split(/[\s-]+/).filter(Boolean).every(wanted => {
    const beginning = wanted.slice(0, Math.max(Math.min(wanted.length, 3), wanted.length - 4));
    return words.some(word => word.startsWith(beginning) || (word.length > 3 && word.length + 2 >= wanted.length && wanted.startsWith(word)));
  });
}

function normaliseWord(word) {
  let plain = word.replace(/^-+|-+$/g, "");
  if (/[а-яәғқңөұүһі]/.test(plain) && /[a-z]/.test(plain)) {
    plain = plain.replace(/[a-z]/g, letter => LOOKS_CYRILLIC[letter] ?? letter);
  }
  const acronym = HYPHENED.exec(plain);
  if (acronym) {
    return acronym[1];
  }
  return KAZAKH.test(plain) ? withoutEnding(plain) : plain;
}

function withoutEnding(word) {
  for (let end = LEAST_STEM; end < word.length; end += 1) {
    if (ENDING.test(word.slice(end))) {
      const stem = word.slice(0, end);
      const softened = /[ғгб]$/.test(stem) && /^[ыі]/.test(word.slice(end)) && end > LEAST_STEM; // сұрақ, сұрағы
      return softened ? stem.slice(0, -1) : stem;
    }
  }
  return word;
}
