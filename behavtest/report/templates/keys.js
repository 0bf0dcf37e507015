// The keyboard: from behavior to behavior and from pair to pair, to the search, to the help.
const within = (list) => list.findIndex((one) => one.contains(document.activeElement));
const go = (target) => {
  uncover(target);
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView();
};
const step = (list, by, start) => {
  const shown = list.filter((one) => !one.hidden);
  const at = within(shown);
  const next = at < 0 ? shown.indexOf(start) : at + by;
  if (shown.length) go(shown[Math.min(Math.max(next, 0), shown.length - 1)]);
};
const current = () => behaviors.find((section) => section.contains(document.activeElement));
const addressed = () => {
  const target = element(location.hash.slice(1));
  return target && (target.closest("section.behavior") ?? target.querySelector("section.behavior"));
};
const stepPair = (by) => {
  const pairs = [...(current() ?? document).querySelectorAll("section.behavior article.pair")]
    .filter((pair) => !pair.closest("[hidden]"));
  step(pairs, by, pairs[0]);
};
const toggle = () => {
  const section = current();
  if (section && pairsOf(section)) pairsOf(section).open = !pairsOf(section).open;
};
const help = () => {
  if (element("help").open) element("help").close();
  else element("help").showModal();
};
const search = () => {
  element("search").focus();
  element("search").select();
};
const KEYS = {
  j: () => step(behaviors, 1, addressed()),
  ArrowRight: () => step(behaviors, 1, addressed()),
  k: () => step(behaviors, -1, addressed()),
  ArrowLeft: () => step(behaviors, -1, addressed()),
  n: () => stepPair(1),
  p: () => stepPair(-1),
  "/": search,
  "?": help,
};

const pressed = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const { target, key } = event;
  if (target.id === "search") {
    if (key === "Enter") step(behaviors, 1);
    if (key === "Escape") { target.value = ""; filter(); target.blur(); }
    return;
  }
  if (target.closest("input, select, textarea") || !element("keys").checked) return;
  if (element("help").open && key !== "?") return;
  if (key === "Enter" && !target.closest("a, button, summary")) toggle();
  else if (Object.hasOwn(KEYS, key)) KEYS[key]();
  else return;
  event.preventDefault();
};

const startKeys = () => {
  const keys = element("keys");
  keys.checked = kept("keys") !== "off";
  keys.addEventListener("change", () => keep("keys", keys.checked ? "on" : "off"));
  element("help-open").addEventListener("click", help);
  element("help-close").addEventListener("click", help);
  document.addEventListener("keydown", pressed);
};
