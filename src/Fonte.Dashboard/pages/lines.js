import uPlot from './vendor/uplot/uPlot.esm.js';
import { formatTime } from './i18n.js';

/**
 * Lines over time in the page's colours, as wide as their container. The x values are seconds since 1970.
 * @param {HTMLElement} container its colour is that of the axes, and its border's that of the grid
 * @param {{ height: number, lines: { of: HTMLElement, dash?: number[], width?: number, points?: object }[], values: (value: number) => string, size: number, scales?: object }} options
 *   `of`: an element whose colour the line has; `values` and `size`: the text and the width of the axis of values
 */
export function drawLines(container, { height, lines, values, size, scales = {} }) {
  // A canvas knows no tokens of the theme: each colour is that of something on the page.
  const colourOf = (element) => () => getComputedStyle(element).color;
  const axis = { stroke: colourOf(container), grid: { stroke: () => getComputedStyle(container).borderColor, width: 1 }, ticks: { show: false }, font: '13px system-ui, sans-serif' };
  const plot = new uPlot({
    width: container.clientWidth || 300,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales,
    axes: [
      { ...axis, size: 34, space: 90, values: (_, moments) => moments.map((moment) => formatTime(moment * 1000)) },
      { ...axis, size, values: (_, marks) => marks.map(values) },
    ],
    series: [{}, ...lines.map(({ of, width = 2, points = { show: false }, ...more }) => ({ stroke: colourOf(of), width, points, ...more }))],
  }, [[], ...lines.map(() => [])], container);
  new ResizeObserver(() => container.clientWidth > 0 && plot.setSize({ width: container.clientWidth, height })).observe(container);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());
  return plot;
}
