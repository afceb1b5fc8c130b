import { FonteSource } from './fonte.js';

/** The hub's source, which also tells of events whose types nobody knows beforehand. */
export class EverySource extends FonteSource {
  /** Called with each event as a `MessageEvent`, whatever its type. */
  onEvent;

  dispatchEvent(event) {
    if (event instanceof MessageEvent) this.onEvent?.(event);
    return super.dispatchEvent(event);
  }
}
