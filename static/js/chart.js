// Draws the table that a [data-chart] names as stacked columns; the table stays, for those who do not see the drawing.
// Colours come from the style sheet, so that they follow light and dark.

const HEIGHT = 260; // px
const COLOURS = 8;

const read = (table) => {
  const rows = [...table.tBodies[0].rows];
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  return {
    names,
    days: rows.map((row) => row.cells[0].textContent),
    columns: names.map((_, place) => rows.map((row) => Number(row.cells[place + 1].querySelector("data").value))),
  };
};

// Each column stands on those before it.
const stacked = (columns) => {
  const sums = columns[0].map(() => 0);
  return columns.map((column) => column.map((amount, at) => (sums[at] += amount)));
};

const short = (amount) => new Intl.NumberFormat("en", { notation: "compact" }).format(amount);
const dollars = (amount) => new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumSignificantDigits: 3 }).format(amount);
const withoutYear = (day) => day.replace(/^(\d+ \w+) \d+$/, "$1");

const draw = (place) => {
  const { names, days, columns } = read(document.getElementById(place.dataset.chart));
  const words = place.dataset.unit === "cost" ? dollars : short;
  const style = getComputedStyle(place);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--chart-text"), grid: { stroke: colour("--chart-line"), width: 1 }, ticks: { show: false } };
  const bars = uPlot.paths.bars({ size: [0.8, 48] });
  // The highest is painted first: what stands before it covers all but its own part.
  const series = names.map((name, number) => ({
    label: name,
    paths: bars,
    points: { show: false },
    width: 0,
    fill: colour(`--chart-${(number % COLOURS) + 1}`),
    value: (_, sum, place, at) => (at === null ? "" : words(columns[names.length - place][at])),
  }));
  const drawing = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false, range: [-0.5, days.length - 0.5] }, y: { range: (_, least, most) => [0, most > 0 ? most * 1.05 : 1] } },
      axes: [{ ...axis, grid: { show: false }, size: 32, space: 64, incrs: [1, 2, 5, 10, 20, 50, 100, 200], values: (_, ticks) => ticks.map((at) => withoutYear(days[at] ?? "")) }, { ...axis, size: 64, values: (_, ticks) => ticks.map(words) }],
      series: [{ label: "Day", value: (_, at) => (at === null ? "" : days[at]) }, ...series.reverse()],
      cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    },
    [days.map((_, at) => at), ...stacked(columns).reverse()],
    place,
  );
  // In the order of the table, which is the other way round.
  place.querySelectorAll(".u-series").forEach((entry, number) => { entry.style.order = -number; });
  place.querySelector(".u-series").style.order = -names.length - 1;
  return () => drawing.destroy();
};

for (const place of document.querySelectorAll("[data-chart]")) {
  place.hidden = false;
  let erase = draw(place);
  const again = () => { erase(); erase = draw(place); };
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth !== width) { width = place.clientWidth; again(); }
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
}
