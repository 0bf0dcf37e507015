// Paper has nothing to click: the pairs of what does not hold are opened, and closed again after.
let opened = [];
const beforePrint = () => {
  opened = [...document.querySelectorAll("details:not([open], .rest, .next)")].filter((details) => {
    const section = details.closest("section.behavior");
    return !section || section.dataset.verdict !== "holds";
  });
  for (const details of opened) details.open = true;
};
const afterPrint = () => {
  for (const details of opened) details.open = false;
  opened = [];
};

document.addEventListener("DOMContentLoaded", () => {
  for (const control of document.querySelectorAll(".control[hidden]")) control.hidden = false;
  startTheme();
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", afterPrint);
  if (!element("filters")) return;
  startFilters();
  startLinks();
  startKeys();
});
