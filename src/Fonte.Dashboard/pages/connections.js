import { formatNumber, t } from './i18n.js';
import { fill } from './table.js';

const by = (id) => document.getElementById(id);

/** The event streams of the hub that are furthest behind, and why others have ended. */
export class Connections {
  #answer;

  take(answer) {
    this.#answer = answer;
    this.render();
  }

  render() {
    if (!this.#answer) return;
    const { total, connections, ended } = this.#answer;
    by('connections-text').textContent = t(total > connections.length ? 'connections.some' : 'connections.all', { total: formatNumber(total), shown: formatNumber(connections.length) });
    fill(by('connection-rows'), connections.map(rowOf));
    by('ended').replaceChildren(...Object.entries(ended).map(([reason, count]) => {
      const figure = by('figure').content.cloneNode(true).firstElementChild;
      figure.querySelector('dt').textContent = t(`ended.${reason}`);
      figure.querySelector('dd').textContent = formatNumber(count);
      return figure;
    }));
  }
}

function rowOf({ matchers, matcherCount, state, lag, ageSeconds, position }) {
  const more = matcherCount > matchers.length ? [t('connections.more', { count: formatNumber(matcherCount - matchers.length) })] : [];
  return [[...matchers, ...more].join(', '), t(`stream.${state}`), formatNumber(lag), lasted(ageSeconds), position];
}

function lasted(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
