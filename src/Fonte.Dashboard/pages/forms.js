import { ask } from './api.js';
import { onLanguage, t } from './i18n.js';
import { fill } from './table.js';

const by = (id) => document.getElementById(id);
const answers = new Map();

// An answer is kept as its key, so that it is there in the other language too.
function say(id, key, values, kind) {
  answers.set(id, { key, values, kind });
  render(id);
}

function render(id) {
  const { key, values, kind } = answers.get(id);
  by(id).textContent = t(key, values);
  by(id).className = kind;
}

async function attempt(id, act) {
  try {
    await act();
  } catch (refusal) {
    say(id, refusal.key ?? 'failed', { detail: refusal.message }, 'bad');
  }
}

by('publish-form').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt('publish-answer', async () => {
    const fields = new URLSearchParams({ topic: by('topic').value, type: by('type').value, data: by('data').value });
    if (by('private').checked) fields.set('private', 'on');
    const { id } = await ask('publish', {}, { method: 'POST', body: fields });
    say('publish-answer', 'publish.done', { id }, 'good');
  });
});

by('match-form').addEventListener('submit', (event) => {
  event.preventDefault();
  by('match-parts').hidden = true;
  attempt('match-answer', async () => {
    const answer = await ask('match', { pattern: by('match-pattern').value, topic: by('match-topic').value });
    const { key, values } = verdict(answer);
    say('match-answer', key, values, answer.matches ? 'good' : 'bad');
    explain(answer.components);
  });
});

function verdict({ matches, all, components }) {
  if (all) return { key: 'match.all' };
  if (components.length === 0) return { key: 'match.no.url' };
  const parts = components.filter((component) => !component.matches).map(({ name }) => name).join(', ');
  return matches ? { key: 'match.yes' } : { key: 'match.no', values: { parts } };
}

function explain(components) {
  const shown = components.filter(({ matches, input, pattern }) => !matches || input !== '' || !['', '*'].includes(pattern));
  by('match-parts').hidden = shown.length === 0;
  fill(by('match-rows'), shown.map(({ name, pattern, input, matches, groups }) => [
    name, pattern, input,
    matches ? groups.filter(({ value }) => value !== null).map((group) => `${group.name} = ${group.value}`).join(', ') || t('yes') : t('no'),
  ]));
}

onLanguage(() => {
  for (const id of answers.keys()) render(id);
});
