/** Tabs, by the pattern of the ARIA Authoring Practices: arrows, Home and End move between them. */

const NEXT = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Make a tab list work. Its tabs name their panels by `aria-controls`.
 *
 * @param {HTMLElement} list
 * @param {(tab: HTMLElement) => void} onSelect
 * @returns {(tab: HTMLElement) => void} selects a tab
 */
export function tabs(list, onSelect) {
  const all = [...list.querySelectorAll('[role="tab"]')];
  const vertical = list.getAttribute("aria-orientation") === "vertical";

  function select(chosen) {
    for (const tab of all) {
      const selected = tab === chosen;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !selected;
    }
    onSelect(chosen);
  }

  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) select(tab);
  });
  list.addEventListener("keydown", (event) => {
    const tab = reached(all, event, vertical);
    if (!tab) return;
    event.preventDefault();
    tab.focus();
    select(tab);
  });
  return select;
}

function reached(all, event, vertical) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.key === "Home") return all[0];
  if (event.key === "End") return all.at(-1);
  // The arrows of the other direction scroll the page.
  const ours = vertical ? ["ArrowDown", "ArrowUp"] : ["ArrowRight", "ArrowLeft"];
  if (!ours.includes(event.key)) return null;
  const place = all.indexOf(document.activeElement);
  return all[(place + NEXT[event.key] + all.length) % all.length];
}
