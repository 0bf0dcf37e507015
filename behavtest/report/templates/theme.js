// Light, dark or as the system is set; a choice is kept for every report opened from here.
// Runs in the head, before anything is painted; the rest waits for the page.
const kept = (name) => {
  try { return localStorage.getItem(`behavtest-${name}`); } catch { return null; }
};
const keep = (name, value) => {
  try { localStorage.setItem(`behavtest-${name}`, value); } catch { /* a private window forgets */ }
};
const show = (theme) => {
  const chosen = theme === "light" || theme === "dark";
  if (chosen) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  return chosen ? theme : "auto";
};
const theme = show(kept("theme"));
const element = (id) => document.getElementById(id);

const startTheme = () => {
  const choice = element("theme");
  choice.value = theme;
  choice.addEventListener("change", () => keep("theme", show(choice.value)));
};
