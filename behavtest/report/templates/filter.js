// Filters: a behavior is shown if its verdict, model, suite, tag and text are asked for.
// What there is to filter by stands in the page, in data attributes and in the text itself.
let behaviors = [];
const texts = new Map();

const listBehaviors = () => {
  behaviors = [...document.querySelectorAll("section.behavior")];
};
const textOf = (section) => {
  if (!texts.has(section)) {
    const group = section.closest("section.group");
    // Not what came of other models: that is not this section's.
    const about = group ? [...group.querySelectorAll(".about > .heading, .about > p")] : [];
    texts.set(section, [...about, section].map((part) => part.textContent).join(" ").toLowerCase());
  }
  return texts.get(section);
};
const verdictBoxes = () => [...document.querySelectorAll("#filters input[type=checkbox]")];

// Those that hold are together where they are many: opened for what a filter finds among them.
const unfolded = new Set();
const foldRest = (all) => {
  for (const row of document.querySelectorAll("tr.rest")) row.hidden = !all;
  for (const group of document.querySelectorAll("details.rest")) {
    const found = group.querySelector("tbody tr:not([hidden]), section.behavior:not([hidden])");
    group.hidden = !found;
    if (!all && found && !group.open) {
      group.open = true;
      unfolded.add(group);
    } else if (all && unfolded.delete(group)) group.open = false;
  }
};

// Of several models, a behavior has a section and a cell for each, and a row for all.
const foldGroups = (model) => {
  for (const group of document.querySelectorAll("section.group")) {
    group.hidden = !group.querySelector("section.behavior:not([hidden])");
    element(`${group.id}__row`).hidden = group.hidden;
  }
  for (const cell of document.querySelectorAll("[data-column]")) {
    cell.hidden = Boolean(model) && cell.dataset.column !== model;
  }
};

const filter = () => {
  const verdicts = new Set(verdictBoxes().filter((box) => box.checked).map((box) => box.value));
  const model = element("model")?.value;
  const suite = element("suite").value;
  const tag = element("tag").value;
  const words = element("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of behaviors) {
    const { verdict, suite: own, tags } = section.dataset;
    const match = verdicts.has(verdict) && (!model || section.dataset.model === model)
      && (!suite || own === suite)
      && (!tag || tags.split(" ").includes(tag))
      && words.every((word) => textOf(section).includes(word));
    section.hidden = !match;
    element(`${section.id}__row`).hidden = !match;
    shown += match;
  }
  const all = shown === behaviors.length;
  element("shown").textContent = all ? `all ${shown} shown` : `${shown} of ${behaviors.length} shown`;
  element("none").hidden = shown > 0;
  foldGroups(model);
  foldRest(all);
  element("reset").disabled = all;
};

const reset = () => {
  for (const box of verdictBoxes()) box.checked = true;
  for (const id of ["model", "suite", "tag", "search"]) {
    if (element(id)) element(id).value = "";
  }
  filter();
};

const startFilters = () => {
  listBehaviors();
  let waiting = 0;
  element("filters").addEventListener("input", (event) => {
    clearTimeout(waiting);
    // A long page is searched once typing pauses.
    waiting = setTimeout(filter, event.target.id === "search" ? 120 : 0);
  });
  element("reset").addEventListener("click", reset);
  filter();
};
