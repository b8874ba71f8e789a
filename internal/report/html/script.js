// What this adds to the page: filters, search, order, links to keys and the
// keyboard. Without it all is there to read.
(() => {
  "use strict";
  const list = document.getElementById("list");
  if (!list) return;
  const form = document.getElementById("controls");
  const search = document.getElementById("search");
  const order = document.getElementById("order");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  const filters = [...form.querySelectorAll("select[data-filter]")];
  const least = form.querySelector("select[data-least]");
  const keys = [...list.querySelectorAll(".key")];
  let ordered = keys; // as they are shown
  const texts = new Map(); // of keys in lower case, filled by the first search

  const text = (key) => {
    if (!texts.has(key)) texts.set(key, key.textContent.toLowerCase());
    return texts.get(key);
  };

  const fits = (key, words) =>
    Number(key.dataset.level) >= Number(least.value) &&
    filters.every((f) => !f.value || key.dataset[f.dataset.filter] === f.value) &&
    words.every((w) => text(key).includes(w));

  // The list comes in chunks, which browsers open sooner. Where the number of keys
  // in a chunk changes, they only hinder.
  const flatten = () => {
    if (!list.firstElementChild.classList.contains("key")) list.replaceChildren(...ordered);
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    flatten();
    let n = 0;
    for (const key of keys) {
      const fit = fits(key, words);
      key.hidden = !fit;
      if (fit) n++;
    }
    shown.textContent = n === keys.length ? String(n) : n + " of " + keys.length;
    none.hidden = n > 0;
  };

  // A key without a date comes after all others.
  const first = (key) => Number(key.dataset.first) || Infinity;
  const places = (key) => Number(key.dataset.places);
  const orders = {
    first: (a, b) => (first(a) === first(b) ? 0 : first(a) - first(b)),
    "-first": (a, b) => (Number(b.dataset.first) || 0) - (Number(a.dataset.first) || 0),
    "-places": (a, b) => places(b) - places(a),
    place: (a, b) => (a.dataset.place < b.dataset.place ? -1 : a.dataset.place > b.dataset.place ? 1 : 0),
  };

  const sort = () => {
    const compare = orders[order.value];
    ordered = compare ? [...keys].sort(compare) : keys;
    list.replaceChildren(...ordered);
  };

  const reset = () => {
    form.reset();
    filter();
    sort();
  };

  // A link leads to an open key, also one that a filter hides.
  const follow = () => {
    const id = location.hash.slice(1);
    const key = id && document.getElementById(id);
    if (!key || !key.classList.contains("key")) return;
    if (key.hidden) reset();
    key.open = true;
    key.scrollIntoView({ block: "start" });
    key.firstElementChild.focus({ preventScroll: true });
  };

  const visible = () => ordered.filter((k) => !k.hidden);

  const move = (step) => {
    const all = visible();
    const at = all.indexOf(document.activeElement && document.activeElement.closest(".key"));
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    if (next) {
      next.firstElementChild.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };

  const toggle = () => {
    const all = visible();
    const open = all.some((k) => !k.open);
    for (const k of all) k.open = open;
  };

  const commands = { "/": () => search.focus(), j: () => move(1), k: () => move(-1), x: toggle };

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const typing = e.target.closest && e.target.closest("input[type=search], select");
    if (e.key === "Escape") {
      reset();
      if (typing) e.target.blur();
    } else if (!typing && Object.hasOwn(commands, e.key)) {
      e.preventDefault();
      commands[e.key]();
    }
  });

  // The ticks of checklists stay in this browser, under the name of the key, which
  // tells nothing of its value.
  const memory = (() => {
    try {
      return window.localStorage;
    } catch {
      return null; // the browser keeps nothing for this page
    }
  })();
  const nameOf = (box) => "keylint " + box.closest(".key").id + " " + box.name;
  list.addEventListener("change", (e) => {
    if (!memory || e.target.type !== "checkbox") return;
    try {
      if (e.target.checked) memory.setItem(nameOf(e.target), "done");
      else memory.removeItem(nameOf(e.target));
    } catch {
      // The memory is full: the tick lasts as long as the page.
    }
  });
  list.addEventListener(
    "toggle",
    (e) => {
      if (!memory || !e.target.open) return;
      for (const box of e.target.querySelectorAll("input[type=checkbox]")) box.checked = memory.getItem(nameOf(box)) === "done";
    },
    true,
  );

  for (const f of filters) {
    const has = new Set(keys.map((k) => k.dataset[f.dataset.filter]));
    for (const o of [...f.options]) if (o.value && !has.has(o.value)) o.remove();
  }
  form.hidden = false;
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { filter(); sort(); }));
  search.addEventListener("input", filter);
  form.addEventListener("change", (e) => (e.target === order ? sort() : filter()));
  window.addEventListener("hashchange", follow);
  follow();
})();
