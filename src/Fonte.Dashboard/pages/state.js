import { formatBytes, formatNumber, t } from './i18n.js';
import { fill, setText } from './table.js';

const by = (id) => document.getElementById(id);
// Of a page that slept the difference says little about now.
const longest = 10_000;

/** The figures of the hub and its log; rates are made of the totals of two answers. */
export class Overview {
  #answer;
  #before;
  #rates = {};

  /** Takes an answer, and returns what of it is drawn; what is not known is missing. */
  take(answer, moment) {
    const before = this.#before;
    this.#before = { answer, moment };
    this.#answer = answer;
    // A server that began anew counts anew.
    const isComparable = before?.answer.run === answer.run && moment - before.moment <= longest;
    this.#rates = isComparable ? ratesOf(before.answer, answer, (moment - before.moment) / 1000) : {};
    this.render();
    return { connections: answer.connections, published: this.#rates.published, lag: this.#rates.worst };
  }

  forget() {
    [this.#answer, this.#before, this.#rates] = [undefined, undefined, {}];
    for (const figure of by('state').querySelectorAll('dd')) setText(figure, '–');
    setText(by('faults-text'), '');
    fill(by('nodes'), []);
  }

  render() {
    const answer = this.#answer;
    if (!answer) return;
    const { published, delivered, usual, worst } = this.#rates;
    const { log, retention, shared } = answer;
    setText(by('figure-connections'), formatNumber(answer.connections));
    setText(by('figure-published'), rate(published));
    setText(by('figure-delivered'), rate(delivered));
    setText(by('figure-lag'), worst === undefined ? '–' : `${formatNumber(usual, short)} / ${milliseconds(worst)}`);
    setText(by('figure-size'), log ? formatBytes(log.bytes) : '–');
    setText(by('figure-kept'), log ? formatNumber(log.next - log.oldest) : '–');
    setText(by('first'), log?.firstPosition ?? '–');
    setText(by('last'), log?.lastPosition ?? '–');
    setText(by('retention'), describe(retention));
    by('faults').hidden = answer.faults.length === 0;
    setText(by('faults-text'), answer.faults.join(' '));
    by('shared').hidden = !shared;
    if (shared) this.#share(shared);
  }

  #share({ node, lagSeconds, setAside, nodes }) {
    setText(by('shared-text'), t('shared.text', { node, lag: milliseconds(lagSeconds * 1000), count: formatNumber(setAside) }));
    fill(by('nodes'), nodes.map(({ tag, silentSeconds }) => [tag === node ? t('shared.this', { node }) : tag, t('shared.ago', { seconds: formatNumber(silentSeconds, { maximumFractionDigits: 0 }) })]));
  }
}

const short = { maximumSignificantDigits: 2 };

export const rate = (value) => (value === undefined ? '–' : formatNumber(value, { maximumFractionDigits: 1 }));

export const milliseconds = (value) => (value === undefined ? '–' : formatNumber(value, { ...short, style: 'unit', unit: 'millisecond' }));

function ratesOf(before, after, seconds) {
  const lags = lagsBetween(before.lags, after.lags);
  return {
    published: (after.published - before.published) / seconds,
    delivered: (after.delivered - before.delivered) / seconds,
    usual: quantile(lags, 0.5),
    worst: quantile(lags, 0.99),
  };
}

// How many batches took less than so many microseconds, and no less than the pair before says.
function lagsBetween(before, after) {
  const known = new Map(before);
  return after.map(([below, count]) => [below, count - (known.get(below) ?? 0)]).filter(([, count]) => count > 0);
}

function quantile(lags, share) {
  let left = share * lags.reduce((sum, [, count]) => sum + count, 0);
  return lags.find(([, count]) => (left -= count) <= 0)?.[0] / 1000 || undefined;
}

function describe({ inMemory, maxAgeSeconds, maxEvents, maxBytes, topicRules }) {
  const rules = [
    maxAgeSeconds > 0 && age(maxAgeSeconds),
    maxEvents > 0 && t('retention.events', { count: formatNumber(maxEvents) }),
    maxBytes > 0 && formatBytes(maxBytes),
    topicRules > 0 && t('retention.rules', { count: formatNumber(topicRules) }),
  ].filter(Boolean);
  const all = rules.length > 0 ? rules.join(', ') : t('retention.none');
  return inMemory ? t('retention.memory', { all }) : all;
}

function age(seconds) {
  const [unit, size] = seconds % 86_400 === 0 ? ['day', 86_400] : seconds % 3600 === 0 ? ['hour', 3600] : ['second', 1];
  return formatNumber(seconds / size, { style: 'unit', unit, unitDisplay: 'long' });
}
