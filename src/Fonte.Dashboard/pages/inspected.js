import { ask } from './api.js';
import { formatBytes, formatMoment, onLanguage, t } from './i18n.js';

const by = (id) => document.getElementById(id);
let shown;
let origin;

/** Shows one event as the log holds it. */
export async function inspect(id) {
  origin = document.activeElement;
  shown = await ask('event', { id }).catch((refusal) => ({ id, fault: refusal.message }));
  by('inspected').hidden = false;
  render();
  by('inspected').focus();
}

function render() {
  if (!shown) return;
  by('inspected-answer').hidden = !shown.fault;
  by('inspected-answer').textContent = shown.fault ? t('refused', { detail: shown.fault }) : '';
  by('event-id').textContent = shown.id;
  by('event-position').textContent = shown.position ?? '–';
  by('event-type').textContent = shown.type ?? '–';
  by('event-topics').textContent = shown.topics?.join('\n') ?? '–';
  by('event-time').textContent = shown.time ? formatMoment(Date.parse(shown.time)) : '–';
  by('event-size').textContent = shown.fault ? '–' : formatBytes(shown.bytes);
  by('event-private').textContent = shown.fault ? '–' : t(shown.private ? 'yes' : 'no');
  by('event-data').textContent = shown.fault ? '' : readable(shown.data);
}

function readable(text) {
  try { JSON.parse(text); } catch { return text; }
  return indent(text);
}

// Of the text itself: numbers that were parsed and written again may be others.
function indent(text) {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g) ?? [];
  let [depth, result] = [0, ''];
  parts.forEach((part, index) => {
    const isEmpty = '}]'.includes(part) && '{['.includes(parts[index - 1] ?? ' ');
    if (part === '}' || part === ']') result += isEmpty ? part : `\n${'  '.repeat(depth - 1)}${part}`;
    else if (index > 0 && '{[,'.includes(parts[index - 1])) result += `\n${'  '.repeat(depth)}${part}`;
    else result += part;
    if (part === ':') result += ' ';
    else if (part === '{' || part === '[') depth++;
    else if (part === '}' || part === ']') depth--;
  });
  return result;
}

by('close').addEventListener('click', () => {
  by('inspected').hidden = true;
  shown = undefined;
  if (origin?.isConnected) origin.focus();
});
onLanguage(render);
