import './shared/command-line.js';
import './shared/language-switch.js';
import './shared/site-nav.js';
import { translatePage } from './shared/i18n.js';

await translatePage(new URL('./i18n/', import.meta.url));
