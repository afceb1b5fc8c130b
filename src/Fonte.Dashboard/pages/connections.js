import { formatNumber, t } from './i18n.js';
import { fill, setText } from './table.js';

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
    setText(by('connections-text'), t(total > connections.length ? 'connections.some' : 'connections.all', { total: formatNumber(total), shown: formatNumber(connections.length) }));
    fill(by('connection-rows'), connections.map(rowOf));
    const reasons = Object.entries(ended);
    const figures = by('ended').children;
    if (figures.length !== reasons.length) by('ended').replaceChildren(...reasons.map(() => by('figure').content.cloneNode(true)));
    reasons.forEach(([reason, count], index) => {
      setText(figures[index].querySelector('dt'), t(`ended.${reason}`));
      setText(figures[index].querySelector('dd'), formatNumber(count));
    });
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
