// A subscriber as it was written for Mercure 0.x: node subscribe.mjs HUB SECRET header|url TOPIC…
// Prints a line of JSON when the stream opens, and for each event.
import { EventSource } from 'eventsource';
import jsonwebtoken from 'jsonwebtoken';

const [hub, secret, way, ...topics] = process.argv.slice(2);
const token = jsonwebtoken.sign({ mercure: { subscribe: ['https://example.com/users/42/{+topic}'], payload: { user: 42 } } }, secret, { noTimestamp: true });
const url = new URL(hub);
for (const topic of topics) url.searchParams.append('topic', topic);
if (way === 'url') url.searchParams.append('authorization', token);
const headers = way === 'header' ? { Authorization: `Bearer ${token}` } : {};
const source = new EventSource(url, { fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }) });
const tell = (message) => console.log(JSON.stringify(message));
source.onopen = () => tell({ open: true });
source.onmessage = (event) => tell({ data: event.data, id: event.lastEventId });
source.addEventListener('typed', (event) => tell({ data: event.data, id: event.lastEventId, type: event.type }));
source.onerror = (event) => event.code && tell({ error: event.code });
