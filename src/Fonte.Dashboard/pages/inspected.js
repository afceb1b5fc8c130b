import { ask } from './api.js';
import { formatBytes, formatMoment, onLanguage, t } from './i18n.js';

const by = (id) => document.getElementById(id);
// Indenting takes time that grows with the text and with its depth, and anyone may publish.
const mostIndented = 100_000;
const deepest = 64;
let shown;
let origin;
let asked = 0;

/** Shows one event as the log holds it. */
export async function inspect(id) {
  const mine = ++asked;
  origin = document.activeElement;
  const answer = await ask('event', { id }).catch((refusal) => ({ id, fault: refusal }));
  // Another was chosen meanwhile.
  if (mine !== asked) return;
  shown = answer;
  by('inspected').hidden = false;
  render();
  by('inspected').focus();
}

export function closeInspected() {
  asked++;
  shown = undefined;
  by('inspected').hidden = true;
  by('event-data').textContent = '';
}

function render() {
  if (!shown) return;
  const { fault } = shown;
  by('inspected-answer').hidden = !fault;
  by('inspected-answer').textContent = fault ? t(fault.key, { detail: fault.message }) : '';
  by('event-id').textContent = shown.id;
  by('event-position').textContent = shown.position ?? '–';
  by('event-type').textContent = shown.type ?? '–';
  by('event-topics').textContent = shown.topics?.join('\n') ?? '–';
  by('event-time').textContent = shown.time ? formatMoment(Date.parse(shown.time)) : '–';
  by('event-size').textContent = fault ? '–' : formatBytes(shown.bytes);
  by('event-private').textContent = fault ? '–' : t(shown.private ? 'yes' : 'no');
  by('event-data').textContent = fault ? '' : readable(shown.data);
}

function readable(text) {
  if (text.length > mostIndented) return text;
  try { JSON.parse(text); } catch { return text; }
  return indent(text) ?? text;
}

// Of the text itself: numbers that were parsed and written again may be others.
function indent(text) {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g) ?? [];
  let [depth, result] = [0, ''];
  for (const [index, part] of parts.entries()) {
    const isEmpty = '}]'.includes(part) && '{['.includes(parts[index - 1] ?? ' ');
    if (part === '}' || part === ']') result += isEmpty ? part : `\n${'  '.repeat(depth - 1)}${part}`;
    else if (index > 0 && '{[,'.includes(parts[index - 1])) result += `\n${'  '.repeat(depth)}${part}`;
    else result += part;
    if (part === ':') result += ' ';
    else if (part === '{' || part === '[') depth++;
    else if (part === '}' || part === ']') depth--;
    if (depth > deepest) return undefined;
  }
  return result;
}

by('close').addEventListener('click', () => {
  closeInspected();
  if (origin?.isConnected) origin.focus();
});
onLanguage(render);
