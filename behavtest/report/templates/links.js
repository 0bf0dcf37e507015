// Links to a behavior or a pair: what they lead to is unfiltered, opened and scrolled to.
const pairsOf = (section) => section.querySelector("details.pairs");
const uncover = (target) => {
  const section = target.closest("section.behavior, section.group");
  if (section && section.hidden) reset();
  for (let outer = target.closest("details"); outer; outer = outer.parentElement.closest("details")) {
    outer.open = true;
  }
};

const follow = () => {
  const target = element(location.hash.slice(1));
  if (!target) return;
  uncover(target);
  if (target.matches("section.behavior") && pairsOf(target)) pairsOf(target).open = true;
  target.scrollIntoView();
};

const startLinks = () => {
  addEventListener("hashchange", follow);
  // A link to where one already is changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) setTimeout(follow);
  });
  follow();
};
