'use strict';
const root = document.documentElement;
document.getElementById('theme').addEventListener('click', () => {
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
});

for (const button of document.querySelectorAll('button.sort')) {
  button.addEventListener('click', () => {
    const head = button.closest('th');
    const column = [...head.parentElement.children].indexOf(head);
    const body = head.closest('table').tBodies[0];
    const isNumber = head.classList.contains('number');
    const direction = head.getAttribute('aria-sort') === (isNumber ? 'descending' : 'ascending') ? -1 : 1;
    const key = (row) => row.cells[column].dataset.sort;
    const compare = isNumber ? (a, b) => Number(key(b)) - Number(key(a)) : (a, b) => key(a).localeCompare(key(b));
    const rows = [...body.rows].sort((a, b) => direction * compare(a, b));
    for (const other of head.parentElement.children) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', (direction === 1) === isNumber ? 'descending' : 'ascending');
    body.append(...rows);
  });
}

const dialog = document.getElementById('enlarged');
const stage = dialog.querySelector('.stage');
let home;
let zoom = 1;
// What is under the pointer stays there.
const zoomTo = (value, x, y) => {
  const before = zoom;
  zoom = Math.min(8, Math.max(1, value));
  const [left, top] = [stage.scrollLeft + x, stage.scrollTop + y];
  stage.firstElementChild.style.width = stage.firstElementChild.style.height = `${100 * zoom}%`;
  stage.scrollTo((left * zoom) / before - x, (top * zoom) / before - y);
};
const enlarge = (figure) => {
  home = figure.querySelector('.drawing');
  const holder = document.createElement('figure');
  holder.append(...home.childNodes);
  stage.replaceChildren(holder);
  dialog.showModal();
  zoomTo(1, 0, 0);
};
stage.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    const { left, top } = stage.getBoundingClientRect();
    zoomTo(zoom * 2 ** (-event.deltaY / 400), event.clientX - left, event.clientY - top);
  },
  { passive: false },
);
for (const [id, factor] of [['closer', 1.5], ['farther', 1 / 1.5]])
  document.getElementById(id).addEventListener('click', () => zoomTo(zoom * factor, stage.clientWidth / 2, stage.clientHeight / 2));
dialog.addEventListener('close', () => home.append(...stage.firstElementChild.childNodes));
dialog.addEventListener('click', (event) => {
  if (event.target === dialog || event.target.id === 'close') dialog.close();
});
for (const figure of document.querySelectorAll('figure')) {
  figure.querySelector('.drawing').addEventListener('click', () => enlarge(figure));
  figure.querySelector('.enlarge').addEventListener('click', () => enlarge(figure));
  figure.querySelector('.save').addEventListener('click', () => {
    const text = new XMLSerializer().serializeToString(figure.querySelector('svg'));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
    link.download = `${figure.dataset.name}.svg`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}
