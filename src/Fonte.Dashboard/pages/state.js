import { formatBytes, formatNumber, t } from './i18n.js';
import { fill } from './table.js';

const by = (id) => document.getElementById(id);

/** The figures of the hub and its log; rates are made of the totals of two answers. */
export class Overview {
  #answer;
  #before;
  #rates = {};

  /** Takes an answer, and returns what of it is drawn; a rate is null where it is not known. */
  take(answer, moment) {
    const before = this.#before;
    this.#before = { answer, moment };
    this.#answer = answer;
    // A server that began anew counts anew.
    const isSame = before && answer.published >= before.answer.published && answer.delivered >= before.answer.delivered && answer.batches >= before.answer.batches;
    const seconds = isSame ? (moment - before.moment) / 1000 : 0;
    const per = (name) => (seconds > 0 ? (answer[name] - before.answer[name]) / seconds : null);
    const batches = isSame ? answer.batches - before.answer.batches : 0;
    this.#rates = {
      published: per('published'),
      delivered: per('delivered'),
      lag: batches > 0 ? (answer.lagMicroseconds - before.answer.lagMicroseconds) / batches / 1000 : null,
    };
    this.render();
    return { connections: answer.connections, published: this.#rates.published, lag: this.#rates.lag };
  }

  render() {
    const answer = this.#answer;
    if (!answer) return;
    const { published, delivered, lag } = this.#rates;
    const { log, retention, shared } = answer;
    by('figure-connections').textContent = formatNumber(answer.connections);
    by('figure-published').textContent = rate(published);
    by('figure-delivered').textContent = rate(delivered);
    by('figure-lag').textContent = milliseconds(lag);
    by('figure-size').textContent = log ? formatBytes(log.bytes) : '–';
    by('figure-kept').textContent = log ? formatNumber(log.next - log.oldest) : '–';
    by('first').textContent = log?.firstPosition ?? '–';
    by('last').textContent = log?.lastPosition ?? '–';
    by('retention').textContent = describe(retention);
    by('faults').hidden = answer.faults.length === 0;
    by('faults-text').textContent = answer.faults.join(' ');
    by('shared').hidden = !shared;
    if (shared) this.#share(shared);
  }

  #share({ node, lagSeconds, setAside, nodes }) {
    by('shared-text').textContent = t('shared.text', { node, lag: milliseconds(lagSeconds * 1000), count: formatNumber(setAside) });
    fill(by('nodes'), nodes.map(({ tag, silentSeconds }) => [tag === node ? t('shared.this', { node }) : tag, t('shared.ago', { seconds: formatNumber(silentSeconds, { maximumFractionDigits: 0 }) })]));
  }
}

export const rate = (value) => (value === null ? '–' : formatNumber(value, { maximumFractionDigits: 1 }));

export const milliseconds = (value) => (value === null ? '–' : formatNumber(value, { style: 'unit', unit: 'millisecond', maximumFractionDigits: 2 }));

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
